import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { canStep } from "./phases.ts";
import type { Cutover } from "./schema.ts";
import { NO_SHARES, setShares } from "./shares.ts";
import { type CutoverRecord, getCutover, lockAdapter } from "./store.ts";
import { cutoverHolder, releaseHold } from "./switch-live.ts";
import { type StepTaken, takeStep } from "./take-step.ts";
import { toCutover } from "./view-cutover.ts";

/** Reads a cutover under its adapter's lock, so that it cannot move meanwhile. @throws AppError `not_found` */
export async function lockedCutover(ctx: Ctx, cutoverId: string): Promise<CutoverRecord> {
  const seen = await getCutover(ctx.tx, cutoverId);
  if (seen === null) throw notFound("cutover");
  await lockAdapter(ctx.tx, seen.adapterId);
  return (await getCutover(ctx.tx, cutoverId)) ?? seen;
}

/** Ends a cutover that has moved nothing yet, and gives back what it held; no more copies are made for it. */
export async function abortHeld(
  ctx: Ctx,
  cutover: CutoverRecord,
  why: Pick<StepTaken, "reason" | "message" | "guardedAt">,
): Promise<void> {
  if (cutover.phase === "shadow") await setShares(ctx, cutover.adapterId, NO_SHARES);
  await takeStep(ctx, cutover, { phase: "aborted", ...why });
  await releaseHold(ctx, { versionId: cutover.toVersionId, holder: cutoverHolder(cutover.id) });
}

/**
 * Stops a cutover before any traffic has moved; the version that is live stays so.
 * @throws AppError `not_found`, or `conflict` (`wrong_phase`)
 */
export async function abortCutover(
  ctx: Ctx,
  input: { cutoverId: string; reason?: string | undefined },
): Promise<Cutover> {
  const cutover = await lockedCutover(ctx, input.cutoverId);
  if (!canStep(cutover.phase, "aborted"))
    throw conflict(
      "wrong_phase",
      `The cutover is ${cutover.phase}; only one that has not switched yet can be aborted.`,
      canStep(cutover.phase, "rolled_back") ? "Roll it back instead." : "Nothing needs doing.",
    );
  const reason = input.reason ?? null;
  await abortHeld(ctx, cutover, { reason });
  await audit(ctx, {
    action: "cutover.abort",
    object: { type: "cutover", id: cutover.id },
    tenantId: cutover.tenantId,
    before: { phase: cutover.phase },
    after: { phase: "aborted" },
    reason,
  });
  const after = (await getCutover(ctx.tx, cutover.id)) ?? cutover;
  return toCutover(after, ctx.scope.kind === "platform");
}
