import { canStep } from "./phases.ts";
import { isWatched } from "./plan-step.ts";
import type { Cutover, CutoverStep } from "./schema.ts";
import type { CutoverRecord } from "./store.ts";

/** Name of the worker in histories. */
export const CUTOVER_ACTOR = "cutover";

/** A cutover as the API shows it. What the worker says names nodes, so customers are not shown it. */
export function toCutover(record: CutoverRecord, isStaff: boolean): Cutover {
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
    history: isStaff ? history : history.map(withoutNodes),
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

const withoutNodes = (step: CutoverStep): CutoverStep => (step.by === CUTOVER_ACTOR ? { ...step, reason: null } : step);
