import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { VersionState } from "../schema.ts";

type Place = { tenantId: string; storePath: string };

/** Makes a version a tombstone: its row, number, lora name and files' digests stay. */
export async function markDeleted(tx: Tx, versionId: string, change: { reason: string; at: Date }): Promise<void> {
  const { reason, at } = change;
  await tx.client.adapterVersion.updateMany({
    where: { AND: [{ id: versionId }, tenantWhere(tx.scope)] },
    data: { state: "deleted", stateReason: reason, stateChangedAt: at, generation: { increment: 1 } },
  });
}

/** Versions that still need a directory of the store, such as "support-bot v3". */
export async function usersOf(tx: Tx, { tenantId, storePath }: Place, exceptId = ""): Promise<string[]> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { AND: [{ tenantId, storePath, state: { not: "deleted" }, id: { not: exceptId } }, tenantWhere(tx.scope)] },
    orderBy: { id: "asc" },
    select: { number: true, adapter: { select: { slug: true } } },
  });
  return rows.map(({ number, adapter }) => `${adapter.slug} v${number}`);
}

/** Directories whose versions are all deleted, and that have not been removed; of one tenant, or of all. */
export async function abandonedPlaces(tx: Tx, limit: number, tenantId: string | null = null): Promise<Place[]> {
  return tx.client.$queryRaw<Place[]>`
    SELECT DISTINCT d."tenantId", d."storePath" FROM "AdapterVersion" d
    WHERE d."state" = 'deleted' AND d."storePath" IS NOT NULL AND (${tenantId}::text IS NULL OR d."tenantId" = ${tenantId})
      AND NOT EXISTS (
        SELECT 1 FROM "AdapterVersion" v
        WHERE v."tenantId" = d."tenantId" AND v."storePath" = d."storePath" AND v."state" <> 'deleted')
    ORDER BY 2 LIMIT ${limit}`;
}

/** Serialises taking a directory into use with its removal, until the transaction ends. */
export async function lockPlace(tx: Tx, storePath: string): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`stored:${storePath}`}, 0))`;
}

/** Notes that a directory is gone; a tombstone without a place has no bytes. */
export async function clearPlace(tx: Tx, { tenantId, storePath }: Place): Promise<void> {
  await tx.client.adapterVersion.updateMany({
    where: { tenantId, storePath, state: "deleted" },
    data: { storePath: null },
  });
}

/** Whether any version, or a draft that may have been moved there already, is meant to have its bytes in a directory. */
export async function isPlaceNamed(tx: Tx, storePath: string): Promise<boolean> {
  return (await tx.client.adapterVersion.count({ where: { storePath } })) > 0;
}

/** Files of drafts and of versions in checking of an adapter, for what their directory would be called. */
export async function unsettledManifests(tx: Tx, slugs: { tenant: string; adapter: string }) {
  const rows = await tx.client.adapterVersion.findMany({
    where: {
      state: { in: ["draft", "checking"] },
      adapter: { slug: slugs.adapter, tenant: { slug: slugs.tenant } },
    },
    select: { files: { select: { path: true, sizeBytes: true, sha256: true } } },
  });
  return rows.map(({ files }) => files.map((file) => ({ ...file, sizeBytes: Number(file.sizeBytes) })));
}

/** Whether the catalog has an adapter whose versions would be stored under these names. */
export async function isAdapterKnown(tx: Tx, slugs: { tenant: string; adapter: string }): Promise<boolean> {
  const where = { slug: slugs.adapter, tenant: { slug: slugs.tenant } };
  return (await tx.client.adapter.count({ where })) > 0;
}

/** How many versions with these bytes have lost them: when it grew, whoever found them in the store must look again. */
export async function countRemoved(tx: Tx, bytes: { tenantId: string; digest: string }): Promise<number> {
  const where = { ...bytes, state: "deleted", storePath: null } as const;
  return tx.client.adapterVersion.count({ where: { AND: [where, tenantWhere(tx.scope)] } });
}

/** Moves a version from one state to another, if it still is in the first. */
export async function moveState(
  tx: Tx,
  versionId: string,
  move: { from: VersionState; to: VersionState; reason: string | null; at: Date },
): Promise<boolean> {
  const { from, to, reason, at } = move;
  const { count } = await tx.client.adapterVersion.updateMany({
    where: { AND: [{ id: versionId, state: from }, tenantWhere(tx.scope)] },
    data: {
      state: to,
      stateReason: reason,
      stateChangedAt: at,
      ...(from === to ? {} : { generation: { increment: 1 } }),
    },
  });
  return count === 1;
}

/** Versions in checking that nobody has said to be at work on since a moment. */
export async function abandonedChecks(tx: Tx, before: Date): Promise<string[]> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { state: "checking", OR: [{ stateChangedAt: { lt: before } }, { stateChangedAt: null }] },
    orderBy: { id: "asc" },
    take: 100,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
