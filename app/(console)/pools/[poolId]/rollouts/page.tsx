import { titled } from "#app/titled.ts";
import { RolloutList } from "#components/pools/rollout-list.tsx";

export const generateMetadata = titled("/pools/[poolId]/rollouts");

export default async function Page({ params }: { params: Promise<{ poolId: string }> }) {
  return <RolloutList poolId={(await params).poolId} />;
}
