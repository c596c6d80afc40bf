import { PoolLaunch } from "#components/pools/pool-launch.tsx";

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolLaunch poolId={(await params).poolId} />;
}
