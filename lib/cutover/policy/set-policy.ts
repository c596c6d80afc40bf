import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { requireStaying } from "#lib/identity/tenant-access-store.ts";
import { notFound } from "#lib/platform/errors.ts";
import { formatPolicy } from "../browser/format-policy.ts";
import { REACHES, type ReleasePolicy, type TenantReleasePolicy } from "../browser/policy-schema.ts";
import { readTenantPolicy, writeTenantPolicy } from "./policy-store.ts";

/** @throws AppError `not_found` */
export async function showPolicy(ctx: Ctx, tenantId: string): Promise<TenantReleasePolicy> {
  const found = await readTenantPolicy(ctx.tx, tenantId);
  if (found === null) throw notFound("tenant");
  const { policy, since, generation } = found;
  return { policy, since: since?.toISOString() ?? null, sentence: formatPolicy(policy), generation };
}

/**
 * Changes how far a tenant's new versions go by themselves, and who agrees first. One that reaches further than before does so
 * for versions that are added from now on; approvals that were asked for stay as they are.
 * @throws AppError `not_found`, `conflict` (`tenant_leaving`), `stale`
 */
export async function setPolicy(
  ctx: Ctx,
  { tenantId, policy, expectedGeneration }: { tenantId: string; policy: ReleasePolicy; expectedGeneration: number },
): Promise<TenantReleasePolicy> {
  const before = await readTenantPolicy(ctx.tx, tenantId);
  if (before === null) throw notFound("tenant");
  await requireStaying(ctx.tx, tenantId);
  const reachesFurther = REACHES.indexOf(policy.reach) > REACHES.indexOf(before.policy.reach);
  const since = before.since === null || reachesFurther ? ctx.clock.now() : before.since;
  if (!(await writeTenantPolicy(ctx.tx, tenantId, expectedGeneration, { policy, since }))) throw staleEdit();
  await audit(ctx, {
    action: "tenant.set_release_policy",
    object: { type: "tenant", id: tenantId },
    tenantId,
    before: before.policy,
    after: policy,
  });
  return showPolicy(ctx, tenantId);
}
