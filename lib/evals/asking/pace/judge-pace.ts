import type { Measurement } from "#lib/http/schema.ts";
import type { Pace } from "../../schema.ts";

/** Answers of the last minutes are counted in so many equal slices, to see how evenly they came. */
export const PACE_SLICES = 5;
/** How far back a pace looks. */
export const PACE_WINDOW_MS = 5 * 60_000;
/** A shorter look counts batches, not a pace. */
const WINDOW_LEAST_MS = 5_000;
/** Enough to speak of a pace: so many answers, or this share of all. */
const DONE_LEAST = 20;
const SHARE_LEAST = 0.1;

export type PaceFacts = {
  /** Answers so far, and as many as are known to be needed. */
  done: number;
  total: number;
  /** Answers that came in each slice of the window, the oldest first. */
  counts: readonly number[];
  windowMs: number;
  asOf: string;
  simulated: boolean;
};

/**
 * How fast a run goes, and when it would be done at the pace of its fastest and of its slowest slice. It stands still for
 * a while now and then (customers come first), which is why the time left is a range, and open where a slice had no answer.
 *
 * @returns null before 20 answers or 10 % of them, and where it looked at less than five seconds
 */
export function judgePace({ done, total, counts, windowMs, asOf, simulated }: PaceFacts): Pace | null {
  if (done < DONE_LEAST && done < total * SHARE_LEAST) return null;
  if (windowMs < WINDOW_LEAST_MS || counts.length === 0) return null;
  const make = (value: number | null, unit: string, source: Measurement["source"]): Measurement => ({
    value,
    unit,
    source,
    simulated,
    asOf,
    coverage: null,
  });
  const sliceMs = windowMs / counts.length;
  const left = Math.max(0, total - done);
  const timeAt = (count: number) => (left === 0 ? 0 : count === 0 ? null : (left / count) * sliceMs);
  const asked = counts.reduce((sum, count) => sum + count, 0);
  return {
    callsPerMinute: make((asked / windowMs) * 60_000, "calls/min", "measured"),
    leastLeft: make(timeAt(Math.max(...counts)), "ms", "inferred"),
    mostLeft: make(timeAt(Math.min(...counts)), "ms", "inferred"),
  };
}
