import { NodePlacements } from "#components/nodes/node-placements.tsx";

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodePlacements nodeId={(await params).nodeId} />;
}
