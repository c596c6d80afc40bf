import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { stepStart } from "../rollup.ts";

/** Requests, the bad or slow ones among them, and whether any came from a simulation. */
export type HitCount = { hit: number; of: number; simulated: boolean };
type Window = { tenantIds: readonly string[]; from: Date; to: Date };

/** Customers' requests that failed, were shed, or were answered by something else, by tenant. By the minute. */
export async function hitRequests(tx: Tx, { tenantIds, from, to }: Window): Promise<Map<string, HitCount>> {
  const rows = await tx.client.$queryRaw<(HitCount & { tenantId: string })[]>`
    SELECT "tenantId", sum("failed" + "shed" + "fallbacks")::int AS "hit", sum("requests")::int AS "of",
      bool_or("simulated") AS "simulated"
    FROM "Usage"
    WHERE "tenantId" = ANY(${[...tenantIds]}) AND "minute" >= ${stepStart(from, 60)} AND "minute" <= ${to}
      AND "kind" = 'user'
    GROUP BY 1`;
  return new Map(rows.map(({ tenantId, ...count }) => [tenantId, count]));
}

/** What is slow: the whole reply, or a stream's first token, against a limit; of a pool's own adapters only. */
export type SlowQuery = Window & { metric: "latency" | "ttft"; limitMs: number; poolId: string | null };
/** Of one tenant on one node; nodeId null = no node answered. */
export type SlowCount = HitCount & { tenantId: string; nodeId: string | null };

/** Answered requests of customers and the slow ones among them, as the objective counts them, from the trace. */
export const slowRequests = (tx: Tx, query: SlowQuery): Promise<SlowCount[]> => {
  const { tenantIds, from, to, metric, limitMs, poolId } = query;
  const end = metric === "ttft" ? Prisma.sql`"firstByteAt"` : Prisma.sql`"endedAt"`;
  const isOfKind = metric === "ttft" ? Prisma.sql`AND "stream" AND "firstByteAt" IS NOT NULL` : Prisma.empty;
  const isOfPool =
    poolId === null
      ? Prisma.empty
      : Prisma.sql`AND "adapterId" IN (SELECT "id" FROM "Adapter" WHERE "poolId" = ${poolId})`;
  return tx.client.$queryRaw<SlowCount[]>`
    SELECT "tenantId", "nodeId", count(*)::int AS "of", bool_or("simulated") AS "simulated",
      (count(*) FILTER (WHERE ${end} - "arrivedAt" > ${limitMs} * interval '1 millisecond'))::int AS "hit"
    FROM "RequestTrace"
    WHERE "tenantId" = ANY(${[...tenantIds]}) AND "arrivedAt" >= ${from} AND "arrivedAt" <= ${to}
      AND "kind" = 'user' AND "status" < 400 ${isOfKind} ${isOfPool}
    GROUP BY 1, 2`;
};
