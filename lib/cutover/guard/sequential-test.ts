/** How often something bad happened, of how many times that it could have. */
export type Share = { bad: number; of: number };

/** Jeffreys' prior for a rate: half a success and half a failure seen before. */
const PRIOR = 0.5;

/**
 * Evidence that the candidate's rate exceeds the live version's by more than `tolerance`, as the natural logarithm of an
 * e-process: whatever the two true rates are, if their difference is at most the tolerance, the chance that this ever
 * reaches ln(1/α) is at most α, however often one looks (Ville's inequality).
 *
 * For one rate p, the mixture likelihood ratio M(p) = ∫ qᵏ(1−q)ⁿ⁻ᵏ dπ(q) / pᵏ(1−p)ⁿ⁻ᵏ is a martingale that starts at 1 when p
 * is the true rate (Robbins 1970); with a Beta prior π it is B(k+a, n−k+a) / B(a, a) over that likelihood. The product for
 * both versions is one too, in whatever order their requests come. What is returned is its smallest value over all pairs of
 * rates that the null hypothesis allows, so it lies below the martingale of the true pair (universal inference: Wasserman,
 * Ramdas, Balakrishnan 2020). Only the counts matter, not their order, so that a late trace may be counted late.
 */
export function logEvidence(candidate: Share, live: Share, tolerance: number): number {
  const gain = logMixture(candidate) + logMixture(live);
  return gain - bestLogLikelihood(candidate, live, tolerance);
}

/**
 * The largest tolerance that the evidence rules out, so: the candidate's rate is higher by at least this, with confidence
 * 1 − `alpha` over all looks together. −1 = nothing is ruled out, or there is nothing to compare with.
 */
export function lowerBound(candidate: Share, live: Share, alpha: number): number {
  if (candidate.of === 0 || live.of === 0) return -1;
  const needed = -Math.log(alpha);
  const isRuledOut = (tolerance: number) => logEvidence(candidate, live, tolerance) >= needed;
  if (!isRuledOut(-1 + STEP)) return -1;
  let [out, within] = [-1 + STEP, rateOf(candidate) - rateOf(live)];
  while (within - out > STEP) {
    const middle = (out + within) / 2;
    if (isRuledOut(middle)) out = middle;
    else within = middle;
  }
  return out;
}

const STEP = 1e-4;
const rateOf = ({ bad, of }: Share): number => (of === 0 ? 0 : bad / of);

/** The best that two rates can do whose difference is at most `tolerance`. */
function bestLogLikelihood(candidate: Share, live: Share, tolerance: number): number {
  const at = (rate: number) => logLikelihood(candidate, rate + tolerance) + logLikelihood(live, rate);
  const free = rateOf(live);
  // a version without requests has whatever rate suits the other
  if (candidate.of === 0 || rateOf(candidate) <= free + tolerance)
    return logLikelihood(candidate, rateOf(candidate)) + logLikelihood(live, free);
  // the sum is concave along the border of the null hypothesis
  let [low, high] = [Math.max(0, -tolerance), Math.min(1, 1 - tolerance)];
  for (let step = 0; step < GOLDEN_STEPS; step += 1) {
    const width = (high - low) * GOLDEN;
    if (at(high - width) > at(low + width)) high = low + width;
    else low = high - width;
  }
  return at((low + high) / 2);
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;
const GOLDEN_STEPS = 40;

function logLikelihood({ bad, of }: Share, rate: number): number {
  const p = Math.min(1, Math.max(0, rate));
  const good = of - bad;
  return (bad === 0 ? 0 : bad * Math.log(p)) + (good === 0 ? 0 : good * Math.log1p(-p));
}

const logMixture = ({ bad, of }: Share): number => logBeta(bad + PRIOR, of - bad + PRIOR) - logBeta(PRIOR, PRIOR);

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** ln Γ(x) for x > 0 by Stirling's series after shifting x above 10; relative error below 1e-13. */
export function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 10; at += 1) shift += Math.log(at);
  const inverse = 1 / (at * at);
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse * (1 / 1188))))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
