import { binomialCdf, binomialPmf, normalQuantile, requireProbability, solveFalling } from "./binomial.ts";

/**
 * What a gate of n prompts can and cannot say. Notation: b = prompts that passed at the baseline and fail at the
 * candidate, c = the other way round, net = (b - c) / n, psi = (b + c) / n. All rates are 0..1.
 */
export type Interval = { lower: number; upper: number };

/**
 * Exact one-sided upper bound on a rate: U solves P(Bin(n, U) <= failures) = 1 - confidence; with no failure
 * U = 1 - (1 - confidence)^(1/n), about 3/n at 95 %. Without prompts nothing is excluded: 1.
 * Source: Clopper and Pearson, Biometrika 26 (1934).
 */
export function clopperPearsonUpper(failures: number, n: number, confidence = 0.95): number {
  requireSplit(failures, n);
  if (failures >= n) return 1;
  return solveFalling(0, 1, 1 - confidence, (rate) => binomialCdf(n, failures, rate));
}

/**
 * Two-sided score interval for a share, for display.
 * Source: E. B. Wilson, JASA 22 (1927): centre (p + z²/2n) / (1 + z²/n), half width z sqrt(p(1-p)/n + z²/4n²) / (1 + z²/n).
 */
export function wilsonInterval(successes: number, n: number, confidence = 0.95): Interval {
  requireSplit(successes, n);
  if (n === 0) return { lower: 0, upper: 1 };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const p = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / scale;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / scale;
  return { lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
}

/**
 * Exact one-sided McNemar test that the candidate is worse: P = sum over i >= b of C(b+c, i) / 2^(b+c).
 * Under "nothing but flake" a prompt that changed is as likely to have improved, so b is Bin(b+c, 1/2).
 * Source: McNemar, Psychometrika 12 (1947), exact form.
 */
export function mcNemarOneSided(b: number, c: number): number {
  return 1 - binomialCdf(b + c, b - 1, 0.5);
}

/** Exact two-sided McNemar: twice the smaller tail, at most 1. */
export function mcNemarTwoSided(b: number, c: number): number {
  return Math.min(1, 2 * mcNemarOneSided(Math.max(b, c), Math.min(b, c)));
}

/** The least number of losses that is significant beside c gains. */
export function leastSignificantLosses(c: number, alpha = 0.05): number {
  let b = c + 1;
  while (mcNemarOneSided(b, c) > alpha) b += 1;
  return b;
}

/** Chance that `mcNemarOneSided` rejects at `alpha`, when each prompt is lost with one rate and gained with another. */
export function mcNemarPower(n: number, lossRate: number, gainRate: number, alpha = 0.05): number {
  const changeRate = lossRate + gainRate;
  requireProbability(changeRate, "loss rate + gain rate");
  if (changeRate === 0) return 0;
  let power = 0;
  for (let changed = 1; changed <= n; changed += 1) {
    const weight = binomialPmf(n, changed, changeRate);
    if (weight < 1e-12) continue;
    const critical = leastRejected(changed, alpha);
    if (critical !== null) power += weight * (1 - binomialCdf(changed, critical - 1, lossRate / changeRate));
  }
  return power;
}

function leastRejected(changed: number, alpha: number): number | null {
  for (let b = Math.ceil(changed / 2); b <= changed; b += 1) if (mcNemarOneSided(b, changed - b) <= alpha) return b;
  return null;
}

/**
 * Two-sided score interval for the net regression (b - c) / n of paired answers: the values D at which
 * (b - c - nD) / sqrt(n (2q + D(1 - D))) = ±z, q being the likelihood's maximum under D.
 * Source: T. Tango, Statistics in Medicine 17 (1998).
 */
export function tangoInterval(b: number, c: number, n: number, confidence = 0.95): Interval {
  requireSplit(b + c, n);
  if (n === 0) return { lower: -1, upper: 1 };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const score = (difference: number) => tangoScore(b, c, n, difference);
  return { lower: solveFalling(-1, 1, z, score), upper: solveFalling(-1, 1, -z, score) };
}

/** Falls as `difference` rises. Exported for its test against a direct maximisation of the likelihood. */
export function tangoScore(b: number, c: number, n: number, difference: number): number {
  const q = constrainedGainRate(b, c, n, difference);
  const gap = b - c - n * difference;
  const variance = n * (2 * q + difference * (1 - difference));
  if (variance <= 0) return gap === 0 ? 0 : Math.sign(gap) * Number.POSITIVE_INFINITY;
  return gap / Math.sqrt(variance);
}

/** The gain rate q of greatest likelihood when loss rate - gain rate = D: positive root of 2n q² + B q - c D(1 - D) = 0. */
export function constrainedGainRate(b: number, c: number, n: number, difference: number): number {
  const linear = -b - c + (2 * n - b + c) * difference;
  const constant = -c * difference * (1 - difference);
  return (Math.sqrt(Math.max(0, linear * linear - 8 * n * constant)) - linear) / (4 * n);
}

/**
 * One-sided sign-flip permutation test that the mean of per-prompt differences (baseline rate - candidate rate) is
 * above zero: under "same behaviour" each difference could as well have had the other sign.
 * P = (1 + flips whose sum reaches the observed one) / (1 + flips), so it is never 0.
 * Source: R. A. Fisher, The Design of Experiments (1935), with the +1 of Phipson and Smyth (2010).
 *
 * @param random uniform in [0, 1); the caller seeds it, so that a verdict can be computed again
 */
export function signFlipPValue(
  differences: readonly number[],
  options: { random: () => number; flips?: number },
): number {
  const flips = options.flips ?? 9_999;
  const moved = differences.filter((difference) => difference !== 0);
  const observed = moved.reduce((sum, difference) => sum + difference, 0);
  let reached = 0;
  for (let flip = 0; flip < flips; flip += 1) {
    let sum = 0;
    for (const difference of moved) sum += options.random() < 0.5 ? difference : -difference;
    if (sum >= observed - 1e-9) reached += 1;
  }
  return (1 + reached) / (1 + flips);
}

/** Chance that a gate that allows `allowed` failures passes a candidate of this true rate, in the best of `tries`. */
export function passProbability(gate: { prompts: number; allowed: number; rate: number; tries?: number }): number {
  const once = binomialCdf(gate.prompts, gate.allowed, gate.rate);
  return 1 - (1 - once) ** (gate.tries ?? 1);
}

/** The fewest prompts with which `failures` failures still prove a rate below `rate`. */
export function promptsToClaim(rate: number, failures: number, confidence = 0.95): number {
  const proves = (n: number) => binomialCdf(n, failures, rate) <= 1 - confidence;
  let high = failures + 1;
  while (!proves(high)) high *= 2;
  let low = failures;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (proves(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Least true regression rate that a gate blocks with the given power, when `blockedFrom` failures of n block it:
 * r solves P(Bin(n, r) >= blockedFrom) = power.
 */
export function leastDetectable(n: number, blockedFrom: number, power = 0.8): number {
  if (n === 0 || blockedFrom > n) return 1;
  return solveFalling(0, 1, 1 - power, (rate) => binomialCdf(n, blockedFrom - 1, rate));
}

/**
 * Prompts for a non-inferiority claim with this margin when the true net is 0: (z_alpha + z_beta)² psi / margin².
 * Source: paired non-inferiority by normal approximation (Liu et al., Statistics in Medicine 21, 2002).
 */
export function promptsForMargin(psi: number, margin: number, levels = { confidence: 0.95, power: 0.8 }): number {
  return Math.ceil((zSum(levels) ** 2 * psi) / margin ** 2);
}

/** The other way round: the margin that n prompts with this share of changed answers can honestly show. */
export function shownMargin(psi: number, n: number, levels = { confidence: 0.95, power: 0.8 }): number {
  return n === 0 ? 1 : zSum(levels) * Math.sqrt(psi / n);
}

const zSum = (levels: { confidence: number; power: number }): number =>
  normalQuantile(levels.confidence) + normalQuantile(levels.power);

function requireSplit(part: number, whole: number): void {
  if (!(part >= 0 && part <= whole)) throw new RangeError(`${part} of ${whole} is not a share`);
}
