import { TRACES_KEPT_DAYS } from "#lib/metrics/kept-for.ts";
import type { Partitioned } from "#lib/platform/partitions.ts";

/** How long requests and their counts are kept. */
export const PARTITIONED = {
  request: { table: "request", unit: "day", days: TRACES_KEPT_DAYS },
  usage_minute: { table: "usage_minute", unit: "day", days: 31 },
  usage_5_minutes: { table: "usage_5_minutes", unit: "day", days: 90 },
  usage_hour: { table: "usage_hour", unit: "month", days: 400 },
  usage_day: { table: "usage_day", unit: "month", days: 400 },
  usage_pool_minute: { table: "usage_pool_minute", unit: "day", days: 31 },
  usage_pool_5_minutes: { table: "usage_pool_5_minutes", unit: "day", days: 90 },
  usage_pool_hour: { table: "usage_pool_hour", unit: "month", days: 400 },
} as const satisfies Record<string, Partitioned>;
