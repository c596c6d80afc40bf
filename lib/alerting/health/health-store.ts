import { readLastSeen, withLastSeen } from "#lib/fleet/last-seen.ts";
import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Condition, Page, PageQuery } from "#lib/http/schema.ts";
import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { readUsageSums, type UsageSum } from "#lib/requests/usage/usage-sums-store.ts";
import { minuteOf } from "#lib/requests/usage/usage-windows.ts";

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
  const seen = await readLastSeen(tx);
  return rows.map((row) => withLastSeen({ ...row, conditions: row.conditions as unknown as Condition[] }, seen));
}
export type ServingNodeRow = NonNullable<Awaited<ReturnType<typeof listServingNodes>>>[number];

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

const HOUR_MS = 3_600_000;
/** What a state rests on, and the minute that has begun. */
const RECENT_MS = 6 * 60_000;

/**
 * Customers' requests by adapter and minute: of the last hour, or of the last minutes without their durations.
 * @param tenantIds whose adapters they are
 */
export async function minutesOfAdapters(
  tx: Tx,
  tenantIds: readonly string[],
  reach: HealthReach,
  now: Date,
): Promise<Map<string, UsageSum[]>> {
  const isWhole = reach === "whole";
  const from = minuteOf(new Date(now.getTime() - (isWhole ? HOUR_MS : RECENT_MS)));
  const sums = await readUsageSums(tx, {
    ...{ from, to: new Date(now.getTime() + 1), tenantIds, stepSeconds: 60, by: ["adapter"] },
    ...{ with: isWhole ? ["latency"] : [], wantsOutcome: true },
  });
  return groupBy(sums, ({ keys }) => keys[0] ?? "");
}

/** `state`: enough to tell the state; since when it lasts, and the latency, need the `whole` hour. */
export type HealthReach = "state" | "whole";
