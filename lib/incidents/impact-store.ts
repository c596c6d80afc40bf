import type { Tx } from "#lib/platform/db.ts";
import { OUR_SHEDS } from "#lib/requests/shed-reasons.ts";
import { Prisma } from "#prisma/generated/client.ts";

export type HitRow = {
  tenantId: string;
  /** Requests of the time, hit or not. */
  requests: number;
  failed: number;
  fallbacks: number;
  minutes: number;
  simulated: boolean;
};

/**
 * Customers' requests that arrived in [from, to), by tenant: those that failed or found no room, those that something else
 * answered, and the minutes in which one of both arrived. What a tenant brought on itself counts nowhere (ADR 22).
 * @param tenantIds null = whoever was hit
 */
export function countHits(
  tx: Tx,
  query: { tenantIds: readonly string[] | null; poolId: string | null; from: Date; to: Date },
): Promise<HitRow[]> {
  const { tenantIds, poolId } = query;
  const failed = Prisma.sql`(t."status" >= 500 OR (t."status" = 429 AND t."reason" = ANY(${[...OUR_SHEDS]})))`;
  const fell = Prisma.sql`(t."fallbackReason" IS NOT NULL AND t."status" < 400)`;
  const hit = Prisma.sql`FILTER (WHERE ${failed} OR ${fell})`;
  // a request that was turned away early has no adapter yet
  const inPool = Prisma.sql`AND EXISTS (SELECT 1 FROM "Adapter" a WHERE a."poolId" = ${poolId}
    AND a."tenantId" = t."tenantId" AND (t."adapterId" IS NULL OR a."id" = t."adapterId"))`;
  return tx.client.$queryRaw<HitRow[]>`
    SELECT t."tenantId", count(*)::int AS "requests", (count(*) FILTER (WHERE ${failed}))::int AS "failed",
      (count(*) FILTER (WHERE ${fell}))::int AS "fallbacks",
      (count(DISTINCT date_trunc('minute', t."arrivedAt", 'UTC')) ${hit})::int AS "minutes",
      bool_or(t."simulated") AS "simulated"
    FROM "request" t
    WHERE t."kind" = 'user' AND t."tenantId" IS NOT NULL AND t."arrivedAt" >= ${query.from} AND t."arrivedAt" < ${query.to}
      ${tenantIds === null ? Prisma.empty : Prisma.sql`AND t."tenantId" = ANY(${[...tenantIds]})`}
      ${poolId === null ? Prisma.empty : inPool}
    GROUP BY 1
    ${tenantIds === null ? Prisma.sql`HAVING count(*) ${hit} > 0` : Prisma.empty}`;
}
