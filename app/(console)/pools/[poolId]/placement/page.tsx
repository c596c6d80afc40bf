import { titled } from "#app/titled.ts";
import { PoolPlacement } from "#components/pools/pool-placement.tsx";

export const generateMetadata = titled("/pools/[poolId]/placement");

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolPlacement poolId={(await params).poolId} />;
}
