import type { Condition } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { NodeLimits } from "../schema.ts";

/** Of a tenant that is being taken away nothing is placed any more. */
const STAYING = { status: { in: ["active", "suspended"] } } satisfies Prisma.TenantWhereInput;

/** Everything that placing a pool's adapters depends on, as rows. The platform's own: it names nodes. */
export type PoolPlacement = Awaited<ReturnType<typeof readPoolPlacement>>;

export async function readPoolPlacement(tx: Tx, poolId: string) {
  const nodes = await tx.client.node.findMany({
    where: { poolId, standalone: false },
    orderBy: { id: "asc" },
    select: { id: true, name: true, cordoned: true, drainDeadline: true, conditions: true, limits: true, epoch: true },
  });
  const adapters = await tx.client.adapter.findMany({
    where: { poolId, tenant: STAYING },
    orderBy: { id: "asc" },
    select: {
      id: true,
      tenantId: true,
      slug: true,
      replicas: true,
      pinnedNodeIds: true,
      tenant: { select: { slug: true } },
      route: { select: { liveVersionId: true } },
    },
  });
  const live = adapters.flatMap(({ route }) => route?.liveVersionId ?? []);
  const nodeIds = nodes.map(({ id }) => id);
  const placed = { desire: "present", nodeId: { in: nodeIds } } as const;
  const versions = await tx.client.adapterVersion.findMany({
    where: { OR: [{ id: { in: live } }, { adapter: { poolId, tenant: STAYING }, placements: { some: placed } }] },
    orderBy: { id: "asc" },
    select: {
      id: true,
      adapterId: true,
      number: true,
      state: true,
      sizeBytes: true,
      placements: { where: placed, select: { nodeId: true, holds: { select: { holder: true, reason: true } } } },
      registrations: { where: { state: "routable" }, select: { nodeId: true, epoch: true } },
    },
  });
  const demand = await tx.client.adapterDemand.findMany({
    where: { adapterId: { in: adapters.map(({ id }) => id) } },
    select: { adapterId: true, requestsPerMinute: true, peakConcurrent: true, observedAt: true },
  });
  return {
    nodes: nodes.map((node) => ({
      ...node,
      conditions: node.conditions as unknown as Condition[],
      limits: node.limits as NodeLimits | null,
    })),
    adapters,
    versions: versions.map((version) => ({ ...version, sizeBytes: Number(version.sizeBytes) })),
    demand,
  };
}

/** What a pool wants of placement; null = no such pool. */
export const readPoolLimits = (tx: Tx, poolId: string) =>
  tx.client.pool.findUnique({
    where: { id: poolId },
    select: { id: true, slug: true, maxLoras: true, maxCpuLoras: true, replicas: true },
  });

/** How an adapter should be placed, with the number of its edits. */
export async function readAdapterPlacement(tx: Tx, adapterId: string) {
  const row = await tx.client.adapter.findFirst({
    where: { id: adapterId, ...tenantWhere(tx.scope) },
    select: {
      id: true,
      tenantId: true,
      poolId: true,
      replicas: true,
      pinnedNodeIds: true,
      generation: true,
      pool: { select: { replicas: true } },
    },
  });
  if (row === null) return null;
  const { pool, ...adapter } = row;
  return { ...adapter, poolReplicas: pool.replicas };
}

/** Where somebody wants a version to stay; what it is leaving does not count. null = no such version */
export async function wantedNodesOf(tx: Tx, versionId: string) {
  const stays = { desire: "present", holds: { some: { NOT: { holder: { startsWith: "move:" } } } } } as const;
  const row = await tx.client.adapterVersion.findFirst({
    where: { id: versionId, ...tenantWhere(tx.scope) },
    select: {
      adapter: { select: { poolId: true, replicas: true, pool: { select: { replicas: true } } } },
      placements: { where: stays, select: { nodeId: true } },
    },
  });
  if (row === null) return null;
  const { poolId, replicas, pool } = row.adapter;
  const nodeIds = row.placements.map(({ nodeId }) => nodeId);
  return { poolId, everywhere: (replicas ?? pool.replicas) === null, nodeIds };
}

/** Of any pool. */
export const nodesById = (tx: Tx, nodeIds: readonly string[]) =>
  tx.client.node.findMany({
    where: { id: { in: [...nodeIds] } },
    select: { id: true, name: true, poolId: true, standalone: true },
  });

/** @returns false when the adapter is no longer at `generation` */
export async function writeAdapterPlacement(
  tx: Tx,
  adapterId: string,
  generation: number,
  wanted: { replicas: number | null; pinnedNodeIds: string[] },
): Promise<boolean> {
  const { count } = await tx.client.adapter.updateMany({
    where: { id: adapterId, generation, ...tenantWhere(tx.scope) },
    data: { ...wanted, generation: { increment: 1 } },
  });
  return count === 1;
}

/**
 * Pools whose placements the loop has to look after: with a number of replicas somewhere, with an adapter on the move, or
 * with a live version that is not on every node (which is what a pool without such a number wants). Mostly none.
 */
export async function poolsToPlace(tx: Tx): Promise<string[]> {
  const rows = await tx.client.$queryRaw<{ id: string }[]>`
    WITH "serving" AS (
      SELECT "poolId", count(*) AS "nodes" FROM "Node" WHERE NOT "standalone" GROUP BY "poolId"
    )
    SELECT p."id" FROM "Pool" p JOIN "serving" s ON s."poolId" = p."id"
    WHERE p."replicas" IS NOT NULL OR EXISTS (
      SELECT 1 FROM "Hold" h JOIN "Placement" l ON l."id" = h."placementId" JOIN "Node" n ON n."id" = l."nodeId"
      WHERE n."poolId" = p."id" AND h."holder" LIKE 'move:%'
    ) OR EXISTS (
      SELECT 1 FROM "Adapter" a JOIN "Route" r ON r."adapterId" = a."id"
      WHERE a."poolId" = p."id" AND (a."replicas" IS NOT NULL OR (r."liveVersionId" IS NOT NULL AND s."nodes" > (
        SELECT count(*) FROM "Placement" l JOIN "Node" n ON n."id" = l."nodeId"
        WHERE l."versionId" = r."liveVersionId" AND l."desire" = 'present' AND NOT n."standalone" AND n."poolId" = p."id"
      )))
    )
    ORDER BY 1`;
  return rows.map(({ id }) => id);
}

/** How many versions somebody put on this node by hand, and that are needed by nobody else and on no other node. */
export const versionsHeldOnlyOn = (tx: Tx, nodeId: string): Promise<number> =>
  tx.client.placement.count({
    where: {
      nodeId,
      holds: { some: {}, every: { holder: { startsWith: "stage:" } } },
      version: { placements: { none: { nodeId: { not: nodeId }, desire: "present" } } },
    },
  });

/** Gives up what these holders have of a version on some nodes. */
export async function dropHoldsOn(
  tx: Tx,
  dropped: { versionId: string; nodeIds: readonly string[]; holders: readonly string[] },
): Promise<void> {
  const placement = { versionId: dropped.versionId, nodeId: { in: [...dropped.nodeIds] } };
  await tx.client.hold.deleteMany({ where: { holder: { in: [...dropped.holders] }, placement } });
}
