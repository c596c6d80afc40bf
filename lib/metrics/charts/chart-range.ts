import { invalidField } from "#lib/platform/errors.ts";
import { ROLLUP_KEPT_SECONDS } from "../kept-for.ts";
import { ROLLUP_STEPS, type RollupStep, stepStart } from "../rollup.ts";
import { MAX_POINTS, MAX_RANGE_SECONDS } from "../schema.ts";

/** A grid of steps that covers a range: `starts` are the points of every series. */
export type ChartRange = {
  from: Date;
  to: Date;
  stepSeconds: number;
  /** The rollup to read; it divides `stepSeconds`. */
  rollupStep: RollupStep;
  starts: readonly Date[];
};

/** Steps that a person can read off an axis. All are multiples of the rollup step they are made of. */
const STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400] as const;
const DEFAULT_RANGE_SECONDS = 3600;

/**
 * Fits a range into at most 300 steps; the wished step is raised where it is too fine or its rows are gone.
 * @throws AppError `invalid` for a range that is empty, lies in the future or is longer than 31 days
 */
export function chartRange(
  query: { from?: string | undefined; to?: string | undefined; stepSeconds?: number | undefined },
  now: Date,
): ChartRange {
  const to = query.to === undefined ? now : new Date(Math.min(Date.parse(query.to), now.getTime()));
  const from = query.from === undefined ? new Date(to.getTime() - DEFAULT_RANGE_SECONDS * 1000) : new Date(query.from);
  const seconds = (to.getTime() - from.getTime()) / 1000;
  if (seconds <= 0)
    throw invalidField(
      "from",
      "empty_range",
      "The range is empty or in the future.",
      "Give a `from` before `to` and before now.",
    );
  if (seconds > MAX_RANGE_SECONDS)
    throw invalidField(
      "from",
      "range_too_long",
      "The range is longer than 31 days.",
      "Ask for at most 31 days at a time.",
    );
  const ageSeconds = (now.getTime() - from.getTime()) / 1000;
  const rollupNeeded = ROLLUP_STEPS.find((step) => ageSeconds <= ROLLUP_KEPT_SECONDS[step]) ?? 3600;
  const least = Math.max(seconds / (MAX_POINTS - 1), query.stepSeconds ?? 0, rollupNeeded);
  const stepSeconds = STEPS.find((step) => step >= least) ?? 86_400;
  const rollupStep = [...ROLLUP_STEPS].reverse().find((step) => stepSeconds % step === 0) ?? 60;
  const first = stepStart(from, stepSeconds);
  const count = Math.ceil((to.getTime() - first.getTime()) / (stepSeconds * 1000));
  const starts = Array.from({ length: count }, (_, index) => new Date(first.getTime() + index * stepSeconds * 1000));
  return { from: first, to, stepSeconds, rollupStep, starts };
}
