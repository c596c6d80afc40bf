import { readSightings, withSighting } from "#lib/fleet/sightings.ts";
import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Condition, Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { OUR_SHEDS } from "#lib/requests/shed-reasons.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { RecentTraffic } from "./service-health.ts";

/** Tenants with every adapter and what is live on it. */
export async function listServices(tx: Tx, tenantIds: readonly string[]) {
  const tenants = await tx.client.tenant.findMany({
    where: { id: { in: [...tenantIds] }, ...(tx.scope.kind === "tenant" ? { AND: { id: tx.scope.tenantId } } : {}) },
    orderBy: { id: "desc" },
    select: {
      id: true,
      slug: true,
      name: true,
      status: true,
      fallback: true,
      hostedEndpointId: true,
      adapters: {
        orderBy: [{ isDefault: "desc" }, { id: "asc" }],
        select: {
          id: true,
          slug: true,
          poolId: true,
          route: {
            select: {
              liveVersionId: true,
              previousVersionId: true,
              liveSince: true,
              originEndpointId: true,
              originEndedAt: true,
            },
          },
        },
      },
    },
  });
  const liveIds = tenants.flatMap((tenant) => tenant.adapters.flatMap((adapter) => adapter.route?.liveVersionId ?? []));
  const versions = await tx.client.adapterVersion.findMany({
    where: { id: { in: liveIds }, ...tenantWhere(tx.scope) },
    select: { id: true, number: true },
  });
  return { tenants, numbers: new Map(versions.map((version) => [version.id, version.number])) };
}
export type ServiceTenant = Awaited<ReturnType<typeof listServices>>["tenants"][number];

export async function listTenantIds(
  tx: Tx,
  query: PageQuery & { tenantId?: string | undefined },
): Promise<Page<{ id: string }>> {
  const where = {
    ...(query.tenantId ? { id: query.tenantId } : {}),
    ...(tx.scope.kind === "tenant" ? { AND: { id: tx.scope.tenantId } } : {}),
  };
  return toPage(await tx.client.tenant.findMany({ ...pageArgs(query), where, select: { id: true } }), query.limit);
}

/** Where versions should be, and what the fleet last said about it. */
export async function listWantedPlacements(tx: Tx, versionIds: readonly string[]) {
  const rows = await tx.client.placement.findMany({
    where: { versionId: { in: [...versionIds] }, desire: "present", ...tenantWhere(tx.scope) },
    select: { versionId: true, nodeId: true, condition: true },
  });
  return rows.map((row) => ({ ...row, condition: row.condition as unknown as Condition | null }));
}

/** Every node with what decides whether it serves; customers have no view of nodes. */
export async function listServingNodes(tx: Tx) {
  if (tx.scope.kind === "tenant") return null;
  const rows = await tx.client.node.findMany({
    select: {
      id: true,
      name: true,
      poolId: true,
      standalone: true,
      cordoned: true,
      conditions: true,
      lastSeenAt: true,
      pool: { select: { fallback: true, hostedEndpointId: true } },
    },
  });
  const seen = await readSightings(tx);
  return rows.map((row) => withSighting({ ...row, conditions: row.conditions as unknown as Condition[] }, seen));
}
export type ServingNodeRow = NonNullable<Awaited<ReturnType<typeof listServingNodes>>>[number];

type TrafficRow = Omit<RecentTraffic, "last"> & {
  adapterId: string;
  lastAt: Date | null;
  lastOutcome: NonNullable<RecentTraffic["last"]>["outcome"] | null;
};

/** What is set by hand about customers' traffic at this moment, oldest first; customers have no view of it. */
export async function listServingControls(tx: Tx, now: Date) {
  if (tx.scope.kind === "tenant") return [];
  return tx.client.control.findMany({
    where: { endedAt: null, expiresAt: { gt: now }, kind: { not: "freeze" } },
    orderBy: { id: "asc" },
    select: { kind: true, tenantId: true, nodeId: true, reason: true, startedAt: true, expiresAt: true },
  });
}
export type ServingControl = Awaited<ReturnType<typeof listServingControls>>[number];

/** Customers' requests per adapter: figures of the last 5 minutes, trouble of the last hour. */
export async function recentTraffic(
  tx: Tx,
  adapterIds: readonly string[],
  now: Date,
): Promise<Map<string, RecentTraffic>> {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const recent = Prisma.sql`"arrivedAt" >= ${ago(5)}`;
  const rows = await tx.client.$queryRaw<TrafficRow[]>`
    WITH told AS (
      SELECT "adapterId", "arrivedAt", "endedAt", "status", CASE WHEN "status" >= 500 THEN 'failed'
        WHEN "status" = 429 AND "reason" = ANY(${[...OUR_SHEDS]}) THEN 'shed'
        WHEN "status" >= 400 THEN 'refused' WHEN "fallbackReason" IS NULL THEN 'own' ELSE 'fallback' END AS "outcome"
      FROM "RequestTrace"
      WHERE "kind" = 'user' AND "arrivedAt" >= ${ago(60)} AND "adapterId" = ANY(${[...adapterIds]})
        ${tx.scope.kind === "tenant" ? Prisma.sql`AND "tenantId" = ${tx.scope.tenantId}` : Prisma.empty}
    ), good AS (
      SELECT "adapterId", max("arrivedAt") FILTER (WHERE "outcome" = 'own') AS "lastGoodAt" FROM told GROUP BY 1
    )
    SELECT "adapterId",
      count(*) FILTER (WHERE ${recent})::int AS "requests",
      count(*) FILTER (WHERE ${recent} AND "status" < 400)::int AS "answered",
      count(*) FILTER (WHERE ${recent} AND "outcome" = 'failed')::int AS "failed",
      count(*) FILTER (WHERE ${recent} AND "outcome" = 'shed')::int AS "shed",
      count(*) FILTER (WHERE ${recent} AND "outcome" = 'fallback')::int AS "fellBack",
      percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM "endedAt" - "arrivedAt") * 1000)
        FILTER (WHERE ${recent} AND "status" < 400) AS "p95Ms",
      (array_agg("outcome" ORDER BY "arrivedAt" DESC) FILTER (WHERE ${recent}))[1] AS "lastOutcome",
      max("arrivedAt") FILTER (WHERE ${recent}) AS "lastAt",
      min("arrivedAt") FILTER (WHERE "outcome" IN ('failed', 'fallback', 'shed') AND ("lastGoodAt" IS NULL OR "arrivedAt" > "lastGoodAt"))
        AS "troubleSince",
      max("arrivedAt") FILTER (WHERE "outcome" IN ('failed', 'fallback', 'shed')) AS "lastTroubleAt"
    FROM told JOIN good USING ("adapterId") GROUP BY "adapterId"`;
  return new Map(
    rows.map(({ adapterId, lastAt, lastOutcome, ...traffic }) => [
      adapterId,
      { ...traffic, last: lastAt && lastOutcome ? { at: lastAt, outcome: lastOutcome } : null },
    ]),
  );
}
