import {
  clopperPearsonUpper,
  type Interval,
  leastDetectable,
  mcNemarOneSided,
  mcNemarTwoSided,
  shownMargin,
  signFlipPValue,
  tangoInterval,
} from "./statistics.ts";
import {
  countRegression,
  countTakes,
  type PairedSamples,
  passRate,
  regressionOf,
  sumOf,
  type Tally,
  tallyOf,
} from "./tally.ts";

/**
 * What one decoding mode showed, over the prompts with valid answers on all three sides. `null` means that there was nothing
 * to compute it from. Only `netRegression` and `confirmed` decide; all else is there to be read beside them.
 */
export type ModeMeasures = {
  /** Prompts with complete, valid answers. */
  n: number;
  /** Prompts of the suite. */
  prompts: number;
  /** Prompts of which a side lacks an answer. */
  missing: number;
  /** Answers that say nothing about the model (truncated, transport). */
  invalid: number;
  /** Prompts that were asked again because their answers differed. */
  askedAgain: number;
  /** Prompts passed, as sums of rates. */
  baselinePassed: number;
  candidatePassed: number;
  /** Prompts that the baseline mostly passes and the candidate does not. */
  b: number;
  /** The other way round. */
  c: number;
  /** Mean over prompts of (baseline pass rate - candidate pass rate). */
  netRegression: number | null;
  /** Prompts lost and gained so surely that chance is no explanation. */
  confirmed: number;
  confirmedGains: number;
  /** Two-sided 95 % (Tango), on b and c. */
  netInterval: Interval;
  /** One-sided 95 % upper bound on the true rate of lost prompts (Clopper-Pearson on b of n). */
  U95: number;
  /** Exact one-sided, on b and c. */
  pMcNemar: number;
  /** One-sided, on the rates; null where every prompt was asked once. */
  pSignFlip: number | null;
  /** Prompts to which the baseline itself gave right and wrong answers. */
  flakeCount: number;
  flakeRate: number | null;
  /** Two-sided exact McNemar of baseline against baseline: small when the ruler itself moved between the turns. */
  pBaselineShift: number;
  /** Least true regression that a gate of this size blocks with 80 % power, given how much changed anyway. */
  leastDetectable: number;
};

/**
 * Counts one decoding mode.
 *
 * @param asked prompts of the suite, and how often each side was asked each at first
 * @param limit the net regression that a pass stays below
 * @param random uniform in [0, 1), used only for the permutation test
 * @throws Error when a case appears twice: the caller paired the samples wrongly
 */
export function measureMode(
  samples: readonly PairedSamples[],
  asked: { prompts: number; takes: number },
  limit: number,
  random: () => number,
): ModeMeasures {
  if (new Set(samples.map((sample) => sample.caseId)).size !== samples.length)
    throw new Error("a case appears twice in one decoding mode");
  const complete = samples.filter((sample) => isComplete(sample, asked.takes));
  const valid = complete.filter((sample) => answersOf(sample).every(({ status }) => status !== "invalid"));
  const tallies = valid.map((sample) => tallyOf(sample));
  const n = tallies.length;
  const { b, c } = countChanges(tallies);
  // sorted, so that the order of the prompts does not move the throw of the rng
  const differences = tallies.map(regressionOf).sort((left, right) => left - right);
  const flakeCount = tallies.filter(({ baseline }) => baseline.passed > 0 && baseline.passed < baseline.asked).length;
  const isRepeated = tallies.some(({ candidate }) => candidate.asked > 1);
  const blockedFrom = Math.max(1, Math.ceil(limit * n - 1e-9));
  return {
    n,
    prompts: asked.prompts,
    missing: Math.max(0, asked.prompts - complete.length),
    invalid: samples.flatMap(answersOf).filter(({ status }) => status === "invalid").length,
    askedAgain: valid.filter((sample) => tallyOf(sample).candidate.asked > asked.takes).length,
    baselinePassed: sumOf(tallies.map(({ baseline }) => passRate(baseline))),
    candidatePassed: sumOf(tallies.map(({ candidate }) => passRate(candidate))),
    b,
    c,
    ...(n === 0 ? { netRegression: null, confirmed: 0, confirmedGains: 0 } : countRegression(tallies)),
    netInterval: tangoInterval(b, c, n),
    U95: clopperPearsonUpper(b, n),
    pMcNemar: mcNemarOneSided(b, c),
    pSignFlip: isRepeated ? signFlipPValue(differences, { random }) : null,
    flakeCount,
    flakeRate: n === 0 ? null : flakeCount / n,
    pBaselineShift: shiftOf(valid, asked.takes),
    leastDetectable: n === 0 ? 1 : Math.max(leastDetectable(n, blockedFrom), shownMargin((b + c) / n, n)),
  };
}

const sidesOf = (sample: PairedSamples) => [sample.baseline, sample.candidate, sample.baselineRepeat];
const answersOf = (sample: PairedSamples) => sidesOf(sample).flat();

const isComplete = (sample: PairedSamples, takes: number): boolean =>
  sidesOf(sample).every((side) => countTakes(side, takes).asked >= takes);

/** By majority: with one answer a side this is pass against wrong. */
function countChanges(tallies: readonly Tally[]): { b: number; c: number } {
  const isMostlyPassed = tallies.map(({ baseline, candidate }) => ({
    before: passRate(baseline) > 0.5,
    after: passRate(candidate) > 0.5,
  }));
  return {
    b: isMostlyPassed.filter(({ before, after }) => before && !after).length,
    c: isMostlyPassed.filter(({ before, after }) => !before && after).length,
  };
}

/** The baseline's first turn against its second, in prompts that got worse and better. */
function shiftOf(samples: readonly PairedSamples[], takes: number): number {
  const moves = samples.map(
    ({ baseline, baselineRepeat }) => countTakes(baselineRepeat, takes).passed - countTakes(baseline, takes).passed,
  );
  return mcNemarTwoSided(moves.filter((move) => move < 0).length, moves.filter((move) => move > 0).length);
}
