/**
 * What can be charted. `latency` is the whole request, `ttft` the time to the first token; `swap-source` is the tier the
 * weights came from; `running`, `queue`, `running-adapters` and `kv-cache` are gauges of the engines.
 */
export const CHART_METRICS = [
  "latency",
  "ttft",
  "inter-token",
  "queue-time",
  "requests",
  "throughput",
  "errors",
  "fallback-share",
  "running",
  "queue",
  "evictions",
  "swap-source",
  "batch-adapters",
  "running-adapters",
  "kv-cache",
] as const;
export type ChartMetric = (typeof CHART_METRICS)[number];

/** What a customer may chart: everything that comes from their own requests through the gateway. */
export const TENANT_CHART_METRICS = [
  "latency",
  "ttft",
  "inter-token",
  "requests",
  "throughput",
  "errors",
  "fallback-share",
] as const satisfies ChartMetric[];

/** What a chart can be split by: a line for each of the ten with the largest figure, and one for the rest. */
export const CHART_PARTS = ["pool", "node", "tenant", "adapter"] as const;
export type ChartPart = (typeof CHART_PARTS)[number];
