import type { SampleStatus } from "./schema.ts";
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

/**
 * The answers to one prompt in one decoding mode: usually one per side; more when a prompt was asked again with other
 * seeds. An empty list is a missing sample.
 */
export type PairedSamples = {
  caseId: string;
  baseline: readonly SampleStatus[];
  candidate: readonly SampleStatus[];
  /** The baseline asked a second time: its disagreement with the first is the noise floor. */
  baselineRepeat: readonly SampleStatus[];
};

/**
 * What one decoding mode showed, over the prompts with a valid answer on all three sides. With several answers per
 * prompt and side, rates stand in for pass and fail. `null` means that there was nothing to compute it from.
 */
export type ModeMeasures = {
  /** Prompts with a complete triple. */
  n: number;
  /** Prompts of the suite. */
  prompts: number;
  /** Prompts of which a side has no sample at all. */
  missing: number;
  /** Samples that say nothing about the model (truncated, transport). */
  invalid: number;
  baselinePassed: number;
  candidatePassed: number;
  /** Prompts on which the candidate is worse. */
  b: number;
  /** Prompts on which the candidate is better. */
  c: number;
  /** Mean over prompts of (baseline pass rate - candidate pass rate); (b - c) / n with one answer a side. */
  netRegression: number | null;
  /** Two-sided 95 % (Tango), on the counts of prompts. */
  netInterval: Interval;
  /** One-sided 95 % upper bound on the true rate of lost prompts (Clopper-Pearson on b of n). */
  U95: number;
  /** Exact one-sided. */
  pMcNemar: number;
  /** One-sided; only with several answers a side, where b and c lose information. */
  pSignFlip: number | null;
  /** Prompts on which the two baseline runs disagree. */
  flakeCount: number;
  flakeRate: number | null;
  /** Two-sided exact McNemar of baseline against baseline: small when the ruler itself moved between the runs. */
  pBaselineShift: number;
  /** Net regression over the prompts that did not flake. */
  stableNetRegression: number | null;
  /** Least true regression that a gate of this size blocks with 80 % power, given how much changed anyway. */
  leastDetectable: number;
};

type Triple = { baseline: number; candidate: number; repeat: number; answers: number };

/**
 * Counts one decoding mode.
 *
 * @param limit the net regression that a pass stays below
 * @param random uniform in [0, 1), used only for the permutation test
 * @throws Error when a case appears twice: the caller paired the samples wrongly
 */
export function measureMode(
  samples: readonly PairedSamples[],
  prompts: number,
  limit: number,
  random: () => number,
): ModeMeasures {
  if (new Set(samples.map((sample) => sample.caseId)).size !== samples.length)
    throw new Error("a case appears twice in one decoding mode");
  const sides = (sample: PairedSamples) => [sample.baseline, sample.candidate, sample.baselineRepeat];
  const seen = samples.filter((sample) => sides(sample).every((side) => side.length > 0));
  const invalid = samples.flatMap((sample) => sides(sample).flat()).filter((status) => status === "invalid").length;
  const triples = seen.filter((sample) => !sides(sample).flat().includes("invalid")).map(toTriple);

  const n = triples.length;
  const differences = triples.map((triple) => triple.baseline - triple.candidate);
  const b = differences.filter((difference) => difference > 0).length;
  const c = differences.filter((difference) => difference < 0).length;
  const stable = triples.filter((triple) => triple.baseline === triple.repeat);
  const flakeCount = n - stable.length;
  const worseOnRepeat = triples.filter((triple) => triple.repeat < triple.baseline).length;
  const isRepeated = triples.some((triple) => triple.answers > 1);
  const blockedFrom = Math.max(1, Math.ceil(limit * n - 1e-9));
  return {
    n,
    prompts,
    missing: Math.max(0, prompts - seen.length),
    invalid,
    baselinePassed: sum(triples.map((triple) => triple.baseline)),
    candidatePassed: sum(triples.map((triple) => triple.candidate)),
    b,
    c,
    netRegression: n === 0 ? null : sum(differences) / n,
    netInterval: tangoInterval(b, c, n),
    U95: clopperPearsonUpper(b, n),
    pMcNemar: mcNemarOneSided(b, c),
    pSignFlip: isRepeated ? signFlipPValue(differences, { random }) : null,
    flakeCount,
    flakeRate: n === 0 ? null : flakeCount / n,
    pBaselineShift: mcNemarTwoSided(worseOnRepeat, flakeCount - worseOnRepeat),
    stableNetRegression: n === 0 ? null : sum(stable.map((triple) => triple.baseline - triple.candidate)) / n,
    leastDetectable: n === 0 ? 1 : Math.max(leastDetectable(n, blockedFrom), shownMargin((b + c) / n, n)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function toTriple(sample: PairedSamples): Triple {
  return {
    baseline: passRate(sample.baseline),
    candidate: passRate(sample.candidate),
    repeat: passRate(sample.baselineRepeat),
    answers: Math.max(sample.baseline.length, sample.candidate.length, sample.baselineRepeat.length),
  };
}

const passRate = (statuses: readonly SampleStatus[]): number =>
  statuses.filter((status) => status === "pass").length / statuses.length;
