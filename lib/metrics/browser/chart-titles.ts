import type { ChartMetric } from "./chart-metrics.ts";

/** What a chart is called: where it is chosen, while it is read, and once it stands. */
export const CHART_TITLES: Record<ChartMetric, string> = {
  latency: "Latency",
  ttft: "Time to first token",
  "inter-token": "Time between tokens",
  "queue-time": "Time in the queue",
  requests: "Requests",
  throughput: "Throughput",
  errors: "Errors",
  "fallback-share": "Fallback share",
  running: "Requests running",
  queue: "Queue",
  evictions: "Evictions",
  "swap-source": "Swap source",
  "batch-adapters": "Distinct adapters in a batch",
  "running-adapters": "Adapters with a request",
  "kv-cache": "KV cache in use",
};
