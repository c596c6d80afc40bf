import { titled } from "#app/titled.ts";
import { NodeSummary } from "#components/nodes/node-summary.tsx";

export const generateMetadata = titled("/nodes/[nodeId]");

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeSummary nodeId={(await params).nodeId} />;
}
