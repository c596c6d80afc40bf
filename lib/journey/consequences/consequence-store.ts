import { OPEN_PHASES } from "#lib/cutover/phases.ts";
import { isServing } from "#lib/fleet/conditions.ts";
import { slotsOf } from "#lib/fleet/engine-limits.ts";
import type { NodeLimits } from "#lib/fleet/schema.ts";
import type { Condition } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { readUsageSums } from "#lib/requests/usage/usage-sums-store.ts";
import { minuteOf } from "#lib/requests/usage/usage-windows.ts";
import type { ProvenVersion, Service } from "./fallback-of.ts";
import type { FreezeFacts } from "./freeze-consequences.ts";
import type { FactNode } from "./node-consequences.ts";
import type { MinuteLoad } from "./predict-load.ts";

export type PoolNode = FactNode & { poolId: string; standalone: boolean; cordoned: boolean; simulated: boolean };

/** Whether it takes customers' requests now. */
export const takesRequests = (node: PoolNode): boolean => !node.standalone && !node.cordoned && node.answers;

/** All nodes of some pools. */
export async function nodesOfPools(tx: Tx, poolIds: readonly string[]): Promise<PoolNode[]> {
  const rows = await tx.client.node.findMany({
    where: { poolId: { in: [...poolIds] } },
    orderBy: { name: "asc" },
    select: {
      id: true,
      name: true,
      poolId: true,
      standalone: true,
      cordoned: true,
      simulated: true,
      conditions: true,
      limits: true,
      pool: { select: { maxLoras: true } },
    },
  });
  return rows.map(({ conditions, limits, pool, ...node }) => ({
    ...node,
    slots: slotsOf(limits as NodeLimits | null, pool),
    answers: isServing(conditions as unknown as Condition[]),
  }));
}

export async function poolOfNode(tx: Tx, nodeId: string): Promise<string | null> {
  return (await tx.client.node.findUnique({ where: { id: nodeId }, select: { poolId: true } }))?.poolId ?? null;
}

/** A tenant, and the pools that its adapters are in. */
export async function tenantInPools(tx: Tx, tenantId: string) {
  const row = await tx.client.tenant.findUnique({
    where: { id: tenantId },
    select: { id: true, name: true, adapters: { select: { poolId: true } } },
  });
  return row && { id: row.id, name: row.name, poolIds: [...new Set(row.adapters.map(({ poolId }) => poolId))] };
}

const NAME = { select: { name: true } } as const;

/** What active tenants are answered from: those of a pool, or one tenant. Proofs count on `serving` nodes alone. */
export async function listServices(
  tx: Tx,
  of: { poolId: string } | { tenantId: string },
  serving: readonly string[],
): Promise<Service[]> {
  const rows = await tx.client.adapter.findMany({
    where: {
      ...of,
      tenant: { status: "active" },
      route: { OR: [{ liveVersionId: { not: null } }, { originEndpointId: { not: null } }] },
    },
    orderBy: { id: "asc" },
    select: {
      id: true,
      slug: true,
      tenant: { select: { id: true, name: true, fallback: true, hostedEndpoint: NAME } },
      pool: { select: { id: true, baseModel: true, fallback: true, hostedEndpoint: NAME } },
      route: { select: { liveVersionId: true, previousVersionId: true, originEndpoint: NAME, originEndedAt: true } },
    },
  });
  const versionIds = rows.flatMap(({ route }) => [route?.liveVersionId ?? [], route?.previousVersionId ?? []].flat());
  const versions = await provenVersions(tx, versionIds, serving);
  const versionOf = (id: string | null | undefined) => (id ? (versions.get(id) ?? null) : null);
  return rows.map(({ id, slug, tenant, pool, route }) => ({
    tenantId: tenant.id,
    tenantName: tenant.name,
    adapterId: id,
    adapterSlug: slug,
    live: versionOf(route?.liveVersionId),
    previous: versionOf(route?.previousVersionId),
    fallback: tenant.fallback,
    poolId: pool.id,
    baseModel: pool.fallback === "reject" ? null : pool.baseModel,
    provider: (tenant.hostedEndpoint ?? pool.hostedEndpoint)?.name ?? null,
    origin: route?.originEndedAt ? null : (route?.originEndpoint?.name ?? null),
  }));
}

/** A proof from an earlier life of its node counts for nothing. */
async function provenVersions(tx: Tx, versionIds: readonly string[], serving: readonly string[]) {
  const rows = await tx.client.adapterVersion.findMany({
    where: { id: { in: [...versionIds] } },
    select: {
      id: true,
      number: true,
      registrations: {
        where: { state: "routable", nodeId: { in: [...serving] } },
        select: { nodeId: true, epoch: true, node: { select: { epoch: true } } },
      },
    },
  });
  return new Map(
    rows.map(({ id, number, registrations }): [string, ProvenVersion] => [
      id,
      { number, on: registrations.filter(({ epoch, node }) => epoch === node.epoch).map(({ nodeId }) => nodeId) },
    ]),
  );
}

const HOUR_MS = 3_600_000;

/**
 * Customers' requests of the last hour by minute, node and adapter.
 * @returns null when there are none and no gateway was there to report any
 */
export async function readLoads(
  tx: Tx,
  of: { nodeIds: readonly string[] } | { tenantId: string },
  now: Date,
): Promise<{ loads: MinuteLoad[] | null; simulated: boolean }> {
  const since = new Date(now.getTime() - HOUR_MS);
  const whose = "tenantId" in of ? { tenantIds: [of.tenantId] } : { nodeIds: of.nodeIds };
  const sums = await readUsageSums(tx, {
    ...{ from: minuteOf(since), to: new Date(now.getTime() + 1), ...whose },
    ...{ stepSeconds: 60, by: ["node", "adapter"], with: [] },
  });
  const isReported =
    sums.length > 0 || (await tx.client.gatewayInstance.count({ where: { seenAt: { gte: since } } })) > 0;
  const loads = sums.map(({ at, keys: [nodeId, adapterId], requests }) => ({
    minute: at.getTime() / 60_000,
    ...{ nodeId: nodeId || null, adapterId: adapterId || null, requests },
  }));
  return { loads: isReported ? loads : null, simulated: sums.some(({ simulated }) => simulated) };
}

/** What a freeze would hold. */
export async function readUnderWay(tx: Tx): Promise<FreezeFacts> {
  const cutovers = await tx.client.cutover.findMany({
    where: { phase: { in: [...OPEN_PHASES] } },
    select: { tenantId: true, phase: true },
  });
  const runs = await tx.client.evalRun.findMany({
    where: { state: { in: ["queued", "running"] } },
    select: { tenantId: true, state: true },
  });
  const names = await tx.client.tenant.findMany({
    where: { id: { in: [...cutovers, ...runs].map(({ tenantId }) => tenantId) } },
    select: { id: true, name: true },
  });
  const nameOf = (id: string) => names.find((tenant) => tenant.id === id)?.name ?? id;
  return {
    cutovers: cutovers.map((cutover) => ({ ...cutover, tenantName: nameOf(cutover.tenantId) })),
    runs: runs.map(({ tenantId, state }) => ({
      tenantId,
      tenantName: nameOf(tenantId),
      state: state === "running" ? "running" : "queued",
    })),
  };
}
