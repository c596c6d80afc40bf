import { titled } from "#app/titled.ts";
import { ObjectivesCard } from "#components/objectives/objectives-card.tsx";
import { PoolSummary } from "#components/pools/pool-summary.tsx";

export const generateMetadata = titled("/pools/[poolId]");

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  const { poolId } = await params;
  return (
    <>
      <PoolSummary poolId={poolId} />
      <ObjectivesCard scope={{ poolId }} />
    </>
  );
}
