import type { Ctx } from "#lib/identity/ctx.ts";
import { recordAnnotation } from "#lib/metrics/marks/record-annotation.ts";
import { markRolledBack } from "#lib/registry/versions/mark-rolled-back.ts";
import { NO_SHARES, setShares } from "./shares.ts";
import type { CutoverRecord } from "./store.ts";
import { cutoverHolder, releaseHold, switchLive } from "./switch-live.ts";
import { takeStep } from "./take-step.ts";

type Why = { reason: string | null; message?: string | null; guardedAt?: Date | null };

/**
 * Undoes what a cutover has moved, in the caller's transaction: the canary's share ends, or the pointer returns to the
 * version before, or to the customer's origin. The version that was left says that it was rolled back, and why.
 * @throws AppError `conflict` (`route_moved`, `version_not_ready`), `stale`
 */
export async function goBack(ctx: Ctx, cutover: CutoverRecord, { reason, message, guardedAt }: Why): Promise<void> {
  const { adapterId, fromVersionId, toVersionId, fromNumber, toNumber } = cutover;
  if (cutover.phase === "canary") {
    await setShares(ctx, adapterId, NO_SHARES);
    await releaseHold(ctx, { versionId: toVersionId, holder: cutoverHolder(cutover.id) });
  } else
    await switchLive(ctx, {
      adapterId,
      toVersionId: fromVersionId,
      fromVersionId: toVersionId,
      keepFromWarm: false,
      originUntil: fromVersionId === null ? null : undefined,
    });
  await markRolledBack(ctx, { versionId: toVersionId, cutoverId: cutover.id, reason });
  await takeStep(ctx, cutover, { phase: "rolled_back", reason, message, guardedAt, weight: 0 });
  await recordAnnotation(ctx, {
    kind: "rollback",
    title: `${cutover.adapterSlug} of ${cutover.tenantName}: v${toNumber} rolled back to ${fromNumber === null ? "its origin" : `v${fromNumber}`}${guardedAt ? " by its guard" : ""}`,
    tenantId: cutover.tenantId,
    ref: { type: "cutover", id: cutover.id },
  });
}
