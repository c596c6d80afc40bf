import { PoolSummary } from "#components/pools/pool-summary.tsx";

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolSummary poolId={(await params).poolId} />;
}
