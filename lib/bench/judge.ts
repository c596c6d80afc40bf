import { median } from "#lib/testbed/quantile.ts";

/** What a job found out about one metric: one value a run, ours and, where there is one, a peer's. */
export type Measured = {
  metric: string;
  ours: readonly number[];
  /** `values` null = the peer is not here; `reason` says what would bring it. */
  peer?: { name: string; values: readonly number[] } | { name: string; values: null; reason: string };
};

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

/** One goal, judged: a line of the report. `ours` is the median of the runs, or the largest where the goal is about it. */
export type GoalLine = Omit<Goal, "judge"> & {
  ours: number | null;
  peer: number | null;
  peerName: string | null;
  ratio: number | null;
  /** null = could not be judged. */
  pass: boolean | null;
  skipped?: string;
  runs: number;
  min: number | null;
  max: number | null;
};

/** @param measured null = the job said nothing about it */
export function judge({ judge: by, ...goal }: Goal, measured: Measured | null): GoalLine {
  const values = measured?.ours ?? [];
  const peer = measured?.peer ?? null;
  const orNull = (value: number) => (values.length === 0 ? null : value);
  const ours = orNull(by === "worst" ? Math.max(...values) : median(values));
  const theirs = peer?.values ? median(peer.values) : null;
  const ratio = ours === null || theirs === null ? null : ours / theirs;
  const judged = by === "ratio" ? ratio : ours;
  return {
    ...goal,
    ...{ ours, peer: theirs, peerName: peer?.name ?? null, ratio },
    ...{ pass: judged === null ? null : isMet(goal.goal, judged), runs: values.length },
    ...{ min: orNull(Math.min(...values)), max: orNull(Math.max(...values)) },
    ...(peer?.values === null && judged === null ? { skipped: peer.reason } : {}),
  };
}

/** @throws Error on a goal that is no comparison */
function isMet(goal: string, value: number): boolean {
  const [, sign, bound] = /^(<=|>=|==) (\d+(?:\.\d+)?)$/.exec(goal) ?? [];
  if (sign === undefined) throw new Error(`"${goal}" is no goal: write <=, >= or == and a number`);
  return sign === "<=" ? value <= Number(bound) : sign === ">=" ? value >= Number(bound) : value === Number(bound);
}

/** Whether a run may be called a success: every goal has a line that passed, or was skipped with leave to do so. */
export const isSuccess = (lines: readonly GoalLine[], allowSkip: boolean): boolean =>
  lines.every((line) => line.pass === true || (line.pass === null && line.skipped !== undefined && allowSkip));
