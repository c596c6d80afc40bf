import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { requireStaying } from "#lib/identity/tenant-access-store.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Adapter, CreateAdapter } from "../schema.ts";
import { slugTaken } from "../tenants/create-tenant.ts";
import { requireHostedIn } from "../tenants/require-hosted-endpoint.ts";
import { lockTenant } from "../tenants/tenant-store.ts";
import { clearDefaultAdapter, countAdapters, insertAdapter } from "./adapter-store.ts";

/**
 * Adds an adapter to a tenant, with a route that points nowhere yet.
 * @throws AppError `not_found`, `invalid` (a pool that is unknown, or has not what the tenant falls back to), or `conflict` (`slug_taken`)
 */
export async function createAdapter(ctx: Ctx, input: CreateAdapter & { tenantId: string }): Promise<Adapter> {
  const { tenantId, poolId, slug, name } = input;
  const tenant = await lockTenant(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  await requireStaying(ctx.tx, tenantId);
  await requireHostedIn(ctx, tenant, poolId);
  const isDefault = input.isDefault ?? (await countAdapters(ctx.tx, tenantId)) === 0;
  if (isDefault) await clearDefaultAdapter(ctx.tx, tenantId);
  const adapter = await insertAdapter(ctx.tx, { tenantId, poolId, slug, name, isDefault });
  if (adapter === null) throw slugTaken(`${tenant.name} already has an adapter called ${slug}.`);
  await audit(ctx, {
    action: "adapter.create",
    object: { type: "adapter", id: adapter.id },
    tenantId,
    after: { poolId, slug, name, isDefault },
  });
  return adapter;
}
