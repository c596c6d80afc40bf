import type { Ctx } from "#lib/identity/ctx.ts";
import type { Approval } from "../browser/approval-schema.ts";
import type { ApprovalRecord } from "./approval-store.ts";
import { refusalFor } from "./may-decide.ts";

/** Why one was withdrawn names runs and nodes, which are not for customers. */
export const reasonForCustomer = ({ state, reason }: Pick<ApprovalRecord, "state" | "reason">): string | null =>
  state === "withdrawn" ? "The request was withdrawn, because what would go live has changed." : reason;

/** An approval as the API shows it to whoever asks. */
export function toApproval({ actor, scope, clock }: Ctx, record: ApprovalRecord): Approval {
  const { cutover, id, tenantId, cutoverId, step, decider, approverRole, state, onSilence } = record;
  const isLive = state === "pending" && clock.now() < record.expiresAt;
  return {
    ...{ id, tenantId, cutoverId, step, decider, approverRole, state, onSilence },
    tenantName: cutover.tenantName,
    adapterId: cutover.adapterId,
    adapterSlug: cutover.adapterSlug,
    fromNumber: cutover.fromNumber,
    fromOrigin: cutover.fromOrigin,
    toVersionId: cutover.toVersionId,
    toNumber: cutover.toNumber,
    canDecide: isLive && refusalFor(actor, scope, record) === null,
    cutoverGeneration: record.cutoverGeneration,
    createdAt: record.createdAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
    decidedBy: record.decidedBy,
    decidedAt: record.decidedAt?.toISOString() ?? null,
    comment: record.comment,
    reason: scope.kind === "platform" ? record.reason : reasonForCustomer(record),
  };
}
