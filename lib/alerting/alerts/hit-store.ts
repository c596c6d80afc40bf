import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";

/** Requests of one tenant on one node (null = none answered), the affected ones among them, and whether any was simulated. */
export type AffectedRow = { tenantId: string; nodeId: string | null; hit: number; of: number; simulated: boolean };
type Window = { from: Date; to: Date };

const BAD = {
  failed: Prisma.sql`"failed" + "shed"`,
  fallbacks: Prisma.sql`"fallbacks"`,
  all: Prisma.sql`"failed" + "shed" + "fallbacks"`,
};

/** Customers' requests that failed, were shed, or were answered by something else, by the minute. */
export const badRequests = (
  tx: Tx,
  { tenantIds, of = "all", from, to }: Window & { tenantIds: readonly string[]; of?: keyof typeof BAD },
): Promise<AffectedRow[]> => tx.client.$queryRaw<AffectedRow[]>`
    SELECT "tenantId", NULL AS "nodeId", sum(${BAD[of]})::int AS "hit", sum("requests")::int AS "of",
      bool_or("simulated") AS "simulated"
    FROM "Usage"
    WHERE "tenantId" = ANY(${[...tenantIds]}) AND "minute" >= ${from} AND "minute" <= ${to} AND "kind" = 'user'
    GROUP BY 1`;

/** What is slow: the whole reply, or a stream's first token, against a limit; of a pool's own adapters only. */
export type SlowQuery = Window & {
  tenantIds: readonly string[];
  metric: "latency" | "ttft";
  limitMs: number;
  poolId: string | null;
};

/** Answered requests of customers and the slow ones among them, as the objective counts them, from the trace. */
export const slowRequests = (tx: Tx, query: SlowQuery): Promise<AffectedRow[]> => {
  const { tenantIds, from, to, metric, limitMs, poolId } = query;
  const end = metric === "ttft" ? Prisma.sql`"firstByteAt"` : Prisma.sql`"endedAt"`;
  const isOfKind = metric === "ttft" ? Prisma.sql`AND "stream" AND "firstByteAt" IS NOT NULL` : Prisma.empty;
  const isOfPool =
    poolId === null
      ? Prisma.empty
      : Prisma.sql`AND "adapterId" IN (SELECT "id" FROM "Adapter" WHERE "poolId" = ${poolId})`;
  return tx.client.$queryRaw<AffectedRow[]>`
    SELECT "tenantId", "nodeId", count(*)::int AS "of", bool_or("simulated") AS "simulated",
      (count(*) FILTER (WHERE ${end} - "arrivedAt" > ${limitMs} * interval '1 millisecond'))::int AS "hit"
    FROM "RequestTrace"
    WHERE "tenantId" = ANY(${[...tenantIds]}) AND "arrivedAt" >= ${from} AND "arrivedAt" <= ${to}
      AND "kind" = 'user' AND "status" < 400 ${isOfKind} ${isOfPool}
    GROUP BY 1, 2`;
};

/**
 * Answered requests of customers on a node, and those among them whose weights had to be swapped in and that took longer
 * than an accepted objective of their tenant or pool allows. Without such an objective nothing is late.
 */
export const swappedRequests = (tx: Tx, { nodeId, from, to }: Window & { nodeId: string }): Promise<AffectedRow[]> =>
  tx.client.$queryRaw<AffectedRow[]>`
    WITH "limits" AS (
      SELECT a."id" AS "adapterId", min(o."target") FILTER (WHERE o."kind" = 'latency_p95') AS "replyMs",
        min(o."target") FILTER (WHERE o."kind" = 'ttft_p95') AS "firstMs"
      FROM "Adapter" a JOIN "Objective" o ON o."status" = 'accepted' AND (o."tenantId" = a."tenantId" OR o."poolId" = a."poolId")
      GROUP BY 1
    )
    SELECT t."tenantId", t."nodeId", count(*)::int AS "of", bool_or(t."simulated") AS "simulated",
      (count(*) FILTER (WHERE t."expectedTier" IN ('cpu', 'disk') AND (
        t."endedAt" - t."arrivedAt" > l."replyMs" * interval '1 millisecond'
        OR (t."stream" AND t."firstByteAt" - t."arrivedAt" > l."firstMs" * interval '1 millisecond'))))::int AS "hit"
    FROM "RequestTrace" t LEFT JOIN "limits" l ON l."adapterId" = t."adapterId"
    WHERE t."nodeId" = ${nodeId} AND t."arrivedAt" >= ${from} AND t."arrivedAt" <= ${to}
      AND t."kind" = 'user' AND t."status" < 400 AND t."tenantId" IS NOT NULL
    GROUP BY 1, 2`;
