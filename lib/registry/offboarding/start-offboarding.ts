import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import type { StartOffboarding } from "../browser/offboarding-schema.ts";
import { getTenant, lockTenant } from "../tenants/tenant-store.ts";
import { getStep, insertSteps, setTenantStatus } from "./offboarding-store.ts";
import { recordOffboardingStep } from "./record-offboarding-step.ts";

/**
 * Begins to take a tenant away: from this commit on the gateway refuses its requests, and the loop does the rest. It
 * cannot be stopped or undone; suspending is what can. Asked again it is the same job, and may add the restarts.
 * @throws AppError `not_found`, `invalid` (`confirm_differs`), or `conflict` (`already_archived`)
 */
export async function startOffboarding(ctx: Ctx, input: StartOffboarding & { tenantId: string }): Promise<void> {
  const { tenantId, confirm, restartNodes } = input;
  const tenant = (await lockTenant(ctx.tx, tenantId)) && (await getTenant(ctx.tx, tenantId));
  if (!tenant) throw notFound("tenant");
  if (confirm !== tenant.slug)
    throw invalidField("confirm", "confirm_differs", "That is not the tenant's slug.", `Type ${tenant.slug}.`);
  const residency = await getStep(ctx.tx, tenantId, "residency");
  if (tenant.status === "archived" && !(restartNodes && residency?.state === "skipped"))
    throw conflict("already_archived", "The tenant is archived.", "Nothing needs doing.");
  if (residency === null) await begin(ctx, tenantId);
  if (restartNodes) {
    const message = residency === null ? "" : "Its nodes will be restarted.";
    await recordOffboardingStep(ctx, {
      tenantId,
      step: "residency",
      state: "waiting",
      message,
      record: { restartNodes },
    });
  }
  await audit(ctx, {
    action: "tenant.offboard",
    object: { type: "tenant", id: tenantId },
    tenantId,
    before: { status: tenant.status },
    after: { status: tenant.status === "archived" ? "archived" : "offboarding", restartNodes },
  });
}

async function begin(ctx: Ctx, tenantId: string): Promise<void> {
  await setTenantStatus(ctx.tx, tenantId, "offboarding");
  await insertSteps(ctx.tx, tenantId);
  await recordOffboardingStep(ctx, {
    tenantId,
    step: "traffic",
    state: "done",
    message: "The gateway refuses its requests with 403. Those that had begun may finish.",
    record: { startedBy: actorLabel(ctx.actor), at: ctx.clock.now().toISOString() },
  });
}
