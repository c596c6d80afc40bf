import { PoolPlacement } from "#components/pools/pool-placement.tsx";

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolPlacement poolId={(await params).poolId} />;
}
