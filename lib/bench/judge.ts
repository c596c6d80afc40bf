import { median } from "#lib/testbed/quantile.ts";
import type { Measured } from "./measured.ts";

/**
 * What a metric should come to. `judge`: `ours` compares our median, `worst` our largest value (a promise that holds
 * each time), `ratio` our median divided by the peer's.
 */
export type Goal = {
  job: string;
  metric: string;
  unit: string;
  judge: "ours" | "worst" | "ratio";
  /** `<=`, `>=` or `==`, and a number. */
  goal: string;
};

/** One goal, judged: a line of the report. */
export type GoalLine = {
  job: string;
  metric: string;
  unit: string;
  /** Median of the runs; the largest where the goal is about the worst. */
  ours: number | null;
  peer: number | null;
  peerName: string | null;
  ratio: number | null;
  goal: string;
  /** null = could not be judged. */
  pass: boolean | null;
  skipped?: string;
  runs: number;
  min: number | null;
  max: number | null;
};

/** @param measured null = the job said nothing about it */
export function judge(goal: Goal, measured: Measured | null): GoalLine {
  const values = measured?.ours ?? [];
  const peer = measured?.peer ?? null;
  const peerValue = peer?.values ? median(peer.values) : null;
  const ours = values.length === 0 ? null : goal.judge === "worst" ? Math.max(...values) : median(values);
  const ratio = ours === null || peerValue === null ? null : ours / peerValue;
  const judged = goal.judge === "ratio" ? ratio : ours;
  const line: GoalLine = {
    job: goal.job,
    metric: goal.metric,
    unit: goal.unit,
    ours,
    peer: peerValue,
    peerName: peer?.name ?? null,
    ratio,
    goal: goal.goal,
    pass: judged === null ? null : isMet(goal.goal, judged),
    runs: values.length,
    min: values.length === 0 ? null : Math.min(...values),
    max: values.length === 0 ? null : Math.max(...values),
  };
  return peer && peer.values === null && judged === null ? { ...line, skipped: peer.reason } : line;
}

/** @throws Error on a goal that is no comparison */
function isMet(goal: string, value: number): boolean {
  const [, sign, bound] = /^(<=|>=|==) (\d+(?:\.\d+)?)$/.exec(goal) ?? [];
  switch (sign) {
    case "<=":
      return value <= Number(bound);
    case ">=":
      return value >= Number(bound);
    case "==":
      return value === Number(bound);
    default:
      throw new Error(`"${goal}" is no goal: write <=, >= or == and a number`);
  }
}

/** Whether a run may be called a success: every goal has a line that passed, or was skipped with leave to do so. */
export const isSuccess = (lines: readonly GoalLine[], allowSkip: boolean): boolean =>
  lines.every((line) => line.pass === true || (line.pass === null && line.skipped !== undefined && allowSkip));
