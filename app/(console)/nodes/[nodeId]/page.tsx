import { NodeSummary } from "#components/nodes/node-summary.tsx";

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeSummary nodeId={(await params).nodeId} />;
}
