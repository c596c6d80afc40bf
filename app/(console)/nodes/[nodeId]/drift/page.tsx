import { titled } from "#app/titled.ts";
import { NodeDrift } from "#components/nodes/node-drift.tsx";

export const generateMetadata = titled("/nodes/[nodeId]/drift");

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeDrift nodeId={(await params).nodeId} />;
}
