import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Condition, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { ProbeResult } from "./schema.ts";

const readCondition = (value: Prisma.JsonValue | null) => value as unknown as Condition | null;

/** Serialises everything that changes what a version's placements should be, until the transaction ends. */
export async function lockPlacements(tx: Tx, versionId: string): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`placements:${versionId}`}, 0))`;
}

export async function versionForPlacement(tx: Tx, versionId: string) {
  const row = await tx.client.adapterVersion.findFirst({
    where: { id: versionId, ...tenantWhere(tx.scope) },
    select: {
      id: true,
      tenantId: true,
      state: true,
      adapterId: true,
      adapter: { select: { poolId: true, replicas: true, route: { select: { liveVersionId: true } } } },
    },
  });
  if (!row) return null;
  const { adapter, ...version } = row;
  const { poolId, replicas } = adapter;
  return { ...version, poolId, replicas, isLive: adapter.route?.liveVersionId === row.id };
}

export type NewHold = { tenantId: string; versionId: string; nodeId: string; holder: string; reason: string };

/** Wants a version on a node on a holder's behalf; wanting it again after it was let go starts afresh. */
export async function wantPlacement(tx: Tx, { holder, reason, ...placement }: NewHold): Promise<void> {
  const key = { versionId_nodeId: { versionId: placement.versionId, nodeId: placement.nodeId } };
  const known = await tx.client.placement.findUnique({ where: key, select: { id: true, desire: true } });
  const fresh = { attempts: 0, nextAttemptAt: null, unloadedAt: null, unloadedEpoch: null } as const;
  const again = { desire: "present", generation: { increment: 1 }, ...fresh } as const;
  const { id } =
    known?.desire === "present"
      ? known
      : await tx.client.placement.upsert({
          where: key,
          create: { id: newId("placement"), ...placement },
          update: again,
          select: { id: true },
        });
  const hold = { placementId: id, tenantId: placement.tenantId, holder, reason };
  await tx.client.hold.createMany({ data: [hold], skipDuplicates: true });
}

/** Drops one holder's holds on a version. @returns how many there were */
export async function dropHolds(tx: Tx, versionId: string, holder: string): Promise<number> {
  const { count } = await tx.client.hold.deleteMany({ where: { holder, placement: { versionId } } });
  return count;
}

/** Whatever nobody holds any more should go. @returns how many placements that turned */
export async function dropUnheld(tx: Tx, versionId: string): Promise<number> {
  const { count } = await tx.client.placement.updateMany({
    where: { versionId, desire: "present", holds: { none: {} } },
    data: { desire: "absent", generation: { increment: 1 }, attempts: 0, nextAttemptAt: null },
  });
  return count;
}

/** Starts over what failed: a person asks for another try. */
export async function retryFailed(tx: Tx, versionId: string, nodeIds: readonly string[]): Promise<void> {
  await tx.client.placement.updateMany({
    where: { versionId, nodeId: { in: [...nodeIds] }, attempts: { gt: 0 } },
    data: { generation: { increment: 1 }, attempts: 0, nextAttemptAt: null },
  });
  await tx.client.registration.updateMany({
    where: { versionId, nodeId: { in: [...nodeIds] }, state: "failed" },
    data: { state: "loaded" },
  });
}

export async function holdersOfVersion(tx: Tx, versionId: string): Promise<string[]> {
  const rows = await tx.client.hold.findMany({ where: { placement: { versionId } }, select: { holder: true } });
  return [...new Set(rows.map(({ holder }) => holder))];
}

export const countHoldsOnNode = (tx: Tx, nodeId: string): Promise<number> =>
  tx.client.hold.count({ where: { placement: { nodeId } } });

/** How many nodes a version is, or may be, loaded on; and on how many it is unloaded, but its files may still be read. */
export async function countPlacements(tx: Tx, versionId: string): Promise<{ loaded: number; unloaded: number }> {
  const rows = await tx.client.placement.findMany({ where: { versionId }, select: { unloadedAt: true } });
  const unloaded = rows.filter(({ unloadedAt }) => unloadedAt !== null).length;
  return { loaded: rows.length - unloaded, unloaded };
}

export async function versionsOnNode(tx: Tx, nodeId: string): Promise<string[]> {
  const rows = await tx.client.placement.findMany({ where: { nodeId }, select: { versionId: true } });
  return rows.map(({ versionId }) => versionId);
}

/** Every hold on the given nodes of adapters that are wanted on all of them, and not on a number of their own. */
export async function holdsOnNodes(tx: Tx, nodeIds: readonly string[]) {
  const everywhere = { adapter: { replicas: null, pool: { replicas: null } } };
  const rows = await tx.client.hold.findMany({
    where: { placement: { nodeId: { in: [...nodeIds] }, desire: "present", version: everywhere } },
    select: { holder: true, reason: true, tenantId: true, placement: { select: { versionId: true, nodeId: true } } },
  });
  return rows.map(({ placement, ...hold }) => ({ ...hold, ...placement }));
}

export async function pageOfPlacements(tx: Tx, query: PageQuery & { versionId?: string; nodeId?: string }) {
  const { versionId, nodeId } = query;
  const wanted = { ...(versionId ? { versionId } : {}), ...(nodeId ? { nodeId } : {}), ...tenantWhere(tx.scope) };
  const rows = await tx.client.placement.findMany({ ...pageArgs(query), where: wanted });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map((row) => ({ ...row, condition: readCondition(row.condition) })) };
}

export async function getPlacement(tx: Tx, placementId: string) {
  const row = await tx.client.placement.findFirst({ where: { id: placementId, ...tenantWhere(tx.scope) } });
  return row && { ...row, condition: readCondition(row.condition) };
}

/** What the nodes say about the given versions. */
export async function registrationsOf(tx: Tx, versionIds: readonly string[]) {
  const rows = await tx.client.registration.findMany({
    where: { versionId: { in: [...versionIds] }, ...tenantWhere(tx.scope) },
    select: { versionId: true, nodeId: true, loadedAt: true, probe: true },
  });
  return rows.map((row) => ({ ...row, probe: row.probe as ProbeResult | null }));
}

/** Nodes and holds are the platform's: a tenant's transaction could not read them. */
export const nodeNames = (tx: Tx, nodeIds: readonly string[]) =>
  tx.client.node.findMany({ where: { id: { in: [...nodeIds] } }, select: { id: true, name: true } });

export const holdsOfPlacements = (tx: Tx, placementIds: readonly string[]) =>
  tx.client.hold.findMany({
    where: { placementId: { in: [...placementIds] } },
    orderBy: { holder: "asc" },
    select: { placementId: true, holder: true, reason: true },
  });

// --- the reconcile loop ----------------------------------------------------------------------------------------
