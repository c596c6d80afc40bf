import type { Tx } from "#lib/platform/db.ts";
import { countOf, countWithin, readStored } from "#lib/requests/usage/durations.ts";
import { readUsageSums, type UsageSum } from "#lib/requests/usage/usage-sums-store.ts";

/** Requests of one tenant on one node (null = none answered), the affected ones among them, and whether any was simulated. */
export type AffectedRow = { tenantId: string; nodeId: string | null; hit: number; of: number; simulated: boolean };
type Window = { from: Date; to: Date };

const BAD = {
  failed: ({ failed, shed }: UsageSum) => failed + shed,
  fallbacks: ({ fallbacks }: UsageSum) => fallbacks,
  all: ({ failed, shed, fallbacks }: UsageSum) => failed + shed + fallbacks,
};

/** Customers' requests that failed, were shed, or were answered by something else, by the minute. */
export async function badRequests(
  tx: Tx,
  { tenantIds, of = "all", from, to }: Window & { tenantIds: readonly string[]; of?: keyof typeof BAD },
): Promise<AffectedRow[]> {
  const range = { from, to: new Date(to.getTime() + 1) };
  const sums = await readUsageSums(tx, { ...range, tenantIds, stepSeconds: null, by: ["tenant"], with: [] });
  return sums.map((sum) => ({
    ...{ tenantId: sum.keys[0] ?? "", nodeId: null },
    ...{ hit: BAD[of](sum), of: sum.requests, simulated: sum.simulated },
  }));
}

/** What is slow: the whole reply, or a stream's first token, against a limit; of a pool's own adapters only. */
export type SlowQuery = Window & {
  tenantIds: readonly string[];
  metric: "latency" | "ttft";
  limitMs: number;
  poolId: string | null;
};

/** Answered requests of customers and the slow ones among them, as the objective counts them. */
export async function slowRequests(
  tx: Tx,
  { tenantIds, from, to, metric, limitMs, poolId }: SlowQuery,
): Promise<AffectedRow[]> {
  const sums = await readUsageSums(tx, {
    ...{ from, to: new Date(to.getTime() + 1), tenantIds, stepSeconds: null, by: ["tenant", "node"], with: [metric] },
    adapterIds: poolId === null ? undefined : await adaptersOfPool(tx, poolId),
  });
  return sums.flatMap(({ keys: [tenantId = "", nodeId = ""], simulated, stored }) => {
    const durations = readStored(stored[metric]);
    const of = countOf(durations);
    const hit = of - countWithin(durations, limitMs);
    return of === 0 ? [] : { tenantId, nodeId: nodeId || null, hit, of, simulated };
  });
}

const adaptersOfPool = async (tx: Tx, poolId: string): Promise<string[]> =>
  (await tx.client.adapter.findMany({ where: { poolId }, select: { id: true } })).map(({ id }) => id);

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
    FROM "request" t LEFT JOIN "limits" l ON l."adapterId" = t."adapterId"
    WHERE t."nodeId" = ${nodeId} AND t."arrivedAt" >= ${from} AND t."arrivedAt" <= ${to}
      AND t."kind" = 'user' AND t."status" < 400 AND t."tenantId" IS NOT NULL
    GROUP BY 1, 2`;
