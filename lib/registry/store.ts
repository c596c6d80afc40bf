import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { CheckOutcome } from "./check-artifact.ts";
import type {
  Adapter,
  CheckReport,
  CreateTenant,
  Origin,
  Tenant,
  TenantStatus,
  UpdateTenant,
  Version,
  VersionFile,
  VersionState,
} from "./schema.ts";

/** Runs an insert whose unique key may be taken; null = it is, and the transaction is lost. */
const orTaken = async <T>(insert: Promise<T>): Promise<T | null> => {
  try {
    return await insert;
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") return null;
    throw error;
  }
};

/** A tenant is its own scope: its id is what other tables call tenantId. */
const ownTenant = (tx: Tx): Prisma.TenantWhereInput => (tx.scope.kind === "tenant" ? { id: tx.scope.tenantId } : {});
const contains = (text: string) => ({ contains: text, mode: "insensitive" as const });

// --- tenants ---------------------------------------------------------------------------------------------------

const TENANT = { _count: { select: { adapters: true } } } as const;

const toTenant = ({ _count, updatedAt, ...row }: Prisma.TenantGetPayload<{ include: typeof TENANT }>): Tenant => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  adapterCount: _count.adapters,
});

export async function getTenant(tx: Tx, tenantId: string): Promise<Tenant | null> {
  const row = await tx.client.tenant.findFirst({ where: { AND: [{ id: tenantId }, ownTenant(tx)] }, include: TENANT });
  return row && toTenant(row);
}

export type TenantFilter = PageQuery & { q?: string; status?: TenantStatus };

export async function listTenants(tx: Tx, filter: TenantFilter): Promise<Page<Tenant>> {
  const { q, status } = filter;
  const rows = await tx.client.tenant.findMany({
    ...pageArgs(filter),
    where: {
      AND: [ownTenant(tx), status ? { status } : {}, q ? { OR: [{ slug: contains(q) }, { name: contains(q) }] } : {}],
    },
    include: TENANT,
  });
  return toPage(rows.map(toTenant), filter.limit);
}

/** @returns null when the slug is taken; the transaction is then lost */
export async function insertTenant(tx: Tx, input: CreateTenant): Promise<Tenant | null> {
  const row = await orTaken(tx.client.tenant.create({ data: { id: newId("tenant"), ...input }, include: TENANT }));
  return row && toTenant(row);
}

/** @returns false when the tenant is no longer at `generation` */
export async function changeTenant(
  tx: Tx,
  tenantId: string,
  generation: number,
  change: UpdateTenant,
): Promise<boolean> {
  const { count } = await tx.client.tenant.updateMany({
    where: { AND: [{ id: tenantId, generation }, ownTenant(tx)] },
    data: { ...change, generation: { increment: 1 } },
  });
  return count === 1;
}

/** Serialises changes to what belongs to one tenant, such as which adapter is its default. */
export async function lockTenant(tx: Tx, tenantId: string): Promise<{ slug: string; name: string } | null> {
  if (tx.scope.kind === "tenant" && tx.scope.tenantId !== tenantId) return null;
  const [row] = await tx.client.$queryRaw<{ slug: string; name: string }[]>`
    SELECT "slug", "name" FROM "Tenant" WHERE "id" = ${tenantId} FOR UPDATE`;
  return row ?? null;
}

// --- adapters and their routes ---------------------------------------------------------------------------------

const ADAPTER = {
  tenant: { select: { slug: true, name: true } },
  route: true,
  _count: { select: { versions: true } },
} as const;
type AdapterRow = Prisma.AdapterGetPayload<{ include: typeof ADAPTER }>;

/** Version numbers of the live and previous versions, which the route only names by id. */
async function versionNumbers(tx: Tx, rows: readonly AdapterRow[]): Promise<Map<string, number>> {
  const ids = rows.flatMap(({ route }) => [route?.liveVersionId, route?.previousVersionId]).filter((id) => id != null);
  const versions = await tx.client.adapterVersion.findMany({
    where: { AND: [{ id: { in: ids } }, tenantWhere(tx.scope)] },
    select: { id: true, number: true },
  });
  return new Map(versions.map(({ id, number }) => [id, number]));
}

const toAdapter = (row: AdapterRow, numbers: ReadonlyMap<string, number>): Adapter => {
  const { tenant, route, _count, updatedAt, ...adapter } = row;
  if (route === null) throw new Error(`adapter ${row.id} has no route`);
  const numberOf = (id: string | null) => (id === null ? null : (numbers.get(id) ?? null));
  return {
    ...adapter,
    tenantSlug: tenant.slug,
    tenantName: tenant.name,
    createdAt: row.createdAt.toISOString(),
    versionCount: _count.versions,
    route: {
      id: route.id,
      liveVersionId: route.liveVersionId,
      liveVersionNumber: numberOf(route.liveVersionId),
      previousVersionId: route.previousVersionId,
      previousVersionNumber: numberOf(route.previousVersionId),
      liveSince: route.liveSince?.toISOString() ?? null,
      generation: route.generation,
    },
  };
};

export async function getAdapter(tx: Tx, adapterId: string): Promise<Adapter | null> {
  const row = await tx.client.adapter.findFirst({
    where: { AND: [{ id: adapterId }, tenantWhere(tx.scope)] },
    include: ADAPTER,
  });
  return row && toAdapter(row, await versionNumbers(tx, [row]));
}

export type AdapterFilter = PageQuery & { tenantId?: string; poolId?: string; q?: string };

export async function listAdapters(tx: Tx, filter: AdapterFilter): Promise<Page<Adapter>> {
  const { tenantId, poolId, q } = filter;
  const matches = q ? { OR: [{ slug: contains(q) }, { name: contains(q) }, { tenant: { name: contains(q) } }] } : {};
  const rows = await tx.client.adapter.findMany({
    ...pageArgs(filter),
    where: { AND: [tenantWhere(tx.scope), tenantId ? { tenantId } : {}, poolId ? { poolId } : {}, matches] },
    include: ADAPTER,
  });
  const numbers = await versionNumbers(tx, rows);
  return toPage(
    rows.map((row) => toAdapter(row, numbers)),
    filter.limit,
  );
}

export const countAdapters = (tx: Tx, tenantId: string): Promise<number> =>
  tx.client.adapter.count({ where: { AND: [{ tenantId }, tenantWhere(tx.scope)] } });

export const clearDefaultAdapter = (tx: Tx, tenantId: string): Promise<unknown> =>
  tx.client.adapter.updateMany({
    where: { AND: [{ tenantId, isDefault: true }, tenantWhere(tx.scope)] },
    data: { isDefault: false, generation: { increment: 1 } },
  });

type NewAdapter = { tenantId: string; poolId: string; slug: string; name: string; isDefault: boolean };

/** The adapter and its route, which points nowhere yet. @returns null when the tenant already has this slug */
export async function insertAdapter(tx: Tx, input: NewAdapter): Promise<Adapter | null> {
  const route = { create: { id: newId("route"), tenantId: input.tenantId } };
  const row = await orTaken(
    tx.client.adapter.create({ data: { id: newId("adapter"), ...input, route }, include: ADAPTER }),
  );
  return row && toAdapter(row, new Map());
}

type RouteMove = {
  adapterId: string;
  toVersionId: string | null;
  expectedLiveVersionId: string | null;
  isRollback: boolean;
  at: Date;
};

/** One pointer change; the old live version becomes the previous one, unless it is rolled back. @returns false when the route moved meanwhile */
export async function updateRoute(tx: Tx, move: RouteMove): Promise<boolean> {
  const { count } = await tx.client.route.updateMany({
    where: {
      AND: [{ adapterId: move.adapterId, liveVersionId: move.expectedLiveVersionId }, tenantWhere(tx.scope)],
    },
    data: {
      liveVersionId: move.toVersionId,
      previousVersionId: move.isRollback ? null : move.expectedLiveVersionId,
      liveSince: move.toVersionId === null ? null : move.at,
      generation: { increment: 1 },
    },
  });
  return count === 1;
}

// --- versions --------------------------------------------------------------------------------------------------

const VERSION = {
  tenant: { select: { slug: true } },
  adapter: { select: { slug: true, poolId: true, route: { select: { liveVersionId: true } } } },
  files: { orderBy: { path: "asc" } },
} as const satisfies Prisma.AdapterVersionInclude;

/** A version as other rooms use it: what the API shows, and where its bytes are. */
export type VersionRecord = Version & {
  poolId: string;
  /** Below the adapter store; null until the checks have passed. */
  storePath: string | null;
};

const toVersion = (row: Prisma.AdapterVersionGetPayload<{ include: typeof VERSION }>): VersionRecord => {
  const { tenant, adapter, files, updatedAt, checkReport, origin, ...version } = row;
  return {
    ...version,
    tenantSlug: tenant.slug,
    adapterSlug: adapter.slug,
    poolId: adapter.poolId,
    sizeBytes: Number(row.sizeBytes),
    checkReport: checkReport as CheckReport | null,
    origin: origin as Origin,
    files: files.map(toFile),
    isLive: adapter.route?.liveVersionId === row.id,
    createdAt: row.createdAt.toISOString(),
  };
};

const toFile = (file: {
  path: string;
  sizeBytes: bigint;
  receivedBytes: bigint;
  sha256: string | null;
}): VersionFile => ({
  path: file.path,
  sizeBytes: Number(file.sizeBytes),
  receivedBytes: Number(file.receivedBytes),
  sha256: file.sha256,
});

export async function getVersion(tx: Tx, versionId: string): Promise<VersionRecord | null> {
  const row = await tx.client.adapterVersion.findFirst({
    where: { AND: [{ id: versionId }, tenantWhere(tx.scope)] },
    include: VERSION,
  });
  return row && toVersion(row);
}

export type VersionFilter = PageQuery & { adapterId?: string; tenantId?: string; state?: VersionState };

export async function listVersions(tx: Tx, filter: VersionFilter): Promise<Page<VersionRecord>> {
  const { adapterId, tenantId, state } = filter;
  const rows = await tx.client.adapterVersion.findMany({
    ...pageArgs(filter),
    where: {
      AND: [
        tenantWhere(tx.scope),
        adapterId ? { adapterId } : {},
        tenantId ? { tenantId } : {},
        state ? { state } : {},
      ],
    },
    include: VERSION,
  });
  return toPage(rows.map(toVersion), filter.limit);
}

/** A stored version of the same tenant with exactly these bytes; another tenant's must never be told apart. */
export async function findStored(
  tx: Tx,
  tenantId: string,
  digest: string,
): Promise<{ storePath: string; number: number; adapterSlug: string } | null> {
  const row = await tx.client.adapterVersion.findFirst({
    where: { AND: [{ tenantId, digest, storePath: { not: null } }, tenantWhere(tx.scope)] },
    orderBy: { id: "asc" },
    select: { storePath: true, number: true, adapter: { select: { slug: true } } },
  });
  return row?.storePath ? { storePath: row.storePath, number: row.number, adapterSlug: row.adapter.slug } : null;
}

/** The next number of an adapter. Locks the adapter until the transaction ends, so that no two versions share one. */
export async function nextVersionNumber(tx: Tx, adapterId: string): Promise<number> {
  await tx.client.$queryRaw`SELECT 1 AS "locked" FROM "Adapter" WHERE "id" = ${adapterId} FOR UPDATE`;
  const { _max } = await tx.client.adapterVersion.aggregate({ where: { adapterId }, _max: { number: true } });
  return (_max.number ?? 0) + 1;
}

export type NewVersion = {
  id: string;
  tenantId: string;
  adapterId: string;
  number: number;
  origin: Origin;
  files: readonly { path: string; sizeBytes: number; sha256?: string }[];
  at: Date;
};

export async function insertVersion(tx: Tx, input: NewVersion): Promise<VersionRecord> {
  const { files, at, ...version } = input;
  const row = await tx.client.adapterVersion.create({
    data: {
      ...version,
      sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      files: {
        create: files.map(({ path, sizeBytes, sha256 }) => ({
          id: newId("file"),
          tenantId: input.tenantId,
          path,
          sizeBytes,
          ...(sha256 === undefined ? {} : { receivedBytes: sizeBytes, sha256, receivedAt: at }),
        })),
      },
    },
    include: VERSION,
  });
  return toVersion(row);
}

/** @returns null when there is no such file, or its version is no longer a draft */
export async function markReceived(
  tx: Tx,
  input: { versionId: string; path: string; sha256: string; at: Date },
): Promise<VersionFile | null> {
  const draft = await lockVersion(tx, input.versionId);
  const file = await tx.client.versionFile.findFirst({
    where: { AND: [{ versionId: input.versionId, path: input.path }, tenantWhere(tx.scope)] },
  });
  if (draft !== "draft" || file === null) return null;
  const row = await tx.client.versionFile.update({
    where: { id: file.id },
    data: { receivedBytes: file.sizeBytes, sha256: input.sha256, receivedAt: input.at },
  });
  return toFile(row);
}

/** Holds a version's row until the transaction ends. @returns its state, or null when there is none in this scope */
export async function lockVersion(tx: Tx, versionId: string): Promise<VersionState | null> {
  const [row] = await tx.client.$queryRaw<{ state: VersionState; tenantId: string }[]>`
    SELECT "state"::text AS "state", "tenantId" FROM "AdapterVersion" WHERE "id" = ${versionId} FOR UPDATE`;
  if (row === undefined || (tx.scope.kind === "tenant" && tx.scope.tenantId !== row.tenantId)) return null;
  return row.state;
}

async function changeVersion(tx: Tx, id: string, data: Prisma.AdapterVersionUpdateInput): Promise<VersionRecord> {
  const row = await tx.client.adapterVersion.update({
    where: { id, ...tenantWhere(tx.scope) },
    data: { ...data, generation: { increment: 1 } },
    include: VERSION,
  });
  return toVersion(row);
}

export const writeOutcome = (
  tx: Tx,
  id: string,
  { facts, checkReport, ...rest }: CheckOutcome,
): Promise<VersionRecord> =>
  changeVersion(tx, id, { ...rest, ...(facts ?? {}), checkReport: checkReport as Prisma.InputJsonObject });

export const setVersionState = (tx: Tx, id: string, state: VersionState): Promise<VersionRecord> =>
  changeVersion(tx, id, { state });

/** Which of these ids are drafts, whose bytes may still be on their way. */
export async function draftsAmong(tx: Tx, versionIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { AND: [{ id: { in: [...versionIds] }, state: "draft" }, tenantWhere(tx.scope)] },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

// --- retention -------------------------------------------------------------------------------------------------

export async function listRetentions(tx: Tx, versionId: string): Promise<{ holder: string; reason: string }[]> {
  return tx.client.versionRetention.findMany({
    where: { AND: [{ versionId }, tenantWhere(tx.scope)] },
    select: { holder: true, reason: true },
    orderBy: { createdAt: "asc" },
  });
}

type Retention = { versionId: string; holder: string; tenantId: string; reason: string };

export async function upsertRetention(tx: Tx, retention: Retention): Promise<void> {
  const { versionId, holder, reason } = retention;
  await tx.client.versionRetention.upsert({
    where: { versionId_holder: { versionId, holder } },
    create: retention,
    update: { reason },
  });
}

export async function deleteRetention(tx: Tx, versionId: string, holder: string): Promise<void> {
  await tx.client.versionRetention.deleteMany({ where: { AND: [{ versionId, holder }, tenantWhere(tx.scope)] } });
}
