import type { Ctx } from "#lib/identity/ctx.ts";
import type { Holder } from "./schema.ts";
import { dropHolds, dropUnheld, lockPlacements } from "./store.ts";

/**
 * Gives up what a holder held of a version. Placements that nobody else holds are unloaded by the reconcile loop, on
 * unreachable nodes as soon as they come back. Part of the caller's mutation, which writes the audit row.
 * @returns how many placements will go
 */
export async function releasePlacement(
  ctx: Ctx,
  input: { versionId: string; holder: Holder },
): Promise<{ held: number; releaseHold: number }> {
  await lockPlacements(ctx.tx, input.versionId);
  const held = await dropHolds(ctx.tx, input.versionId, input.holder);
  return { held, releaseHold: await dropUnheld(ctx.tx, input.versionId) };
}
