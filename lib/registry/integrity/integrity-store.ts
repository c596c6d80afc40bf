import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { StoredFile } from "../artifacts/artifact-files.ts";
import type { VersionState } from "../schema.ts";

const STORE_KEY = "adapter_store";
/** States in which a version's bytes are promised to be right. */
const PROMISED = ["ready", "retired"] as const satisfies VersionState[];

/** Id of the store that this catalog's versions are in; null before anything was stored. */
export async function readStoreId(tx: Tx): Promise<string | null> {
  const row = await tx.client.setting.findUnique({ where: { key: STORE_KEY }, select: { value: true } });
  const value = row?.value;
  return value && typeof value === "object" && "id" in value && typeof value.id === "string" ? value.id : null;
}

export async function saveStoreId(tx: Tx, id: string): Promise<void> {
  await tx.client.setting.upsert({
    where: { key: STORE_KEY },
    create: { key: STORE_KEY, value: { id } },
    update: { value: { id }, generation: { increment: 1 } },
  });
}

/** How many versions have bytes in the store, and where the newest of them are. */
export async function sampleStored(tx: Tx, most: number): Promise<{ count: number; storePaths: string[] }> {
  const where = { storePath: { not: null }, state: { in: [...PROMISED] } };
  const rows = await tx.client.adapterVersion.findMany({
    where,
    orderBy: { id: "desc" },
    take: most,
    select: { storePath: true },
  });
  const count = rows.length < most ? rows.length : await tx.client.adapterVersion.count({ where });
  return { count, storePaths: rows.flatMap(({ storePath }) => storePath ?? []) };
}

/** One directory of the store with what must be in it; several versions of a tenant may share it. */
export type StoredDirectory = { versionId: string; tenantId: string; storePath: string; files: StoredFile[] };

/**
 * Directories that nobody has proven since `before`, longest ago first; each once.
 * @param versionIds only of these
 */
export async function listDue(tx: Tx, before: Date, most: number): Promise<StoredDirectory[]> {
  const rows = await tx.client.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM (
      SELECT DISTINCT ON ("storePath") "id", "storePath", "verifiedAt" FROM "AdapterVersion"
      WHERE "state" IN ('ready', 'retired') AND "storePath" IS NOT NULL
      ORDER BY "storePath", "verifiedAt" DESC NULLS LAST
    ) AS newest
    WHERE "verifiedAt" IS NULL OR "verifiedAt" < ${before}
    ORDER BY "verifiedAt" ASC NULLS FIRST, "id" LIMIT ${most}`;
  const found = await readDirectories(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.flatMap(({ id }) => found.find(({ versionId }) => versionId === id) ?? []);
}

/** Where one version's bytes are; null when it has none that are promised to be right. */
export async function readDirectory(tx: Tx, versionId: string): Promise<StoredDirectory | null> {
  return (await readDirectories(tx, [versionId]))[0] ?? null;
}

async function readDirectories(tx: Tx, versionIds: readonly string[]): Promise<StoredDirectory[]> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { AND: [{ id: { in: [...versionIds] }, state: { in: [...PROMISED] } }, tenantWhere(tx.scope)] },
    select: {
      id: true,
      tenantId: true,
      storePath: true,
      files: { select: { path: true, sizeBytes: true, sha256: true } },
    },
  });
  return rows.flatMap(({ id, tenantId, storePath, files }) =>
    storePath === null
      ? []
      : [
          {
            versionId: id,
            tenantId,
            storePath,
            files: files.map(({ path, sizeBytes, sha256 }) => ({
              path,
              sizeBytes: Number(sizeBytes),
              sha256: sha256 ?? "",
            })),
          },
        ],
  );
}

/** Notes on every version in this directory that its bytes were right. */
export async function stampVerified(tx: Tx, directory: Pick<StoredDirectory, "tenantId" | "storePath">, at: Date) {
  const { tenantId, storePath } = directory;
  await tx.client.adapterVersion.updateMany({
    where: { AND: [{ tenantId, storePath, state: { in: [...PROMISED] } }, tenantWhere(tx.scope)] },
    data: { verifiedAt: at },
  });
}

/** Bars every version in this directory whose bytes were promised to be right. @returns which, by number */
export async function barDirectory(
  tx: Tx,
  directory: Pick<StoredDirectory, "tenantId" | "storePath">,
  change: { reason: string; at: Date },
): Promise<{ id: string; number: number; adapterId: string; state: VersionState }[]> {
  const { tenantId, storePath } = directory;
  const rows = await tx.client.$queryRaw<{ id: string; number: number; adapterId: string; state: VersionState }[]>`
    SELECT "id", "number", "adapterId", "state"::text AS "state" FROM "AdapterVersion"
    WHERE "tenantId" = ${tenantId} AND "storePath" = ${storePath} AND "state" IN ('ready', 'retired')
    ORDER BY "id" FOR UPDATE`;
  await tx.client.adapterVersion.updateMany({
    where: { AND: [{ id: { in: rows.map(({ id }) => id) } }, tenantWhere(tx.scope)] },
    data: {
      state: "quarantined",
      stateReason: change.reason,
      stateChangedAt: change.at,
      generation: { increment: 1 },
    },
  });
  return rows;
}

/** Whether a version that may be loaded has its bytes there. */
export async function isDirectoryInUse(tx: Tx, tenantId: string, storePath: string): Promise<boolean> {
  const where = { tenantId, storePath, state: { in: [...PROMISED] } };
  return (await tx.client.adapterVersion.count({ where: { AND: [where, tenantWhere(tx.scope)] } })) > 0;
}

/** What `GET /store` tells of the catalog's side. Bytes of a directory count once. */
export async function readStoreCounts(tx: Tx, provenSince: Date) {
  const [row] = await tx.client.$queryRaw<
    { versions: bigint; verified: bigint; quarantined: bigint; oldest: Date | null; bytes: bigint }[]
  >`
    SELECT count(*) FILTER (WHERE "state" IN ('ready', 'retired')) AS "versions",
      count(*) FILTER (WHERE "state" IN ('ready', 'retired') AND "verifiedAt" >= ${provenSince}) AS "verified",
      count(*) FILTER (WHERE "state" = 'quarantined') AS "quarantined",
      CASE WHEN bool_or("verifiedAt" IS NULL) FILTER (WHERE "state" IN ('ready', 'retired')) THEN NULL
        ELSE min("verifiedAt") FILTER (WHERE "state" IN ('ready', 'retired')) END AS "oldest",
      coalesce((SELECT sum("size") FROM (
        SELECT max("sizeBytes") AS "size" FROM "AdapterVersion"
        WHERE "state" IN ('ready', 'retired') AND "storePath" IS NOT NULL GROUP BY "storePath") AS each), 0)::bigint AS "bytes"
    FROM "AdapterVersion" WHERE "storePath" IS NOT NULL`;
  return {
    versions: Number(row?.versions ?? 0),
    verified: Number(row?.verified ?? 0),
    quarantined: Number(row?.quarantined ?? 0),
    oldestVerifiedAt: row?.oldest?.toISOString() ?? null,
    bytes: Number(row?.bytes ?? 0),
  };
}
