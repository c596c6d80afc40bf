import { NodeDrift } from "#components/nodes/node-drift.tsx";

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeDrift nodeId={(await params).nodeId} />;
}
