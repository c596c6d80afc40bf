import { titled } from "#app/titled.ts";
import { NodeSwaps } from "#components/nodes/node-swaps.tsx";

export const generateMetadata = titled("/nodes/[nodeId]/swaps");

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeSwaps nodeId={(await params).nodeId} />;
}
