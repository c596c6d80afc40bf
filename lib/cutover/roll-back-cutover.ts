import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type AppError, conflict } from "#lib/platform/errors.ts";
import { recordAnnotation } from "#lib/telemetry/record-annotation.ts";
import { lockedCutover } from "./abort-cutover.ts";
import { handOver } from "./hand-over.ts";
import { canStep } from "./phases.ts";
import type { Cutover } from "./schema.ts";
import { type CutoverRecord, getCutover } from "./store.ts";
import { takeStep } from "./take-step.ts";
import { hasWayBack, toCutover } from "./view-cutover.ts";

/**
 * Makes the version that was live before live again, or sends requests back to the customer's origin: one pointer change
 * in one transaction, without the worker.
 * @throws AppError `not_found`, or `conflict` (`wrong_phase`, `already_rolled_back`, `nothing_to_roll_back_to`,
 * `origin_ended`, `not_live`, `version_not_ready`)
 */
export async function rollBackCutover(
  ctx: Ctx,
  input: { cutoverId: string; reason?: string | undefined },
): Promise<Cutover> {
  const cutover = await lockedCutover(ctx, input.cutoverId);
  const refusal = findRefusal(cutover);
  if (refusal) throw refusal;
  const { adapterId, fromVersionId, toVersionId, fromNumber, toNumber } = cutover;
  await handOver(ctx, {
    adapterId,
    toVersionId: fromVersionId,
    fromVersionId: toVersionId,
    keepFromWarm: false,
    originUntil: fromVersionId === null ? null : undefined,
  });
  const reason = input.reason ?? null;
  await takeStep(ctx, cutover, { phase: "rolled_back", reason });
  await recordAnnotation(ctx, {
    kind: "rollback",
    title: `${cutover.adapterSlug} of ${cutover.tenantName}: v${toNumber} rolled back to ${fromNumber === null ? "its origin" : `v${fromNumber}`}`,
    tenantId: cutover.tenantId,
    ref: { type: "cutover", id: cutover.id },
  });
  await audit(ctx, {
    action: "cutover.rollback",
    object: { type: "cutover", id: cutover.id },
    tenantId: cutover.tenantId,
    before: { phase: cutover.phase, liveVersionId: toVersionId },
    after: { phase: "rolled_back", liveVersionId: fromVersionId },
    reason,
  });
  const after = (await getCutover(ctx.tx, cutover.id)) ?? cutover;
  return toCutover(after, ctx.scope.kind === "platform");
}

function findRefusal(cutover: CutoverRecord): AppError | null {
  const { phase, liveVersionId, toVersionId, toNumber } = cutover;
  if (phase === "rolled_back")
    return conflict("already_rolled_back", "The cutover was rolled back already.", "Nothing needs doing.");
  if (!canStep(phase, "rolled_back"))
    return conflict(
      "wrong_phase",
      `The cutover is ${phase}: it has switched nothing.`,
      canStep(phase, "aborted") ? "Abort it instead." : "Nothing needs doing.",
    );
  if (liveVersionId !== toVersionId)
    return conflict(
      "not_live",
      `Version ${toNumber} is not live any more.`,
      "Roll back the cutover that made the present version live.",
    );
  return hasWayBack(cutover) ? null : nothingBefore(cutover);
}

const nothingBefore = ({ fromOrigin }: CutoverRecord) =>
  conflict(
    fromOrigin ? "origin_ended" : "nothing_to_roll_back_to",
    fromOrigin
      ? "Its origin was switched off: nothing answers there any more."
      : "No version was live before this one.",
    "Cut over to another version, or suspend the tenant.",
  );
