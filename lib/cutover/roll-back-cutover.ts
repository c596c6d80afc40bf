import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type AppError, conflict } from "#lib/platform/errors.ts";
import { lockedCutover } from "./abort-cutover.ts";
import { goBack } from "./go-back.ts";
import { canStep } from "./phases.ts";
import type { Cutover } from "./schema.ts";
import { type CutoverRecord, getCutover } from "./store.ts";
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
  const reason = input.reason ?? null;
  await goBack(ctx, cutover, { reason });
  await audit(ctx, {
    action: "cutover.rollback",
    object: { type: "cutover", id: cutover.id },
    tenantId: cutover.tenantId,
    before: { phase: cutover.phase, liveVersionId: cutover.liveVersionId, weight: cutover.weight },
    after: { phase: "rolled_back", liveVersionId: cutover.fromVersionId, weight: 0 },
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
  // a canary has moved nothing but a share: what was live answers all the time
  if (phase === "canary") return null;
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
