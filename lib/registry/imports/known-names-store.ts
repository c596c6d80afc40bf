import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { CheckReport, Finding, VersionState } from "../schema.ts";
import type { KnownAdapter, KnownBytes, KnownNames, KnownTenant } from "./judge-names.ts";

/** Tenants by slug, with all their adapters. */
export async function readOwners(
  tx: Tx,
  tenantSlugs: readonly string[],
): Promise<{ tenants: KnownTenant[]; adapters: KnownAdapter[] }> {
  const tenants = await tx.client.tenant.findMany({
    where: { slug: { in: [...new Set(tenantSlugs)] } },
    select: { id: true, slug: true, name: true, status: true },
  });
  const adapters = await tx.client.adapter.findMany({
    where: { AND: [{ tenantId: { in: tenants.map(({ id }) => id) } }, tenantWhere(tx.scope)] },
    select: { id: true, tenantId: true, slug: true, name: true, poolId: true, isDefault: true },
    orderBy: { id: "asc" },
  });
  return { tenants, adapters };
}

/** What the catalog holds under these names and bytes. */
export async function readKnownNames(
  tx: Tx,
  poolId: string,
  rows: readonly { tenantSlug: string; digest: string | null }[],
): Promise<KnownNames> {
  const owners = await readOwners(
    tx,
    rows.map(({ tenantSlug }) => tenantSlug),
  );
  return { poolId, ...owners, bytes: await readBytes(tx, owners.tenants, rows) };
}

async function readBytes(
  tx: Tx,
  tenants: readonly KnownTenant[],
  rows: readonly { digest: string | null }[],
): Promise<KnownBytes[]> {
  const digests = [...new Set(rows.flatMap(({ digest }) => digest ?? []))];
  if (digests.length === 0 || tenants.length === 0) return [];
  const versions = await tx.client.adapterVersion.findMany({
    where: {
      AND: [
        { tenantId: { in: tenants.map(({ id }) => id) }, digest: { in: digests }, state: "ready" },
        tenantWhere(tx.scope),
      ],
    },
    select: { tenantId: true, digest: true, adapterId: true, number: true, adapter: { select: { slug: true } } },
    orderBy: { id: "desc" },
  });
  return versions.flatMap(({ adapter, digest, ...version }) =>
    digest === null ? [] : [{ ...version, digest, adapterSlug: adapter.slug }],
  );
}

/** A ready version of an adapter with exactly these bytes, the newest first. */
export async function findReadyVersion(
  tx: Tx,
  adapterId: string,
  digest: string,
): Promise<{ id: string; number: number } | null> {
  return tx.client.adapterVersion.findFirst({
    where: { AND: [{ adapterId, digest, state: "ready" }, tenantWhere(tx.scope)] },
    select: { id: true, number: true },
    orderBy: { id: "desc" },
  });
}

/** Tenants and adapters that a pool serves today. */
export async function countInPool(tx: Tx, poolId: string): Promise<{ tenantIds: Set<string>; adapters: number }> {
  const adapters = await tx.client.adapter.findMany({
    where: { AND: [{ poolId }, tenantWhere(tx.scope)] },
    select: { tenantId: true },
  });
  return { tenantIds: new Set(adapters.map(({ tenantId }) => tenantId)), adapters: adapters.length };
}

/** What became of a row's version; `rejected` = what the server's checks said, where they refused it. */
export type VersionOfRow = {
  state: VersionState;
  number: number;
  /** Live, or kept on nodes by somebody. */
  isInUse: boolean;
  rejected: Finding[] | null;
};

/** Versions by id: what came of rows. */
export async function readVersionStates(tx: Tx, versionIds: readonly string[]): Promise<Map<string, VersionOfRow>> {
  const where = { AND: [{ id: { in: [...versionIds] } }, tenantWhere(tx.scope)] };
  const rows = await tx.client.adapterVersion.findMany({
    where,
    select: {
      id: true,
      state: true,
      number: true,
      retentions: { select: { holder: true }, take: 1 },
      adapter: { select: { route: { select: { liveVersionId: true } } } },
    },
  });
  const refused = await tx.client.adapterVersion.findMany({
    where: { AND: [...where.AND, { state: "rejected" }] },
    select: { id: true, checkReport: true },
  });
  const reports = new Map(refused.map(({ id, checkReport }) => [id, checkReport as CheckReport | null]));
  return new Map(
    rows.map(({ id, state, number, retentions, adapter }) => [
      id,
      {
        state,
        number,
        isInUse: retentions.length > 0 || adapter.route?.liveVersionId === id,
        rejected: reports.get(id)?.findings ?? null,
      },
    ]),
  );
}
