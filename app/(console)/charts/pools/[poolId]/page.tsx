import { titled } from "#app/titled.ts";
import { PoolBoard } from "#components/explorer/scope-boards.tsx";

export const generateMetadata = titled("/charts/pools/[poolId]");

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolBoard poolId={(await params).poolId} />;
}
