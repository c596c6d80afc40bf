import type { ObservedDemand } from "#lib/fleet/placing/record-demand.ts";
import type { Tx } from "#lib/platform/db.ts";
import { OUR_SHEDS } from "../shed-reasons.ts";

/**
 * What customers asked of each adapter in a window: requests a minute, and the most that ran at once. A caller's own
 * mistakes ran nowhere and do not count; what was answered by a fallback, failed or found no room does: somebody wanted the
 * adapter.
 */
export const measureDemand = (tx: Tx, window: { from: Date; to: Date }): Promise<ObservedDemand[]> =>
  tx.client.$queryRaw<ObservedDemand[]>`
    WITH "asked" AS (
      SELECT "adapterId", coalesce("dispatchedAt", "arrivedAt") AS "startedAt", "endedAt" FROM "RequestTrace"
      WHERE "kind" = 'user' AND "adapterId" IS NOT NULL AND ("status" < 400 OR "status" >= 500 OR "reason" = ANY(${[...OUR_SHEDS]}))
        AND "arrivedAt" >= ${window.from} AND "arrivedAt" < ${window.to}
    ), "steps" AS (
      SELECT "adapterId", "startedAt" AS "at", 1 AS "change" FROM "asked"
      UNION ALL SELECT "adapterId", "endedAt", -1 FROM "asked"
    ), "running" AS (
      SELECT "adapterId", "change",
        sum("change") OVER (PARTITION BY "adapterId" ORDER BY "at", "change" ROWS UNBOUNDED PRECEDING) AS "count"
      FROM "steps"
    )
    SELECT "adapterId", (count(*) FILTER (WHERE "change" = 1))::float8
        / (extract(epoch FROM ${window.to}::timestamptz - ${window.from}::timestamptz) / 60)::float8 AS "requestsPerMinute",
      greatest(max("count"), 1)::int AS "peakConcurrent"
    FROM "running" GROUP BY "adapterId" ORDER BY "adapterId"`;
