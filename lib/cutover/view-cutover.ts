import type { Ctx } from "#lib/identity/ctx.ts";
import { nameFor } from "#lib/identity/name-for.ts";
import { customersAmong } from "./approvals/approval-store.ts";
import { approvedBy } from "./approvals/decide-settling.ts";
import { canStep } from "./phases.ts";
import { isWatched } from "./plan-step.ts";
import type { Cutover, CutoverStep } from "./schema.ts";
import type { CutoverRecord } from "./store.ts";

/** Name of the worker in histories. */
export const CUTOVER_ACTOR = "cutover";

/** Cutovers as the API shows them to whoever asks. Of what was done by hand only an approval may be a customer's own doing. */
export async function showCutovers({ tx, scope }: Ctx, records: readonly CutoverRecord[]): Promise<Cutover[]> {
  const isStaff = scope.kind === "platform";
  const ids = records.map(({ id }) => id);
  const customers = isStaff ? undefined : await customersAmong(tx, ids);
  return records.map((record) => toCutover(record, isStaff, customers));
}

/**
 * A cutover as the API shows it. What the worker says names nodes, so customers are not shown it, nor who of their provider's
 * people did what.
 */
export function toCutover(record: CutoverRecord, isStaff: boolean, customers?: ReadonlySet<string>): Cutover {
  const {
    liveVersionId,
    isOriginKept,
    createdAt,
    updatedAt,
    finishedAt,
    stepAt,
    guardedAt,
    guard: _,
    ...rest
  } = record;
  const { history, message } = record;
  return {
    ...rest,
    message: isStaff ? message : null,
    history: isStaff ? history : history.map((step) => forCustomer(step, customers)),
    requestedBy: nameFor(isStaff, record.requestedBy),
    canRollBack:
      record.phase === "canary" ||
      (canStep(record.phase, "rolled_back") && liveVersionId === record.toVersionId && hasWayBack(record)),
    canPromote: isWatched(record.phase),
    canAbort: canStep(record.phase, "aborted"),
    stepAt: stepAt?.toISOString() ?? null,
    guardedAt: guardedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** What a cutover came from is still there: the version before, or the origin until it is switched off. */
export const hasWayBack = ({ fromVersionId, fromOrigin, isOriginKept }: CutoverRecord): boolean =>
  fromVersionId !== null || (fromOrigin && isOriginKept);

function forCustomer(step: CutoverStep, customers?: ReadonlySet<string>): CutoverStep {
  const by = nameFor(false, step.by, customers);
  if (by === step.by) return step;
  if (step.by === CUTOVER_ACTOR) return { ...step, by, reason: null };
  // an approval of the platform's own, with its comment, is not the customer's to read
  const isApproval = step.reason?.startsWith(approvedBy(step.by));
  return { ...step, by, reason: isApproval ? `${approvedBy("your provider")}.` : step.reason };
}
