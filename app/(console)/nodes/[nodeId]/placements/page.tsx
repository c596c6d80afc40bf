import { titled } from "#app/titled.ts";
import { NodePlacements } from "#components/nodes/node-placements.tsx";

export const generateMetadata = titled("/nodes/[nodeId]/placements");

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodePlacements nodeId={(await params).nodeId} />;
}
