/**
 * What can be charted, and what a chart is called: where it is chosen, while it is read, and once it is drawn. `latency` is the
 * whole request, `ttft` the time to the first token; `swap-source` is the tier the weights came from; `running`, `queue`,
 * `running-adapters` and `kv-cache` are gauges of the engines. `ofTenants`: it comes from requests through the gateway, so that
 * a customer may chart their own.
 */
const METRICS = {
  latency: { title: "Latency", ofTenants: true },
  ttft: { title: "Time to first token", ofTenants: true },
  "inter-token": { title: "Time between tokens", ofTenants: true },
  "gateway-queue": { title: "Waiting at the gateway", ofTenants: true },
  "queue-time": { title: "Time in the queue", ofTenants: false },
  requests: { title: "Requests", ofTenants: true },
  throughput: { title: "Throughput", ofTenants: true },
  errors: { title: "Errors", ofTenants: true },
  "fallback-share": { title: "Fallback share", ofTenants: true },
  running: { title: "Requests running", ofTenants: false },
  queue: { title: "Queue", ofTenants: false },
  evictions: { title: "Evictions", ofTenants: false },
  "swap-source": { title: "Swap source", ofTenants: false },
  "batch-adapters": { title: "Distinct adapters in a batch", ofTenants: false },
  "running-adapters": { title: "Adapters with a request", ofTenants: false },
  "kv-cache": { title: "KV cache in use", ofTenants: false },
} as const satisfies Record<string, { title: string; ofTenants: boolean }>;
export type ChartMetric = keyof typeof METRICS;
export const CHART_METRICS = Object.keys(METRICS) as ChartMetric[];
export const titleOfChart = (metric: ChartMetric): string => METRICS[metric].title;
export const TENANT_CHART_METRICS = CHART_METRICS.filter((metric) => METRICS[metric].ofTenants);

/** What a chart can be split by: a line for each of the ten with the largest figure, and one for the rest. */
export const CHART_PARTS = ["pool", "node", "tenant", "adapter"] as const;
export type ChartPart = (typeof CHART_PARTS)[number];
