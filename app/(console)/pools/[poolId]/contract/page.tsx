import { PoolContract } from "#components/pools/contract/pool-contract.tsx";

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <PoolContract poolId={(await params).poolId} />;
}
