import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { requireStaying } from "#lib/identity/tenant-access-store.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Tenant, UpdateTenant } from "../schema.ts";
import { requireHostedEndpoint } from "./require-hosted-endpoint.ts";
import { changeTenant, getTenant, lockTenant } from "./tenant-store.ts";

/**
 * Changes a tenant's name, fallback, limits, access to the base model, or suspends it.
 * @throws AppError `not_found`, `conflict` (`tenant_leaving`), `invalid` on hostedEndpointId, or `stale` when it was edited
 * since the caller read it
 */
export async function updateTenant(
  ctx: Ctx,
  input: { tenantId: string; expectedGeneration: number; change: UpdateTenant },
): Promise<Tenant> {
  const before = await getTenant(ctx.tx, input.tenantId);
  if (before === null) throw notFound("tenant");
  await requireStaying(ctx.tx, before.id);
  if (input.change.fallback !== undefined || input.change.hostedEndpointId !== undefined) {
    await lockTenant(ctx.tx, before.id); // whoever is adding an adapter goes by the policy it has
    await requireHostedEndpoint(ctx, { ...before, ...input.change });
  }
  if (!(await changeTenant(ctx.tx, before.id, input.expectedGeneration, input.change))) throw staleEdit();
  const after = await getTenant(ctx.tx, before.id);
  if (after === null) throw notFound("tenant");
  const changed = Object.keys(input.change) as (keyof UpdateTenant)[];
  await audit(ctx, {
    action: "tenant.update",
    object: { type: "tenant", id: before.id },
    tenantId: before.id,
    before: Object.fromEntries(changed.map((key) => [key, before[key]])),
    after: Object.fromEntries(changed.map((key) => [key, after[key]])),
  });
  return after;
}
