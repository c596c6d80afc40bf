import { titled } from "#app/titled.ts";
import { PoolContract } from "#components/pools/contract/pool-contract.tsx";

export const generateMetadata = titled("/pools/[poolId]/contract");

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolContract poolId={(await params).poolId} />;
}
