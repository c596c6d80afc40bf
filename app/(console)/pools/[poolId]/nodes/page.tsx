import { NodeTable } from "#components/nodes/node-table.tsx";

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <NodeTable poolId={(await params).poolId} />;
}
