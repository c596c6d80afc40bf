import type { Tx } from "#lib/platform/db.ts";
import type { TenantStatus, VersionState } from "#lib/registry/schema.ts";
import { cpuPlacesOf, slotsOf } from "../engine-limits.ts";
import type { NodeLimits } from "../schema.ts";

export type ChosenVersion = {
  id: string;
  number: number;
  state: VersionState;
  sizeBytes: number;
  adapterId: string;
  adapterSlug: string;
  tenantId: string;
  tenantSlug: string;
  tenantName: string;
  tenantStatus: TenantStatus;
  poolId: string;
  /** Nodes its adapter is wanted on; null = all. */
  replicas: number | null;
  liveVersionId: string | null;
};

/** In the order of tenants and adapters. Ids that name nothing are left out. */
export async function readChosen(tx: Tx, versionIds: readonly string[]): Promise<ChosenVersion[]> {
  const rows = await tx.client.$queryRaw<(Omit<ChosenVersion, "sizeBytes"> & { sizeBytes: bigint })[]>`
    SELECT v."id", v."number", v."state"::text AS "state", v."sizeBytes", v."adapterId", a."slug" AS "adapterSlug",
      v."tenantId", t."slug" AS "tenantSlug", t."name" AS "tenantName", t."status"::text AS "tenantStatus",
      a."poolId", COALESCE(a."replicas", p."replicas") AS "replicas", r."liveVersionId"
    FROM "AdapterVersion" v JOIN "Adapter" a ON a."id" = v."adapterId" JOIN "Tenant" t ON t."id" = v."tenantId"
    JOIN "Pool" p ON p."id" = a."poolId" LEFT JOIN "Route" r ON r."adapterId" = a."id"
    WHERE v."id" = ANY(${[...versionIds]}) ORDER BY t."slug", a."slug", v."number"`;
  return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes) }));
}

/** Those of the ids that name an adapter. */
export async function knownAdapters(tx: Tx, adapterIds: readonly string[]): Promise<string[]> {
  const rows = await tx.client.adapter.findMany({ where: { id: { in: [...adapterIds] } }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** The newest ready version of each adapter that has one. */
export async function newestReady(tx: Tx, adapterIds: readonly string[]): Promise<string[]> {
  const rows = await tx.client.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT ON ("adapterId") "id" FROM "AdapterVersion"
    WHERE "adapterId" = ANY(${[...adapterIds]}) AND "state" = 'ready' ORDER BY "adapterId", "number" DESC`;
  return rows.map(({ id }) => id);
}

export type BulkNode = {
  id: string;
  name: string;
  poolId: string;
  standalone: boolean;
  cordoned: boolean;
  simulated: boolean;
  pricePerHour: number | null;
  slots: number;
  places: number;
  fetches: boolean;
  /** What is in its engine's memory: ids of versions, or names of what we do not know. */
  resident: ReadonlySet<string>;
  /** Versions that are loaded now and need no load. */
  loaded: ReadonlySet<string>;
  /** What is wanted of each version there, and by whom. */
  wanted: ReadonlyMap<string, { holders: readonly string[]; isFailing: boolean }>;
};

/**
 * The nodes of pools with everything on them. The platform's own: no tenant may read it.
 * @param only these versions alone, where the memory of the engines does not matter
 */
export async function readNodes(tx: Tx, poolIds: readonly string[], only?: readonly string[]): Promise<BulkNode[]> {
  const where = only ? { versionId: { in: [...only] } } : {};
  const nodes = await tx.client.node.findMany({
    where: { poolId: { in: [...poolIds] } },
    orderBy: { name: "asc" },
    select: {
      id: true,
      name: true,
      poolId: true,
      standalone: true,
      cordoned: true,
      simulated: true,
      epoch: true,
      pricePerHour: true,
      limits: true,
      pool: { select: { maxLoras: true, maxCpuLoras: true, delivery: true } },
      registrations: { where, select: { loraName: true, versionId: true, epoch: true } },
      placements: {
        where,
        select: {
          versionId: true,
          desire: true,
          attempts: true,
          unloadedEpoch: true,
          holds: { select: { holder: true } },
        },
      },
    },
  });
  return nodes.map(({ pool, registrations, placements, pricePerHour, ...node }) => {
    const limits = node.limits as NodeLimits | null;
    const listed = registrations.filter(({ epoch }) => epoch === node.epoch);
    const wanted = placements.filter(({ desire }) => desire === "present");
    // unloading takes a name off; the weights stay until their place is needed, or the engine restarts
    const left = placements.filter(({ unloadedEpoch }) => unloadedEpoch === node.epoch);
    return {
      id: node.id,
      name: node.name,
      poolId: node.poolId,
      standalone: node.standalone,
      cordoned: node.cordoned,
      simulated: node.simulated,
      fetches: pool.delivery === "fetch",
      pricePerHour: pricePerHour === null ? null : Number(pricePerHour),
      slots: slotsOf(limits, pool),
      places: cpuPlacesOf(limits, pool),
      resident: new Set([
        ...listed.map(({ versionId, loraName }) => versionId ?? loraName),
        ...[...wanted, ...left].map(({ versionId }) => versionId),
      ]),
      loaded: new Set(listed.flatMap(({ versionId }) => versionId ?? [])),
      wanted: new Map(
        wanted.map(({ versionId, holds, attempts }) => [
          versionId,
          { holders: holds.map(({ holder }) => holder), isFailing: attempts > 0 },
        ]),
      ),
    };
  });
}

/** How long a node took to load, in the middle; nodes that have loaded nothing since are absent. */
export async function readLoadTimes(
  tx: Tx,
  nodeIds: readonly string[],
  since: Date,
): Promise<Map<string, { medianMs: number; count: number }>> {
  const rows = await tx.client.$queryRaw<{ nodeId: string; medianMs: number; count: number }[]>`
    SELECT "nodeId", percentile_cont(0.5) WITHIN GROUP (ORDER BY "durationMs") AS "medianMs", count(*)::int AS "count"
    FROM "LoadEvent"
    WHERE "nodeId" = ANY(${[...nodeIds]}) AND "at" >= ${since} AND "kind" = 'load' AND "outcome" = 'ok'
      AND "durationMs" IS NOT NULL
    GROUP BY "nodeId"`;
  return new Map(rows.map(({ nodeId, medianMs, count }) => [nodeId, { medianMs, count }]));
}
