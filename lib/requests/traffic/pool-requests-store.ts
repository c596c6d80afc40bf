import type { Tx } from "#lib/platform/db.ts";

/** Answered requests on the nodes of a pool that serve customers. */
export type PoolRequests = {
  count: number;
  /** From arrival to the last byte; null without any. */
  p95Ms: number | null;
  /** How many of them took longer than was asked about; 0 when nothing was. */
  slower: number;
  /** On the node, without the time in the gateway's queue; null without any. */
  meanServiceMs: number | null;
  simulated: boolean;
};

/** More than these say nothing new about a quantile, and a busy pool has hundreds of thousands. */
const LATEST = 2_000;

type Asked = { poolId: string; kind: "user" | "eval"; from: Date; to: Date };

/**
 * The latest answered requests of one kind that arrived in a time; the trace itself is read, so keep the time short.
 * @param slowerThanMs those that took longer are counted
 */
export async function latestOfPool(
  tx: Tx,
  { poolId, kind, from, to }: Asked,
  slowerThanMs: number | null = null,
): Promise<PoolRequests> {
  const [row] = await tx.client.$queryRaw<PoolRequests[]>`
    SELECT count(*)::int AS "count",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM "endedAt" - "arrivedAt")::float8 * 1000) AS "p95Ms",
      (count(*) FILTER (
        WHERE extract(epoch FROM "endedAt" - "arrivedAt")::float8 * 1000 > ${slowerThanMs}::float8
      ))::int AS "slower",
      avg(extract(epoch FROM "endedAt" - "dispatchedAt")::float8 * 1000) AS "meanServiceMs",
      coalesce(bool_or("simulated"), false) AS "simulated"
    FROM (
      SELECT t."arrivedAt", t."dispatchedAt", t."endedAt", t."simulated"
      FROM "request" t JOIN "Node" n ON n."id" = t."nodeId" AND n."poolId" = ${poolId} AND NOT n."standalone"
      WHERE t."kind" = ${kind}::"TrafficKind" AND t."arrivedAt" >= ${from} AND t."arrivedAt" < ${to}
        AND t."status" < 400 AND t."dispatchedAt" IS NOT NULL
      ORDER BY t."arrivedAt" DESC LIMIT ${LATEST}
    ) AS "latest"`;
  return row ?? { count: 0, p95Ms: null, slower: 0, meanServiceMs: null, simulated: false };
}
