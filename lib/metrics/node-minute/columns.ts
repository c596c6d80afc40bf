import type { Partitioned } from "#lib/platform/partitions.ts";
import { ROLLUP_KEPT_SECONDS } from "../kept-for.ts";
import { ROLLUP_STEPS, type RollupStep } from "../rollup.ts";
import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";

/** Tables of one row per node and step, by the step's seconds. See docs/telemetry-in-sql.md. */
export const NODE_TABLES: Record<RollupStep, string> = {
  60: "metrics.node_minute",
  300: "metrics.node_5_minutes",
  3600: "metrics.node_hour",
};

/** Their child tables: evictions and swaps, one row per node, step and source. */
export const CACHE_TABLES: Record<RollupStep, string> = {
  60: "metrics.node_cache_minute",
  300: "metrics.node_cache_5_minutes",
  3600: "metrics.node_cache_hour",
};

/** Partitions of both; by the hour there are few rows, so a month is one. */
export const NODE_PARTITIONS: readonly Partitioned[] = ROLLUP_STEPS.flatMap((step) =>
  [NODE_TABLES[step], CACHE_TABLES[step]].map((table) => ({
    ...{ table, days: ROLLUP_KEPT_SECONDS[step] / 86_400 },
    unit: step === 3600 ? ("month" as const) : ("day" as const),
  })),
);

/** Counters that lie in the child tables: they may be measured, or derived by the cache model. */
export type CacheCounter = Extract<CounterName, `evictions.${string}` | `swaps.${string}`>;
export const CACHE_COLUMNS: Record<CacheCounter, string> = {
  "evictions.gpu": "evictions_gpu",
  "evictions.cpu": "evictions_cpu",
  "swaps.gpu": "swaps_gpu",
  "swaps.cpu": "swaps_cpu",
  "swaps.disk": "swaps_disk",
};
export const isCacheCounter = (name: CounterName): name is CacheCounter => name in CACHE_COLUMNS;

/** Increases over the step. */
export const COUNTER_COLUMNS: Record<Exclude<CounterName, CacheCounter>, string> = {
  requests: "requests",
  promptTokens: "prompt_tokens",
  generationTokens: "generation_tokens",
  preemptions: "preemptions",
  prefixCacheQueries: "prefix_cache_queries",
  prefixCacheHits: "prefix_cache_hits",
  "tierLookups.gpu": "lookups_gpu",
  "tierLookups.cpu": "lookups_cpu",
  "tierHits.gpu": "hits_gpu",
  "tierHits.cpu": "hits_cpu",
};

/** Each has two columns: `<name>_mean` and `<name>_max` over the scrapes of the step. */
export const GAUGE_COLUMNS: Record<GaugeName, string> = {
  running: "running",
  waiting: "waiting",
  deferred: "deferred",
  "slots.gpu": "slots_gpu",
  "slots.cpu": "slots_cpu",
  kvCacheUsage: "kv_cache_usage",
  adaptersInUse: "adapters_in_use",
  "resident.gpu": "resident_gpu",
  "resident.cpu": "resident_cpu",
};

/**
 * Each has two columns: `<name>`, the counts of its buckets, and `<name>_bounds`, which names their upper bounds in
 * `metrics.histogram_bounds`.
 */
export const HISTOGRAM_COLUMNS: Record<HistogramName, string> = {
  e2eSeconds: "latency_seconds",
  ttftSeconds: "ttft_seconds",
  interTokenSeconds: "inter_token_seconds",
  queueSeconds: "queue_seconds",
  batchAdapters: "batch_adapters",
  "swapSeconds.cpu": "swap_cpu_seconds",
  "swapSeconds.disk": "swap_disk_seconds",
};

const KEY_COLUMNS = ["node_id", "at"];
/** Every column of a node table, the key first. */
export const NODE_COLUMNS: readonly string[] = [
  ...KEY_COLUMNS,
  ...["looks", "seconds", "simulated"],
  ...Object.values(COUNTER_COLUMNS),
  ...Object.values(GAUGE_COLUMNS).flatMap((name) => [`${name}_mean`, `${name}_max`]),
  ...Object.values(HISTOGRAM_COLUMNS).flatMap((name) => [name, `${name}_bounds`]),
];

/** The metrics that a reader wants of each node. */
export type MetricNames = {
  counters: readonly CounterName[];
  gauges: readonly GaugeName[];
  histograms: readonly HistogramName[];
};

const keysOf = <Name extends string>(table: Record<Name, unknown>) => Object.keys(table) as Name[];
export const ALL_METRICS: MetricNames = {
  counters: [...keysOf(COUNTER_COLUMNS), ...keysOf(CACHE_COLUMNS)],
  gauges: keysOf(GAUGE_COLUMNS),
  histograms: keysOf(HISTOGRAM_COLUMNS),
};
