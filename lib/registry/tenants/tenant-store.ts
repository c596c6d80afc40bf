import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { CreateTenant, Tenant, TenantStatus, UpdateTenant } from "../schema.ts";

/** A tenant is its own scope: its id is what other tables call tenantId. */
const ownTenant = (tx: Tx): Prisma.TenantWhereInput => (tx.scope.kind === "tenant" ? { id: tx.scope.tenantId } : {});

const TENANT = { _count: { select: { adapters: true } } } as const;

const toTenant = ({
  _count,
  updatedAt,
  releasePolicy: _ofCutover,
  ...row
}: Prisma.TenantGetPayload<{ include: typeof TENANT }>): Tenant => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  adapterCount: _count.adapters,
});

export async function getTenant(tx: Tx, tenantId: string): Promise<Tenant | null> {
  const row = await tx.client.tenant.findFirst({ where: { AND: [{ id: tenantId }, ownTenant(tx)] }, include: TENANT });
  return row && toTenant(row);
}

/** Without a status archived tenants are left out. */
export type TenantFilter = PageQuery & { q?: string; status?: TenantStatus };

export async function listTenants(tx: Tx, filter: TenantFilter): Promise<Page<Tenant>> {
  const { q, status } = filter;
  const rows = await tx.client.tenant.findMany({
    ...pageArgs(filter),
    where: {
      AND: [
        ownTenant(tx),
        status ? { status } : { status: { not: "archived" } },
        q ? { OR: [{ slug: contains(q) }, { name: contains(q) }] } : {},
      ],
    },
    include: TENANT,
  });
  return toPage(rows.map(toTenant), filter.limit);
}

/** @returns null when the slug is taken; the transaction is then lost */
export async function insertTenant(
  tx: Tx,
  input: CreateTenant & Pick<Prisma.TenantCreateInput, "releasePolicy">,
): Promise<Tenant | null> {
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

export type LockedTenant = Pick<Tenant, "slug" | "name" | "fallback" | "hostedEndpointId">;

/** Serialises changes to what belongs to one tenant, such as which adapter is its default. */
export async function lockTenant(tx: Tx, tenantId: string): Promise<LockedTenant | null> {
  if (tx.scope.kind === "tenant" && tx.scope.tenantId !== tenantId) return null;
  const [row] = await tx.client.$queryRaw<LockedTenant[]>`
    SELECT "slug", "name", "fallback", "hostedEndpointId" FROM "Tenant" WHERE "id" = ${tenantId} FOR UPDATE`;
  return row ?? null;
}

/**
 * Names of the pools of a tenant's adapters that have no hosted provider; null = it has no adapter. None of the pools can
 * lose its provider until the transaction ends.
 */
export async function poolsWithoutHosted(tx: Tx, tenantId: string): Promise<string[] | null> {
  const pools = await tx.client.$queryRaw<{ name: string; hostedEndpointId: string | null }[]>`
    SELECT p."name", p."hostedEndpointId" FROM "Adapter" a JOIN "Pool" p ON p."id" = a."poolId"
    WHERE a."tenantId" = ${tenantId} ORDER BY a."id" FOR SHARE OF p`;
  if (pools.length === 0) return null;
  return [...new Set(pools.flatMap(({ name, hostedEndpointId }) => (hostedEndpointId === null ? name : [])))];
}

/** Matches text anywhere, whatever its case; for a Prisma filter. */
const contains = (text: string) => ({ contains: text, mode: "insensitive" as const });
