import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";

/** What stands for a name in stored rows. Codes are never used again for something else; new names get new ones. */
export const COUNTER_CODES: Record<CounterName, number> = {
  requests: 1,
  promptTokens: 2,
  generationTokens: 3,
  preemptions: 4,
  "evictions.gpu": 5,
  "evictions.cpu": 6,
  "swaps.gpu": 7,
  "swaps.cpu": 8,
  "swaps.disk": 9,
  prefixCacheQueries: 10,
  prefixCacheHits: 11,
  "tierLookups.gpu": 12,
  "tierLookups.cpu": 13,
  "tierHits.gpu": 14,
  "tierHits.cpu": 15,
};
export const GAUGE_CODES: Record<GaugeName, number> = {
  running: 1,
  waiting: 2,
  deferred: 3,
  "slots.gpu": 4,
  "slots.cpu": 5,
  kvCacheUsage: 6,
  adaptersInUse: 7,
  "resident.gpu": 8,
  "resident.cpu": 9,
};
export const HISTOGRAM_CODES: Record<HistogramName, number> = {
  e2eSeconds: 1,
  ttftSeconds: 2,
  interTokenSeconds: 3,
  queueSeconds: 4,
  batchAdapters: 5,
  "swapSeconds.cpu": 6,
  "swapSeconds.disk": 7,
};

/**
 * Bounds of buckets that rows name by their place here, from vllm/v1/metrics/loggers.py: time to first token, time between
 * tokens, whole requests. Only ever longer; other bounds are written out.
 */
export const KNOWN_BOUNDS: readonly (readonly number[])[] = [
  [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560],
  [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
  [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
];

/** Names by code. */
export const namesOf = <Name extends string>(codes: Record<Name, number>): ReadonlyMap<number, Name> =>
  new Map((Object.keys(codes) as Name[]).map((name) => [codes[name], name]));
