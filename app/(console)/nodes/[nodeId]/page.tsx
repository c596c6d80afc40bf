import { nodeReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { NodeSummary } from "#components/nodes/node-summary.tsx";

export const generateMetadata = titled("/nodes/[nodeId]");

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  const { nodeId } = await params;
  return (
    <Prefetched read={nodeReads(nodeId)}>
      <NodeSummary nodeId={nodeId} />
    </Prefetched>
  );
}
