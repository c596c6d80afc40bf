import { holdPlacement } from "#lib/fleet/hold-placement.ts";
import { releasePlacement } from "#lib/fleet/release-placement.ts";
import type { Holder } from "#lib/fleet/schema.ts";
import { lockPlacements } from "#lib/fleet/store.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { AppError, notFound } from "#lib/platform/errors.ts";
import { getAdapter } from "#lib/registry/adapters/adapter-store.ts";
import { moveRoute } from "#lib/registry/adapters/move-route.ts";
import { releaseVersion, retainVersion } from "#lib/registry/versions/retain-version.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";

export const cutoverHolder = (cutoverId: string): Holder => `cutover:${cutoverId}`;
/** The live version's. */
export const routeHolder = (adapterId: string): Holder => `route:${adapterId}`;
/** That of the version that was live before, kept warm so that a rollback is instant. */
export const previousHolder = (adapterId: string): Holder => `previous:${adapterId}`;
/** That of a version with a share of the conversations. */
export const candidateHolder = (adapterId: string): Holder => `candidate:${adapterId}`;
/** That of a version which gets copies of requests. */
export const mirrorHolder = (adapterId: string): Holder => `mirror:${adapterId}`;

type Need = { versionId: string; holder: Holder; reason: string };

/** Keeps a version on every serving node of its pool, and its files. */
export async function retain(ctx: Ctx, { versionId, holder, reason }: Need): Promise<void> {
  await holdPlacement(ctx, { versionId, nodeIds: "pool", holder, reason });
  await retainVersion(ctx, { versionId, holder, reason });
}

export async function releaseHold(ctx: Ctx, { versionId, holder }: Omit<Need, "reason">): Promise<void> {
  await releasePlacement(ctx, { versionId, holder });
  await releaseVersion(ctx, { versionId, holder });
}

export type LiveSwitch = {
  adapterId: string;
  /** null = nothing: requests go to the route's origin again. */
  toVersionId: string | null;
  /** What is live now; null = nothing. */
  fromVersionId: string | null;
  /** Going forward the old version stays loaded for a rollback; after a rollback the bad one goes. */
  keepFromWarm: boolean;
  /** Until when the route's origin is kept as the way back; left out = as it was. */
  originUntil?: Date | null | undefined;
};

/**
 * Makes another version live: one pointer change, and what nodes have to keep changes with it. Shares beside the live
 * version end. Part of an audited cutover or rollback, under the adapter's lock.
 * @throws AppError `conflict` (`route_moved`, `already_live`, `version_not_ready`)
 */
export async function switchLive(ctx: Ctx, move: LiveSwitch): Promise<void> {
  const { adapterId, toVersionId, fromVersionId, keepFromWarm, originUntil } = move;
  const adapter = await getAdapter(ctx.tx, adapterId);
  if (adapter === null) throw notFound("adapter");
  const { previousVersionId, candidateVersionId, mirrorVersionId } = adapter.route;
  await lockInOrder(ctx, [toVersionId, fromVersionId, previousVersionId, candidateVersionId, mirrorVersionId]);

  if (toVersionId !== null)
    await retainLive(ctx, { versionId: toVersionId, holder: routeHolder(adapterId), reason: "It is live." });
  const expected = { expectedLiveVersionId: fromVersionId, isRollback: !keepFromWarm };
  await moveRoute(ctx, { adapterId, toVersionId, originUntil, ...expected });
  const holder = previousHolder(adapterId);
  if (toVersionId !== null) {
    await releaseHold(ctx, { versionId: toVersionId, holder });
    // once live, the reason somebody staged it by hand is fulfilled
    await releaseHold(ctx, { versionId: toVersionId, holder: `stage:${toVersionId}` });
  }
  if (candidateVersionId !== null)
    await releaseHold(ctx, { versionId: candidateVersionId, holder: candidateHolder(adapterId) });
  if (mirrorVersionId !== null) await releaseHold(ctx, { versionId: mirrorVersionId, holder: mirrorHolder(adapterId) });
  if (previousVersionId !== null && previousVersionId !== toVersionId && previousVersionId !== fromVersionId)
    await releaseHold(ctx, { versionId: previousVersionId, holder });
  if (fromVersionId === null) return;
  if (keepFromWarm && (await getVersion(ctx.tx, fromVersionId))?.state === "ready")
    await retain(ctx, { versionId: fromVersionId, holder, reason: "It was live before; a rollback needs it." });
  await releaseHold(ctx, { versionId: fromVersionId, holder: routeHolder(adapterId) });
}

/** A pool that has lost all its nodes must not stand in the way of the pointer: they load what is live when they return. */
async function retainLive(ctx: Ctx, need: Need): Promise<void> {
  try {
    await retain(ctx, need);
  } catch (error) {
    if (!(error instanceof AppError && error.reason === "no_nodes")) throw error;
    await retainVersion(ctx, need);
  }
}

/** Everyone who touches placements of several versions takes them in this order, so that nobody waits in a circle. */
export async function lockInOrder(ctx: Ctx, versionIds: readonly (string | null)[]): Promise<void> {
  const ids = [...new Set(versionIds.filter((id) => id !== null))].sort();
  for (const id of ids) await lockPlacements(ctx.tx, id);
}
