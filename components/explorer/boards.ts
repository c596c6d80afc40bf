import type { ChartMetric, ChartPart } from "#lib/metrics/browser/chart-metrics.ts";

/** One chart of a board. */
export type BoardChart = { metric: ChartMetric; by?: ChartPart; isShared?: boolean };
export type BoardKind = "fleet" | "pool" | "node" | "tenant";

/** In two columns, the last of an odd number takes the whole row. */
export const LAST_CHART = "lg:max-2xl:last:odd:col-span-2";

/** Small charts of the last hour, for one look. */
export const RIGHT_NOW: readonly BoardChart[] = [
  { metric: "latency" },
  { metric: "errors" },
  { metric: "fallback-share" },
  { metric: "requests" },
  { metric: "queue" },
  { metric: "evictions" },
  { metric: "swap-source", isShared: true },
];

/**
 * What stands on each board, in the order in which on-call asks: are customers hit, do requests wait, do adapters thrash,
 * are engines full. Engines do not tell tenants apart, so a tenant's board has only the gateway's record.
 */
export const BOARDS: Record<BoardKind, readonly BoardChart[]> = {
  fleet: [
    { metric: "latency" },
    { metric: "errors" },
    { metric: "fallback-share" },
    { metric: "requests" },
    { metric: "gateway-queue" },
    { metric: "queue" },
    { metric: "evictions" },
    { metric: "swap-source", isShared: true },
    { metric: "throughput" },
  ],
  pool: [
    { metric: "latency" },
    { metric: "ttft" },
    { metric: "queue" },
    { metric: "evictions" },
    { metric: "swap-source", isShared: true },
    { metric: "batch-adapters" },
    { metric: "kv-cache" },
    { metric: "throughput" },
    { metric: "errors" },
  ],
  node: [
    { metric: "latency" },
    { metric: "ttft" },
    { metric: "queue" },
    { metric: "evictions" },
    { metric: "swap-source", isShared: true },
    { metric: "batch-adapters" },
    { metric: "running-adapters" },
    { metric: "kv-cache" },
    { metric: "throughput" },
  ],
  tenant: [
    { metric: "latency" },
    { metric: "ttft" },
    { metric: "inter-token" },
    { metric: "gateway-queue" },
    { metric: "requests" },
    { metric: "errors" },
    { metric: "fallback-share" },
    { metric: "throughput" },
    { metric: "latency", by: "node" },
  ],
};
