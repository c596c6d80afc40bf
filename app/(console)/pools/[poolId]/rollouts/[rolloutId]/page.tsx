import { titled } from "#app/titled.ts";
import { RolloutPage } from "#components/pools/rollout-page.tsx";

export const generateMetadata = titled("/pools/[poolId]/rollouts/[rolloutId]");

export default async function Page({ params }: { params: Promise<{ poolId: string; rolloutId: string }> }) {
  return <RolloutPage {...(await params)} />;
}
