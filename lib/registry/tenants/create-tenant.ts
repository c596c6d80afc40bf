import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type AppError, conflict } from "#lib/platform/errors.ts";
import type { CreateTenant, Tenant } from "../schema.ts";
import { initialReleasePolicy } from "./initial-policy-store.ts";
import { requireHostedEndpoint } from "./require-hosted-endpoint.ts";
import { insertTenant } from "./tenant-store.ts";

/** Its release policy is the one that the platform has for new tenants. @throws AppError `conflict` (`slug_taken`), or `invalid` on hostedEndpointId */
export async function createTenant(ctx: Ctx, input: CreateTenant): Promise<Tenant> {
  await requireHostedEndpoint(ctx, { ...input, id: null });
  const tenant = await insertTenant(ctx.tx, { ...input, ...(await initialReleasePolicy(ctx.tx, ctx.clock.now())) });
  if (tenant === null) throw slugTaken(`There is already a tenant called ${input.slug}.`);
  await audit(ctx, {
    action: "tenant.create",
    object: { type: "tenant", id: tenant.id },
    tenantId: tenant.id,
    after: input,
  });
  return tenant;
}

export const slugTaken = (message: string): AppError => conflict("slug_taken", message, "Choose another slug.", "slug");
