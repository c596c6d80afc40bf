import { GATEWAY_CONDITIONS } from "#lib/metrics/conditions/record-condition.ts";
import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { Tx } from "#lib/platform/db.ts";
import { addUp, originOf } from "../charts/request-cells.ts";
import { cutMinute } from "../usage/cut-minute.ts";
import { quantileOf } from "../usage/durations.ts";
import { readUsageSums, type UsageSum } from "../usage/usage-sums-store.ts";
import { minuteOf } from "../usage/usage-windows.ts";

/** Customers' requests of a window. */
export type RecentUsage = {
  requests: number;
  p95Ms: number | null;
  completionTokens: number;
  shed: number;
  fallbacks: number;
  failed: number;
  simulated: boolean;
};
/** One group has a tenant, a node, or neither: then it is everything. */
type RecentRow = RecentUsage & { tenantId: string | null; nodeId: string | null; of: "tenant" | "node" | "all" };

/** Requests that ended since a moment, by tenant, by node and in all; latencies are those of whole minutes. */
export async function readRecentUsage(tx: Tx, { from, to }: { from: Date; to: Date }): Promise<RecentRow[]> {
  const minutes = await readUsageSums(tx, {
    ...{ from: minuteOf(from), to: new Date(to.getTime() + 1), stepSeconds: 60 },
    ...{ by: ["tenant", "node"], with: ["latency"] },
  });
  const sums = minutes.map((minute) => cutMinute(minute, from));
  const tenants = groupBy(sums, ({ keys }) => keys[0] || null);
  const nodes = groupBy(sums, ({ keys }) => keys[1] || null);
  return [
    ...[...tenants].map(([tenantId, own]): RecentRow => ({ of: "tenant", tenantId, nodeId: null, ...usageOf(own) })),
    ...[...nodes].map(([nodeId, own]): RecentRow => ({ of: "node", tenantId: null, nodeId, ...usageOf(own) })),
    { of: "all", tenantId: null, nodeId: null, ...usageOf(sums) },
  ];
}

function usageOf(sums: readonly UsageSum[]): RecentUsage {
  const { durations, ...cell } = addUp(sums, "latency");
  return {
    ...{ requests: cell.requests, completionTokens: cell.completionTokens },
    ...{ failed: cell.failed, fallbacks: cell.fallbacks },
    shed: sums.reduce((sum, { shed }) => sum + shed, 0),
    p95Ms: durations && quantileOf(durations, 0.95),
    simulated: originOf(sums).simulated,
  };
}

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
