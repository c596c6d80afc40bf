import type { ChartMetric } from "#lib/telemetry/schema.ts";

/** What a chart is called before it is read, and where it is chosen. */
export const CHART_TITLES: Record<ChartMetric, string> = {
  latency: "Latency",
  ttft: "Time to first token",
  "inter-token": "Time between tokens",
  "queue-time": "Time in the queue",
  requests: "Requests",
  throughput: "Throughput",
  errors: "Errors",
  "fallback-share": "Answered by a fallback",
  running: "Running requests",
  queue: "Waiting requests",
  evictions: "Evictions",
  "swap-source": "Swap source",
  "batch-adapters": "Distinct adapters in a batch",
  "running-adapters": "Adapters with a request",
  "kv-cache": "KV cache in use",
};
