import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type AppError, conflict, forbidden, notFound } from "#lib/platform/errors.ts";
import type { Scope } from "#lib/platform/scope.ts";
import type { Approval } from "../browser/approval-schema.ts";
import { isOpen } from "../phases.ts";
import { type ApprovalRecord, getApproval, putDecision } from "./approval-store.ts";
import { refusalFor } from "./may-decide.ts";
import { reasonForCustomer, toApproval } from "./view-approval.ts";

type Input = { approvalId: string; decision: "approved" | "declined"; comment?: string | undefined };

/**
 * Says yes or no to a step of a cutover; the worker carries it out within seconds. The same answer twice is one answer.
 * @throws AppError `not_found`, `forbidden`, or `conflict` (`already_decided`, `approval_expired`, `approval_withdrawn`,
 * `cutover_ended`)
 */
export async function decideApproval(ctx: Ctx, { approvalId, decision, comment }: Input): Promise<Approval> {
  const approval = await getApproval(ctx.tx, approvalId);
  if (approval === null) throw notFound("approval");
  const denied = refusalFor(ctx.actor, ctx.scope, approval);
  if (denied) throw forbidden(denied.message, denied.fix);
  const refusal = approval.state === decision ? null : findRefusal(approval, ctx);
  if (refusal) throw refusal;
  const decided = {
    state: decision,
    decidedBy: actorLabel(ctx.actor),
    decidedAt: ctx.clock.now(),
    comment: comment ?? null,
  };
  // somebody may have answered in this very moment: the first answer counts
  await putDecision(ctx.tx, approvalId, decided);
  const after = (await getApproval(ctx.tx, approvalId)) ?? approval;
  if (after.state !== decision) throw findRefusal(after, ctx) ?? alreadyDecided(after);
  await audit(ctx, {
    action: decision === "approved" ? "approval.approve" : "approval.decline",
    object: { type: "approval", id: approvalId },
    tenantId: approval.tenantId,
    before: { state: approval.state },
    after: { state: after.state, cutoverId: approval.cutoverId, step: approval.step },
    reason: comment ?? null,
  });
  return toApproval(ctx, after);
}

const alreadyDecided = ({ state, decidedBy }: ApprovalRecord): AppError =>
  conflict("already_decided", `It was ${state} by ${decidedBy ?? "somebody else"}.`, "Nothing needs doing.");

const AGAIN = "Have the cutover started again; you are then asked again.";

function findRefusal(approval: ApprovalRecord, { clock, scope }: Ctx): AppError | null {
  const { state, expiresAt, cutover } = approval;
  switch (state) {
    case "approved":
    case "declined":
      return alreadyDecided(approval);
    case "withdrawn":
      return conflict("approval_withdrawn", withdrawnText(approval, scope), AGAIN);
    case "expired":
      return conflict("approval_expired", `It ended unanswered on ${minute(expiresAt)}.`, AGAIN);
    case "pending":
      if (clock.now() >= expiresAt)
        return conflict("approval_expired", `It ended unanswered on ${minute(expiresAt)}.`, AGAIN);
      return isOpen(cutover.phase) ? null : conflict("cutover_ended", "Its cutover has already ended.", AGAIN);
  }
}

const withdrawnText = (approval: ApprovalRecord, scope: Scope): string =>
  (scope.kind === "platform" ? approval.reason : reasonForCustomer(approval)) ?? "It was withdrawn.";

const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
