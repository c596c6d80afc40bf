import { NodeInspection } from "#components/nodes/node-inspection.tsx";

export default async function Page({ params }: { params: Promise<{ nodeId: string }> }) {
  return <NodeInspection nodeId={(await params).nodeId} />;
}
