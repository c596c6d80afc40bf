import { titled } from "#app/titled.ts";
import { NodeList } from "#components/nodes/node-list.tsx";

export const generateMetadata = titled("/nodes");

export default function Page() {
  return <NodeList />;
}
