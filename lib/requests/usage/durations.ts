import type { Measurement } from "#lib/http/schema.ts";

/**
 * Sparse exponential histograms of durations. Bucket 0 holds everything up to 0.1 ms; each further bucket ends a tenth higher
 * than the one before. A bucket stands for the value between its bounds that is equally far from both, so a quantile is at
 * most 5 % (or 0.1 ms) off. Stored as JSON, `{"<bucket>": <count>}`: see `reporting.bucket_ms` for SQL.
 */
const GROWTH = 1.1;
const FIRST_MS = 0.1;
const LOG_GROWTH = Math.log(GROWTH);

/** The last bucket begins at about five hours. */
export const BUCKETS = 202;

/** The largest error of a quantile, as a share of it: half of a bucket's growth. */
const QUANTILE_ERROR_SHARE = 0.05;
/** The same for texts beside figures. */
export const QUANTILE_ERROR = "Quantiles are at most 5 % off.";

/** A quantile of `quantileOf`, with its error. */
export const withError = (one: Measurement): Measurement => ({ ...one, errorShare: QUANTILE_ERROR_SHARE });

/** Counts by bucket. */
export type Durations = Float64Array;

const MIDDLES = Float64Array.from({ length: BUCKETS }, (_, bucket) =>
  bucket === 0 ? 0 : Number((((FIRST_MS * GROWTH ** bucket) / (1 + GROWTH)) * 2).toPrecision(4)),
);

/** The bucket of a duration in ms. */
export const bucketOf = (ms: number): number =>
  ms <= FIRST_MS ? 0 : Math.min(Math.ceil(Math.log(ms / FIRST_MS) / LOG_GROWTH), BUCKETS - 1);

/** What a bucket stands for, ms. */
export const bucketMs = (bucket: number): number => MIDDLES[bucket] ?? Number.NaN;

/** The last bucket that stands for a limit or less; -1 = none does. */
export const lastBucketWithin = (limitMs: number): number => MIDDLES.findLastIndex((ms) => ms <= limitMs);

export const noDurations = (): Durations => new Float64Array(BUCKETS);

/** Adds the counts of one histogram to another. */
export function mergeDurations(into: Durations, other: Durations): void {
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) into[bucket] = (into[bucket] ?? 0) + (other[bucket] ?? 0);
}

const [ZERO, NINE, COLON, COMMA, END] = [48, 57, 58, 44, 125] as const;

/**
 * Adds the counts of any number of stored histograms, one behind the other without anything between them. Written out, as a
 * chart of 30 days reads millions of counts.
 */
export function addStored(into: Durations, json: string): void {
  let [bucket, number] = [-1, 0];
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code >= ZERO && code <= NINE) number = number * 10 + code - ZERO;
    else if (code === COLON) {
      bucket = number;
      number = 0;
    } else if (code === COMMA || code === END) {
      if (bucket >= 0) into[bucket] = (into[bucket] ?? 0) + number;
      bucket = -1;
      number = 0;
    }
  }
}

/** How many durations there are. */
export const countOf = (durations: Durations): number => durations.reduce((sum, count) => sum + count, 0);

/** How many durations are at or below a limit, as far as buckets tell. */
export function countWithin(durations: Durations, limitMs: number): number {
  let count = 0;
  for (let bucket = lastBucketWithin(limitMs); bucket >= 0; bucket -= 1) count += durations[bucket] ?? 0;
  return count;
}

/**
 * The duration that a share of all do not exceed, ms (nearest rank).
 * @param q above 0, at most 1
 * @returns null of no durations
 */
export function quantileOf(durations: Durations, q: number): number | null {
  const total = countOf(durations);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(q * total - 1e-9));
  let below = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    below += durations[bucket] ?? 0;
    if (below >= rank) return bucketMs(bucket);
  }
  return bucketMs(BUCKETS - 1);
}

/** The sum of any number of stored histograms. */
export function readStored(json: string | undefined): Durations {
  const durations = noDurations();
  addStored(durations, json ?? "");
  return durations;
}
