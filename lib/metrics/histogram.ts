import type { Bound } from "#lib/http/schema.ts";

/**
 * Counts per bucket. `le` holds the finite upper bounds, ascending, in the unit of the metric; `counts` has one more
 * entry, for what lies above the last bound.
 */
export type Histogram = { readonly le: readonly number[]; readonly counts: readonly number[] };

export const totalOf = (histogram: Histogram): number => histogram.counts.reduce((sum, count) => sum + count, 0);

/** Whether two lists of bounds are the same. */
export const sameBounds = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((bound, index) => bound === b[index]));

/** Sums two histograms. With different bounds both are first reduced to the bounds they share, which loses no count. */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  if (!sameBounds(a.le, b.le)) {
    const shared = a.le.filter((bound) => b.le.includes(bound));
    return mergeHistograms(coarsen(a, shared), coarsen(b, shared));
  }
  return { le: a.le, counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)) };
}

/** The sum of any number of them; null of none. While their bounds agree, one list of counts is added to. */
export function addHistograms(all: readonly Histogram[]): Histogram | null {
  const [first] = all;
  if (first === undefined) return null;
  const counts = [...first.counts];
  for (let next = 1; next < all.length; next += 1) {
    const each = all[next] ?? first;
    if (!sameBounds(each.le, first.le)) return all.slice(next).reduce(mergeHistograms, { le: first.le, counts });
    for (let index = 0; index < counts.length; index += 1)
      counts[index] = (counts[index] ?? 0) + (each.counts[index] ?? 0);
  }
  return { le: first.le, counts };
}

function coarsen(histogram: Histogram, bounds: readonly number[]): Histogram {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let target = 0;
  histogram.counts.forEach((count, index) => {
    const bound = histogram.le[index] ?? Number.POSITIVE_INFINITY;
    while (target < bounds.length && (bounds[target] ?? Number.POSITIVE_INFINITY) < bound) target += 1;
    counts[target] = (counts[target] ?? 0) + count;
  });
  return { le: [...bounds], counts };
}

/**
 * What was added between two scrapes of a growing histogram. A bucket that shrank means the process started anew, so all
 * that it holds is new. null = the bounds changed, so the two cannot be compared.
 */
export function histogramIncrease(previous: Histogram, current: Histogram): Histogram | null {
  if (!sameBounds(previous.le, current.le)) return null;
  const counts = current.counts.map((count, index) => count - (previous.counts[index] ?? 0));
  return counts.some((count) => count < 0) ? current : { le: current.le, counts };
}

/** A quantile as far as buckets tell it: a value inside a bucket, or a bound that it lies on one side of. */
export type Quantile = { value: number; bound: Bound | null };

/**
 * The same estimate as Prometheus' `histogram_quantile`, linear inside a bucket, where both sides of the bucket are known.
 * In the first bucket and above the last bound there is nothing to interpolate from: those are given as a bound.
 * @param q between 0 and 1
 * @returns null when nothing was counted
 */
export function quantile(histogram: Histogram, q: number): Quantile | null {
  const total = totalOf(histogram);
  const last = histogram.le.at(-1);
  if (total === 0 || last === undefined) return null;
  const rank = q * total;
  let below = 0;
  for (const [index, count] of histogram.counts.entries()) {
    const upper = histogram.le[index];
    if (upper === undefined) break;
    if (below + count >= rank && count > 0) {
      const lower = histogram.le[index - 1];
      if (lower === undefined) return { value: upper, bound: "at_most" };
      return { value: lower + (upper - lower) * ((rank - below) / count), bound: null };
    }
    below += count;
  }
  return { value: last, bound: "more_than" };
}
