import { GATEWAY_CONDITIONS } from "#lib/metrics/conditions/record-condition.ts";
import type { Tx } from "#lib/platform/db.ts";

/** Customers' requests of a window. */
export type RecentFigures = {
  requests: number;
  p95Ms: number | null;
  completionTokens: number;
  shed: number;
  fallbacks: number;
  failed: number;
  simulated: boolean;
};
/** One group has a tenant, a node, or neither: then it is everything. */
type RecentRow = RecentFigures & { tenantId: string | null; nodeId: string | null; of: "tenant" | "node" | "all" };

/** Requests that arrived since a moment, by tenant, by node and in all, in one pass. */
export const recentFigures = (tx: Tx, since: Date): Promise<RecentRow[]> =>
  tx.client.$queryRaw<RecentRow[]>`
    SELECT "tenantId", "nodeId",
      CASE WHEN grouping("tenantId") = 0 THEN 'tenant' WHEN grouping("nodeId") = 0 THEN 'node' ELSE 'all' END AS "of",
      count(*)::int AS "requests",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM "endedAt" - "arrivedAt") * 1000)
        FILTER (WHERE "status" < 400) AS "p95Ms",
      coalesce(sum("completionTokens"), 0)::float8 AS "completionTokens",
      (count(*) FILTER (WHERE "status" = 429))::int AS "shed",
      (count(*) FILTER (WHERE "status" < 400 AND "fallbackReason" IS NOT NULL))::int AS "fallbacks",
      (count(*) FILTER (WHERE "status" >= 500))::int AS "failed",
      coalesce(bool_or("simulated"), false) AS "simulated"
    FROM "RequestTrace"
    WHERE "kind" = 'user' AND "tenantId" IS NOT NULL AND "arrivedAt" >= ${since}
    GROUP BY GROUPING SETS (("tenantId"), ("nodeId"), ())`;

/** The newest reports of gateways, the newest first. */
export const listReports = (tx: Tx) => tx.client.gatewayInstance.findMany({ orderBy: { seenAt: "desc" }, take: 50 });

/** When any gateway was last heard. Reads no other column: a customer may read this one. */
export async function lastSeen(tx: Tx): Promise<Date | null> {
  const [row] = await tx.client.$queryRaw<{ seenAt: Date | null }[]>`
    SELECT max("seenAt") AS "seenAt" FROM "GatewayInstance"`;
  return row?.seenAt ?? null;
}

export const listTrafficNodes = (tx: Tx) =>
  tx.client.node.findMany({
    orderBy: { name: "asc" },
    select: {
      id: true,
      name: true,
      standalone: true,
      simulated: true,
      limits: true,
      pool: { select: { id: true, name: true, maxLoras: true } },
    },
  });

export const listTrafficPools = (tx: Tx) =>
  tx.client.pool.findMany({ orderBy: { name: "asc" }, select: { id: true, name: true } });

export const listTrafficTenants = (tx: Tx, ids: readonly string[]) =>
  tx.client.tenant.findMany({ where: { id: { in: [...ids] } }, select: { id: true, slug: true, name: true } });

/** Tenants that a gateway saw on their fallback since a moment. */
export const listOnFallback = (tx: Tx, since: Date) =>
  tx.client.serviceCondition.findMany({
    where: {
      type: GATEWAY_CONDITIONS.onFallback,
      status: "true",
      tenantId: { not: null },
      observedAt: { gte: since },
    },
    select: { tenantId: true, lastTransitionTime: true, message: true },
  });
