import { titled } from "#app/titled.ts";
import { PoolLaunch } from "#components/pools/pool-launch.tsx";

export const generateMetadata = titled("/pools/[poolId]/launch");

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolLaunch poolId={(await params).poolId} />;
}
