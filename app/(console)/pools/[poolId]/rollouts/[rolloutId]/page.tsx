import { RolloutPage } from "#components/pools/rollout-page.tsx";

export default async function Page({ params }: { params: Promise<{ poolId: string; rolloutId: string }> }) {
  return <RolloutPage {...(await params)} />;
}
