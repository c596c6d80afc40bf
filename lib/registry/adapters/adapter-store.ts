import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { contains } from "../contains.ts";
import type { Adapter } from "../schema.ts";

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
