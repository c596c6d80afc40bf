import { titled } from "#app/titled.ts";
import { NodeTable } from "#components/nodes/node-table.tsx";

export const generateMetadata = titled("/pools/[poolId]/nodes");

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <NodeTable poolId={(await params).poolId} />;
}
