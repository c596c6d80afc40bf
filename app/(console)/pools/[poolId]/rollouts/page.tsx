import { RolloutList } from "#components/pools/rollout-list.tsx";

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <RolloutList poolId={(await params).poolId} />;
}
