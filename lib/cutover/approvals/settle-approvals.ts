import { readGate } from "#lib/evals/verdict/read-gate.ts";
import { audit } from "#lib/identity/audit.ts";
import { type Ctx, type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { getVersion } from "#lib/registry/versions/version-store.ts";
import { abortHeld, lockedCutover } from "../abort-cutover.ts";
import { goBack } from "../go-back.ts";
import { canStep, isOpen } from "../phases.ts";
import { findRefusal } from "../require-pass.ts";
import { type CutoverRecord, saveHold } from "../store.ts";
import { CUTOVER_ACTOR } from "../view-cutover.ts";
import { type ApprovalRecord, getApproval, passedSince, putEnd, putSettled, unsettledIds } from "./approval-store.ts";
import { decideSettling, type Settling, type SettlingFacts } from "./decide-settling.ts";

/** Carries out what was answered, and ends what nobody will answer any more; one transaction each. @returns what went wrong */
export async function settleApprovals(deps: Deps, fence: Fence, signal: AbortSignal): Promise<unknown[]> {
  const ids = await systemRead(deps, CUTOVER_ACTOR, (ctx) => unsettledIds(ctx.tx));
  const errors: unknown[] = [];
  for (const id of ids) {
    if (signal.aborted) break;
    const settle = async (ctx: Ctx): Promise<void> => {
      await requireTerm(ctx.tx, fence);
      await settleOne(ctx, id);
    };
    await systemWrite(deps, CUTOVER_ACTOR, settle).catch((error) => errors.push(error));
  }
  return errors;
}

async function settleOne(ctx: Ctx, approvalId: string): Promise<void> {
  const seen = await getApproval(ctx.tx, approvalId);
  if (seen === null) return;
  const cutover = await lockedCutover(ctx, seen.cutoverId);
  const approval = (await getApproval(ctx.tx, approvalId)) ?? seen;
  const settling = decideSettling(await settlingFacts(ctx, approval, cutover), ctx.clock.now());
  if (!(await putOutcome(ctx, approval, settling))) return;
  switch (settling.kind) {
    case "wait":
    case "done":
    case "withdraw":
      return;
    case "release":
      await continueStep(ctx, approval, cutover, settling.reason);
      return;
    case "stop":
      await stop(ctx, cutover, settling.reason);
      return;
  }
}

async function settlingFacts(ctx: Ctx, approval: ApprovalRecord, cutover: CutoverRecord): Promise<SettlingFacts> {
  const { state, expiresAt, createdAt, onSilence, decidedBy, comment } = approval;
  const isPending = state === "pending" && isOpen(cutover.phase);
  return {
    ...{ state, expiresAt, onSilence, decidedBy, comment },
    given: `${Math.round((expiresAt.getTime() - createdAt.getTime()) / 3_600_000)} h`,
    cutover: isOpen(cutover.phase) ? { isOpen: true } : { isOpen: false, why: whyEnded(cutover) },
    refusal: isPending ? await refusalOf(ctx, cutover) : null,
    newer: isPending ? await passedSince(ctx.tx, cutover.adapterId, cutover.toNumber, createdAt) : null,
    isProven: cutover.overrideReason === null,
  };
}

const whyEnded = ({ phase, message, history }: CutoverRecord): string =>
  message ?? history.at(-1)?.reason ?? `The cutover was ${phase === "aborted" ? "aborted" : "rolled back"}.`;

async function refusalOf(ctx: Ctx, { toVersionId, overrideReason }: CutoverRecord): Promise<string | null> {
  const version = await getVersion(ctx.tx, toVersionId);
  if (version === null) return "The version is gone.";
  const name = `Version ${version.number}`;
  if (version.state !== "ready") return `${name} is ${version.state} by now.`;
  return overrideReason === null ? (findRefusal(name, await readGate(ctx, toVersionId))?.message ?? null) : null;
}

/** @returns false when somebody has answered in this very moment: the next turn carries that out */
async function putOutcome(ctx: Ctx, approval: ApprovalRecord, settling: Settling): Promise<boolean> {
  const { tx } = ctx;
  const settledAt = ctx.clock.now();
  const end = endOf(settling);
  if (end === null) {
    if (settling.kind !== "wait") await putSettled(tx, approval.id, settledAt);
    return true;
  }
  if (!(await putEnd(tx, approval.id, { ...end, settledAt }))) return false;
  await audit(ctx, {
    action: end.state === "expired" ? "approval.expire" : "approval.withdraw",
    object: { type: "approval", id: approval.id },
    tenantId: approval.tenantId,
    before: { state: approval.state },
    after: { state: end.state, goesOn: settling.kind === "release" },
    reason: end.reason,
  });
  return true;
}

function endOf(settling: Settling): { state: "expired" | "withdrawn"; reason: string } | null {
  switch (settling.kind) {
    case "withdraw":
      return { state: "withdrawn", reason: settling.reason };
    case "stop":
      return settling.end && { state: settling.end, reason: settling.reason };
    case "release":
      return settling.expired === null ? null : { state: "expired", reason: settling.reason };
    case "wait":
    case "done":
      return null;
  }
}

async function continueStep(ctx: Ctx, approval: ApprovalRecord, cutover: CutoverRecord, reason: string): Promise<void> {
  await saveHold(ctx.tx, cutover, {
    awaitingApproval: false,
    message: null,
    step: {
      phase: cutover.phase,
      at: ctx.clock.now().toISOString(),
      by: approval.decidedBy ?? CUTOVER_ACTOR,
      reason,
      weight: cutover.weight,
      isHold: true,
    },
  });
}

/** Nothing has moved yet, or a canary's share goes back; a version that is live stays so. */
async function stop(ctx: Ctx, cutover: CutoverRecord, reason: string): Promise<void> {
  if (canStep(cutover.phase, "aborted"))
    await abortHeld(ctx, cutover, { reason, message: `${reason} Nothing was switched.` });
  else if (cutover.phase === "canary") await goBack(ctx, cutover, { reason, message: reason });
}
