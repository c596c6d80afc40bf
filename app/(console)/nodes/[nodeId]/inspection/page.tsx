import { titled } from "#app/titled.ts";
import { NodeInspection } from "#components/nodes/node-inspection.tsx";

export const generateMetadata = titled("/nodes/[nodeId]/inspection");

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeInspection nodeId={(await params).nodeId} />;
}
