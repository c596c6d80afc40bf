import { NodeSwaps } from "#components/nodes/node-swaps.tsx";

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeSwaps nodeId={(await params).nodeId} />;
}
