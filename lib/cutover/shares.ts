import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import { changeRoute } from "#lib/registry/adapters/change-route.ts";
import { candidateHolder, lockInOrder, mirrorHolder, releaseHold } from "./switch-live.ts";

type Shares = {
  candidate: { versionId: string; weight: number } | null;
  mirror: { versionId: string; share: number } | null;
};
export const NO_SHARES: Shares = { candidate: null, mirror: null };

/**
 * Gives a cutover's version its share beside what is live, or takes it away; what had one by hand has none any more. The
 * cutover itself holds its version. Under the adapter's lock.
 * @throws AppError `stale` when the route was edited meanwhile: the next turn tries again
 */
export async function setShares(ctx: Ctx, adapterId: string, { candidate, mirror }: Shares): Promise<void> {
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  const { candidateVersionId, mirrorVersionId, generation } = adapter.route;
  await lockInOrder(ctx, [candidateVersionId, mirrorVersionId]);
  const change = {
    candidateVersionId: candidate?.versionId ?? null,
    candidateWeight: candidate?.weight ?? 0,
    mirrorVersionId: mirror?.versionId ?? null,
    mirrorShare: mirror?.share ?? 0,
  };
  await changeRoute(ctx, { adapterId, expectedGeneration: generation, change });
  if (candidateVersionId !== null)
    await releaseHold(ctx, { versionId: candidateVersionId, holder: candidateHolder(adapterId) });
  if (mirrorVersionId !== null) await releaseHold(ctx, { versionId: mirrorVersionId, holder: mirrorHolder(adapterId) });
}
