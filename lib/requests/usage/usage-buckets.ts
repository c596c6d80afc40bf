/**
 * Upper bounds of the histograms that usage is kept in, ms, ascending; one more bucket holds what lies above the last.
 * Stored rows do not carry them, so a bound may only change together with a migration of `Usage`.
 */
export const TTFT_MS = [
  10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 60_000,
] as const;
/** Between two chunks of a streamed reply. */
export const INTER_TOKEN_MS = [
  2, 5, 8, 12, 16, 20, 25, 30, 40, 50, 65, 80, 100, 150, 200, 300, 500, 1_000, 2_000, 5_000,
] as const;
export const LATENCY_MS = [
  10, 25, 50, 100, 150, 200, 250, 300, 400, 500, 600, 750, 1_000, 1_250, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000,
  7_500, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000,
] as const;
/** Waiting for a place at the gateway. */
export const QUEUED_MS = [
  1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 250, 500, 750, 1_000, 1_500, 2_500, 5_000, 10_000, 20_000, 60_000,
] as const;

/** The bucket a value falls into; a value equal to a bound belongs to that bound's bucket. Runs for every chunk. */
export function bucketOf(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (bounds[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return low;
}
