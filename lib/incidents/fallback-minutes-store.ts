import type { Tx } from "#lib/platform/db.ts";
import type { FallbackMinute } from "./longest-fallback.ts";

/** Answers of some tenants by minute, oldest first. A fallback that was set by hand is no surprise, and counts nowhere. */
export const listFallbackMinutes = (
  tx: Tx,
  query: { tenantIds: readonly string[]; from: Date },
): Promise<(FallbackMinute & { tenantId: string })[]> =>
  tx.client.$queryRaw<(FallbackMinute & { tenantId: string })[]>`
    SELECT "tenantId", date_trunc('minute', "arrivedAt", 'UTC') AS "at", count("fallbackReason")::int AS "fallbacks",
      (count(*) FILTER (WHERE "fallbackReason" IS NULL))::int AS "own",
      min("arrivedAt") FILTER (WHERE "fallbackReason" IS NOT NULL) AS "firstAt",
      max("endedAt") FILTER (WHERE "fallbackReason" IS NOT NULL) AS "lastAt"
    FROM "request"
    WHERE "kind" = 'user' AND "status" < 400 AND "tenantId" = ANY(${[...query.tenantIds]})
      AND "arrivedAt" >= ${query.from} AND "fallbackReason" IS DISTINCT FROM 'control'
    GROUP BY 1, 2 ORDER BY 2`;
