import { titled } from "#app/titled.ts";
import { AddNode } from "./add-node.tsx";

export const generateMetadata = titled("/nodes/add");

export default function Page() {
  return <AddNode />;
}
