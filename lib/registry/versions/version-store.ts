import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import { requireStaying } from "#lib/identity/tenant-access-store.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { CheckOutcome } from "../checks/check-artifact.ts";
import type { CheckReport, Origin, Version, VersionFile, VersionState } from "../schema.ts";
import { draftExpiresAt } from "./draft-expiry.ts";
import { toRollback } from "./rollback-store.ts";
import { aliasesOf, statusOf } from "./version-status.ts";

const VERSION = {
  tenant: { select: { slug: true, name: true } },
  adapter: {
    select: { slug: true, poolId: true, route: { select: { liveVersionId: true, previousVersionId: true } } },
  },
  files: { orderBy: { path: "asc" } },
  retentions: { select: { holder: true } },
} as const satisfies Prisma.AdapterVersionInclude;

/** A version as other rooms use it: what the API shows, and where its bytes are. */
export type VersionRecord = Version & {
  poolId: string;
  /** Below the adapter store; null until the checks have passed. */
  storePath: string | null;
};

const toVersion = (row: Prisma.AdapterVersionGetPayload<{ include: typeof VERSION }>): VersionRecord => {
  const { tenant, adapter, files, updatedAt, checkReport, origin, retentions, moduleNorms, ...columns } = row;
  const { rolledBackAt, rolledBackBy, rolledBackReason, rolledBackCutoverId, ...version } = columns;
  const rollback = toRollback({ rolledBackAt, rolledBackBy, rolledBackReason, rolledBackCutoverId });
  const aliases = aliasesOf(row.id, adapter.route, retentions);
  const times = { createdAt: row.createdAt.toISOString(), files: files.map(toFile) };
  return {
    ...version,
    tenantSlug: tenant.slug,
    tenantName: tenant.name,
    adapterSlug: adapter.slug,
    poolId: adapter.poolId,
    sizeBytes: Number(row.sizeBytes),
    checkReport: checkReport as CheckReport | null,
    origin: origin as Origin,
    ...times,
    expiresAt: row.state === "draft" ? draftExpiresAt(times) : null,
    status: statusOf({ state: row.state, aliases, retentions, wasRolledBack: rollback !== null }),
    rollback,
    aliases,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    stateChangedAt: row.stateChangedAt?.toISOString() ?? null,
  };
};

const toFile = (file: {
  path: string;
  sizeBytes: bigint;
  receivedBytes: bigint;
  sha256: string | null;
  expectedSha256: string | null;
  receivedAt: Date | null;
}): VersionFile => ({
  path: file.path,
  sizeBytes: Number(file.sizeBytes),
  receivedBytes: Number(file.receivedBytes),
  sha256: file.sha256,
  expectedSha256: file.expectedSha256,
  receivedAt: file.receivedAt?.toISOString() ?? null,
});

export async function getVersion(tx: Tx, versionId: string): Promise<VersionRecord | null> {
  const row = await tx.client.adapterVersion.findFirst({
    where: { AND: [{ id: versionId }, tenantWhere(tx.scope)] },
    include: VERSION,
  });
  return row && toVersion(row);
}

export type VersionFilter = PageQuery & {
  adapterId?: string;
  tenantId?: string;
  state?: VersionState;
  digest?: string;
};

export async function listVersions(tx: Tx, filter: VersionFilter): Promise<Page<VersionRecord>> {
  const { adapterId, tenantId, state, digest } = filter;
  const rows = await tx.client.adapterVersion.findMany({
    ...pageArgs(filter),
    where: {
      AND: [
        tenantWhere(tx.scope),
        adapterId ? { adapterId } : {},
        tenantId ? { tenantId } : {},
        state ? { state } : {},
        digest ? { digest: { startsWith: digest } } : {},
      ],
    },
    include: VERSION,
  });
  return toPage(rows.map(toVersion), filter.limit);
}

/** A stored version of the same tenant whose bytes are promised to be exactly these; another tenant's must never be told apart. */
export async function findStored(
  tx: Tx,
  tenantId: string,
  digest: string,
): Promise<{ storePath: string; number: number; adapterSlug: string } | null> {
  const row = await tx.client.adapterVersion.findFirst({
    where: {
      AND: [{ tenantId, digest, storePath: { not: null }, state: { in: ["ready", "retired"] } }, tenantWhere(tx.scope)],
    },
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
  /** `sha256`: it is there already; `expectedSha256`: what must arrive. */
  files: readonly { path: string; sizeBytes: number; sha256?: string; expectedSha256?: string }[];
  at: Date;
};

/** @throws AppError `conflict` (`tenant_leaving`) */
export async function insertVersion(tx: Tx, input: NewVersion): Promise<VersionRecord> {
  await requireStaying(tx, input.tenantId);
  const { files, at, ...version } = input;
  const row = await tx.client.adapterVersion.create({
    data: {
      ...version,
      sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      files: {
        create: files.map(({ path, sizeBytes, sha256, expectedSha256 }) => ({
          id: newId("file"),
          tenantId: input.tenantId,
          path,
          sizeBytes,
          expectedSha256: expectedSha256 ?? null,
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
  if (draft?.state !== "draft" || file === null) return null;
  const row = await tx.client.versionFile.update({
    where: { id: file.id },
    data: { receivedBytes: file.sizeBytes, sha256: input.sha256, receivedAt: input.at },
  });
  return toFile(row);
}

export type LockedVersion = { state: VersionState; tenantId: string; number: number };

/** Holds a version's row until the transaction ends. @returns what it says, or null when there is none in this scope */
export async function lockVersion(tx: Tx, versionId: string): Promise<LockedVersion | null> {
  const [row] = await tx.client.$queryRaw<LockedVersion[]>`
    SELECT "state"::text AS "state", "tenantId", "number" FROM "AdapterVersion" WHERE "id" = ${versionId} FOR UPDATE`;
  const isOurs = row !== undefined && (tx.scope.kind === "platform" || tx.scope.tenantId === row.tenantId);
  return isOurs ? row : null;
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
  { facts, checkReport, moduleNorms, ...rest }: CheckOutcome,
): Promise<VersionRecord> =>
  changeVersion(tx, id, {
    verifiedAt: rest.state === "ready" ? checkReport.checkedAt : null,
    stateChangedAt: checkReport.checkedAt,
    ...rest,
    ...(facts ?? {}),
    checkReport: checkReport as Prisma.InputJsonObject,
    ...(moduleNorms === null ? {} : { moduleNorms }),
  });

export const setVersionState = (tx: Tx, id: string, state: VersionState): Promise<VersionRecord> =>
  changeVersion(tx, id, { state });

/** The states of those of these ids that are versions. */
export async function statesOf(tx: Tx, versionIds: readonly string[]): Promise<Map<string, VersionState>> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { AND: [{ id: { in: [...versionIds] } }, tenantWhere(tx.scope)] },
    select: { id: true, state: true },
  });
  return new Map(rows.map(({ id, state }) => [id, state]));
}
