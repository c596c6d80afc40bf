import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Endpoint, EndpointUse } from "../browser/endpoint-schema.ts";

const NAME = { orderBy: { id: "asc" }, select: { id: true, name: true } } as const;
/** With the routes, tenants and pools that name it; a route also after its origin was switched off. */
const USED = {
  tenant: { select: { name: true } },
  originOf: {
    orderBy: { id: "asc" },
    select: { adapter: { select: { id: true, slug: true, tenant: { select: { slug: true } } } } },
  },
  hostedTenants: NAME,
  hostedPools: NAME,
} as const satisfies Prisma.EndpointInclude;
type EndpointRow = Prisma.EndpointGetPayload<{ include: typeof USED }>;

/** An endpoint as this room uses it: with the sealed key, which no route returns. */
export type EndpointRecord = Endpoint & { sealedKey: string | null };

export const withoutKey = ({ sealedKey, ...endpoint }: EndpointRecord): Endpoint => endpoint;

const use = (kind: EndpointUse["kind"], { id, name }: Pick<EndpointUse, "id" | "name">): EndpointUse => ({
  kind,
  id,
  name,
});

function toRecord(row: EndpointRow): EndpointRecord {
  const { tenant: owner, originOf, hostedTenants, hostedPools, updatedAt, createdAt, costPerMonth, ...endpoint } = row;
  return {
    ...endpoint,
    tenantName: owner?.name ?? null,
    hasKey: endpoint.sealedKey !== null,
    costPerMonth: costPerMonth === null ? null : costPerMonth.toNumber(),
    usedBy: [
      ...originOf.map(({ adapter: { id, slug, tenant } }) => use("origin", { id, name: `${tenant.slug}/${slug}` })),
      ...hostedTenants.map((one) => use("tenant", one)),
      ...hostedPools.map((one) => use("pool", one)),
    ],
    createdAt: createdAt.toISOString(),
  };
}

type EndpointFilter = PageQuery & { tenantId?: string };

/** With a tenant, only those that may answer for it. */
export async function listEndpoints(tx: Tx, { tenantId, ...query }: EndpointFilter): Promise<Page<Endpoint>> {
  const rows = await tx.client.endpoint.findMany({
    ...pageArgs(query),
    where: tenantId === undefined ? {} : { OR: [{ tenantId: null }, { tenantId }] },
    include: USED,
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map((row) => withoutKey(toRecord(row))) };
}

export async function findEndpoint(tx: Tx, endpointId: string): Promise<EndpointRecord | null> {
  const row = await tx.client.endpoint.findUnique({ where: { id: endpointId }, include: USED });
  return row && toRecord(row);
}

/** Keeps an endpoint from being removed until the transaction ends. @returns null when there is none */
export async function keepEndpoint(tx: Tx, endpointId: string): Promise<{ tenantId: string | null } | null> {
  const [row] = await tx.client.$queryRaw<{ tenantId: string | null }[]>`
    SELECT "tenantId" FROM "Endpoint" WHERE "id" = ${endpointId} FOR SHARE`;
  return row ?? null;
}

/** Waits for whoever is about to use an endpoint, and keeps others from doing so until the transaction ends. */
export async function lockEndpoint(tx: Tx, endpointId: string): Promise<void> {
  await tx.client.$queryRaw`SELECT 1 AS "locked" FROM "Endpoint" WHERE "id" = ${endpointId} FOR UPDATE`;
}

export const isTenantKnown = async (tx: Tx, tenantId: string): Promise<boolean> =>
  (await tx.client.tenant.count({ where: { id: tenantId } })) > 0;

export type EndpointFields = Pick<
  EndpointRecord,
  "name" | "baseUrl" | "tenantId" | "model" | "sealedKey" | "gpus" | "costPerMonth"
>;

export async function insertEndpoint(tx: Tx, id: string, fields: EndpointFields): Promise<void> {
  await tx.client.endpoint.create({ data: { id, ...fields }, select: { id: true } });
}

/** @returns false when it was changed since `generation` */
export async function saveEndpoint(
  tx: Tx,
  id: string,
  generation: number,
  fields: Partial<EndpointFields>,
): Promise<boolean> {
  const { count } = await tx.client.endpoint.updateMany({
    where: { id, generation },
    data: { ...fields, generation: { increment: 1 } },
  });
  return count === 1;
}

export async function deleteEndpoint(tx: Tx, id: string): Promise<void> {
  await tx.client.endpoint.deleteMany({ where: { id } });
}

/** Forgets which endpoints a leaving tenant used, and those that were its alone with their keys. @returns their names */
export async function forgetEndpointsOf(tx: Tx, tenantId: string): Promise<string[]> {
  await tx.client.route.updateMany({
    where: { tenantId, originEndpointId: { not: null } },
    data: { originEndpointId: null, originUntil: null, originEndedAt: null, generation: { increment: 1 } },
  });
  await tx.client.tenant.updateMany({
    where: { id: tenantId, hostedEndpointId: { not: null } },
    data: { hostedEndpointId: null, generation: { increment: 1 } },
  });
  const rows = await tx.client.endpoint.findMany({ where: { tenantId }, select: { name: true } });
  await tx.client.endpoint.deleteMany({ where: { tenantId } });
  return rows.map(({ name }) => name);
}
