/** Counts of usage, and what is kept beside them as JSON objects of counts. */
export const USAGE_COUNTS = [
  ...["requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted"],
  ...["promptTokens", "completionTokens", "busyMs"],
] as const;
export const USAGE_JSON = ["fallbackReasons", "failureReasons", "latency", "ttft", "interToken", "queued"] as const;

/** What gateways report, by the minute. */
export const MINUTES = "usage_minute";

/** Sums for each tenant, adapter, version, node, kind and via, by seconds of a step. */
export const TENANT_SUMS = { 86400: "usage_day", 3600: "usage_hour", 300: "usage_5_minutes" } as const;
/** Sums over all tenants, for each pool, kind and via: what the charts of a fleet read, however many tenants it has. */
export const POOL_SUMS = { 3600: "usage_pool_hour", 300: "usage_pool_5_minutes", 60: "usage_pool_minute" } as const;

export const TENANT_STEPS = [86_400, 3600, 300] as const;
export const POOL_STEPS = [3600, 300, 60] as const;

type SumTable = (typeof TENANT_SUMS)[keyof typeof TENANT_SUMS] | (typeof POOL_SUMS)[keyof typeof POOL_SUMS];
type Sum = { into: SumTable; from: SumTable | typeof MINUTES };
/** What is summed when a step has ended, each from finer rows. */
export type Rollup = { stepSeconds: number; finerSeconds: number; sums: readonly Sum[] };
export const ROLLUPS: readonly Rollup[] = [
  { stepSeconds: 60, finerSeconds: 0, sums: [{ into: POOL_SUMS[60], from: MINUTES }] },
  {
    ...{ stepSeconds: 300, finerSeconds: 60 },
    sums: [
      { into: TENANT_SUMS[300], from: MINUTES },
      { into: POOL_SUMS[300], from: POOL_SUMS[60] },
    ],
  },
  {
    ...{ stepSeconds: 3600, finerSeconds: 300 },
    sums: [
      { into: TENANT_SUMS[3600], from: TENANT_SUMS[300] },
      { into: POOL_SUMS[3600], from: POOL_SUMS[300] },
    ],
  },
  { stepSeconds: 86_400, finerSeconds: 3600, sums: [{ into: TENANT_SUMS[86_400], from: TENANT_SUMS[3600] }] },
];
