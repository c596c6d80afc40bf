import type { SampleStatus } from "../schema.ts";

/** One answer; takes of a side count from 1, those beyond the first ones were asked again. */
export type Take = { take: number; status: SampleStatus };

/** The answers to one prompt in one decoding mode. An empty list is a missing sample. */
export type PairedSamples = {
  caseId: string;
  baseline: readonly Take[];
  candidate: readonly Take[];
  /** The baseline asked a second time: its disagreement with the first is the noise floor. */
  baselineRepeat: readonly Take[];
};

export type Count = { asked: number; passed: number };

/** A prompt counted: `baseline` holds both turns of the baseline and whatever was asked again. */
export type Tally = { baseline: Count; candidate: Count };

export const passRate = ({ asked, passed }: Count): number => passed / asked;

/** @param upTo takes beyond this one are left out, as if they had not been asked */
export function countTakes(takes: readonly Take[], upTo = Number.POSITIVE_INFINITY): Count {
  let asked = 0;
  let passed = 0;
  for (const { take, status } of takes) {
    if (take > upTo) continue;
    asked += 1;
    if (status === "pass") passed += 1;
  }
  return { asked, passed };
}

export function tallyOf(prompt: PairedSamples, upTo?: number): Tally {
  const first = countTakes(prompt.baseline, upTo);
  const repeat = countTakes(prompt.baselineRepeat, upTo);
  return {
    baseline: { asked: first.asked + repeat.asked, passed: first.passed + repeat.passed },
    candidate: countTakes(prompt.candidate, upTo),
  };
}

/** Baseline pass rate - candidate pass rate: 1 = lost, -1 = gained. */
export const regressionOf = ({ baseline, candidate }: Tally): number => passRate(baseline) - passRate(candidate);

/**
 * A prompt that was answered well and no longer is, told from chance by asking it often: the baseline passes at least 5
 * of 7, the candidate at most 1 of 6; the same shares where it was asked more often.
 */
export const isConfirmedRegression = ({ baseline, candidate }: Tally): boolean =>
  7 * baseline.passed >= 5 * baseline.asked && 6 * candidate.passed <= candidate.asked;

/** The other way round, by the same shares: the baseline hardly ever answered well, the candidate does. */
export const isConfirmedGain = ({ baseline, candidate }: Tally): boolean =>
  7 * baseline.passed <= 2 * baseline.asked && 6 * candidate.passed >= 5 * candidate.asked;

/** Variance of `regressionOf` as far as the answers show it: both binomial rates, 0 where a side always answers alike. */
export const noiseOf = ({ baseline, candidate }: Tally): number => variance(baseline) + variance(candidate);

function variance(count: Count): number {
  const rate = passRate(count);
  return (rate * (1 - rate)) / count.asked;
}

/** In one order, so that the sum does not depend on that of the prompts. */
export const sumOf = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right).reduce((total, value) => total + value, 0);

/** What the prompts of a mode lost, as the rule of a gate reads it. */
export type Regression = {
  /** Prompts judged. */
  n: number;
  /** Mean over them of (baseline pass rate - candidate pass rate). */
  netRegression: number;
  /** Prompts lost and gained so surely that chance is no explanation. */
  confirmed: number;
  confirmedGains: number;
};

/** @throws Error when there is no prompt to count */
export function countRegression(tallies: readonly Tally[]): Regression {
  const n = tallies.length;
  if (n === 0) throw new Error("no prompt is complete");
  return {
    n,
    netRegression: sumOf(tallies.map(regressionOf)) / n,
    confirmed: tallies.filter(isConfirmedRegression).length,
    confirmedGains: tallies.filter(isConfirmedGain).length,
  };
}
