import { type Ctx, systemRead } from "#lib/identity/ctx.ts";
import { clearRoutes, dropRetentions, getStep, versionsOfTenant } from "#lib/registry/offboarding/offboarding-store.ts";
import { recordOffboardingStep } from "#lib/registry/offboarding/record-offboarding-step.ts";
import { fencedStep, OFFBOARDING_ACTOR, type StepWorker } from "#lib/registry/offboarding/step-worker.ts";
import { RETENTION_HOLDER } from "../placing/place-adapters.ts";
import { settleRetention } from "../settle-retention.ts";
import { dropUnheld, lockPlacements } from "../store.ts";
import { judgePlacements, type ReleasedPlacement } from "./judge-placements.ts";
import {
  dropHoldsOfVersion,
  isAnythingHeld,
  listedNamesOfTenant,
  placementsOfTenant,
} from "./tenant-placement-store.ts";

/**
 * Takes a tenant's versions off every node: routes point nowhere, holds go, the reconcile loop unloads, and this watches
 * until no node lists any of them. A node that is away is waited for; the others go on.
 */
export const releaseTenant: StepWorker = {
  step: "placements",
  async advance({ deps, fence, tenant }) {
    const isHeld = await systemRead(deps, OFFBOARDING_ACTOR, ({ tx }) => isAnythingHeld(tx, tenant.id));
    await fencedStep(deps, fence, async (ctx) => {
      const wasLive = isHeld ? await releaseHold(ctx, tenant.id) : [];
      const { tx } = ctx;
      const before = (await getStep(tx, tenant.id, "placements"))?.record ?? {};
      const judged = judgePlacements(
        (before.placements ?? []) as ReleasedPlacement[],
        await placementsOfTenant(tx, tenant.id),
        await listedNamesOfTenant(tx, tenant.id),
        ctx.clock.now(),
      );
      await recordOffboardingStep(ctx, {
        tenantId: tenant.id,
        step: "placements",
        state: judged.state,
        message: judged.message,
        record: { ...judged.record, ...(wasLive.length > 0 ? { wasLive } : {}) },
      });
    });
  },
};

/** Nobody needs any of it any more. @returns what was live */
async function releaseHold(ctx: Ctx, tenantId: string) {
  const { tx } = ctx;
  const versionIds = (await versionsOfTenant(tx, tenantId)).map(({ id }) => id).sort();
  for (const versionId of versionIds) await lockPlacements(tx, versionId);
  const wasLive = await clearRoutes(tx, tenantId);
  for (const versionId of versionIds) {
    await dropHoldsOfVersion(tx, versionId);
    await dropUnheld(tx, versionId);
  }
  await dropRetentions(tx, tenantId, [RETENTION_HOLDER]);
  for (const versionId of versionIds) await settleRetention(ctx, versionId);
  return wasLive;
}
