/** ln(n!) by a table that grows on demand: exact to rounding for the few thousand prompts a suite can have. */
const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next += 1)
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next));
  return logFactorials[n] ?? 0;
}

function requireCount(n: number, name: string): void {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`${name} must be a whole number of at least 0, got ${n}`);
}

export function requireProbability(p: number, name: string): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${name} must be in 0..1, got ${p}`);
}

/** P(Bin(n, p) = k) */
export function binomialPmf(n: number, k: number, p: number): number {
  requireCount(n, "n");
  requireProbability(p, "p");
  if (k < 0 || k > n) return 0;
  if (p === 0) return k === 0 ? 1 : 0;
  if (p === 1) return k === n ? 1 : 0;
  const logChoose = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
  return Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(Bin(n, p) <= k), summed over the shorter tail. */
export function binomialCdf(n: number, k: number, p: number): number {
  requireCount(n, "n");
  requireProbability(p, "p");
  if (k < 0) return 0;
  if (k >= n) return 1;
  if (k > n / 2) return 1 - binomialCdf(n, n - k - 1, 1 - p);
  let sum = 0;
  for (let i = 0; i <= k; i += 1) sum += binomialPmf(n, i, p);
  return Math.min(1, sum);
}

/**
 * The p at which a falling function crosses `target`, by bisection on [low, high] to the last bit that matters.
 * Bisection, not Newton: exact tails are flat at the ends, and 100 halvings cost microseconds.
 */
export function solveFalling(low: number, high: number, target: number, f: (x: number) => number): number {
  let [lower, upper] = [low, high];
  for (let step = 0; step < 100; step += 1) {
    const middle = (lower + upper) / 2;
    if (f(middle) > target) lower = middle;
    else upper = middle;
  }
  return (lower + upper) / 2;
}

/**
 * Inverse of the standard normal distribution.
 * Source: P. J. Acklam's rational approximation (2003), relative error below 1.2e-9.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p must be between 0 and 1, got ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(tailNumerator, q) / polynomial(tailDenominator, q);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(centreNumerator, r) * q) / polynomial(centreDenominator, r);
}

/** Horner's scheme, highest power first. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

const centreNumerator = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const centreDenominator = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const tailNumerator = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailDenominator = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
