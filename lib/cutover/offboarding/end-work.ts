import { stopRunsOf } from "#lib/evals/running/stop-runs.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { recordOffboardingStep } from "#lib/registry/offboarding/record-offboarding-step.ts";
import { fencedStep, type StepWorker } from "#lib/registry/offboarding/step-worker.ts";
import { lockedCutover } from "../abort-cutover.ts";
import { canStep } from "../phases.ts";
import { openCutovers } from "../store.ts";
import { cutoverHolder, releaseHold } from "../switch-live.ts";
import { takeStep } from "../take-step.ts";

const REASON = "Its tenant is off-boarded.";

/** Ends what is under way for a tenant: its evaluations and its cutovers. */
export const endWork: StepWorker = {
  step: "work",
  advance: ({ deps, fence, tenant }) =>
    fencedStep(deps, fence, async (ctx) => {
      const cutovers: string[] = [];
      for (const { id } of (await openCutovers(ctx.tx)).filter(({ tenantId }) => tenantId === tenant.id))
        if (await endCutover(ctx, id)) cutovers.push(id);
      const runs = await stopRunsOf(ctx, tenant.id, REASON);
      const isQuiet = runs.length + cutovers.length === 0;
      await recordOffboardingStep(ctx, {
        tenantId: tenant.id,
        step: "work",
        state: "done",
        message: isQuiet
          ? "Nothing was under way."
          : `Evaluations cancelled: ${runs.length}. Cutovers ended: ${cutovers.length}.`,
        record: { runs, cutovers, at: ctx.clock.now().toISOString() },
      });
    }),
};

/** Aborted where that is still possible; otherwise it ends where it stands, since nothing is routed any more. */
async function endCutover(ctx: Ctx, cutoverId: string): Promise<boolean> {
  const cutover = await lockedCutover(ctx, cutoverId);
  const { phase } = cutover;
  const end = canStep(phase, "aborted") ? "aborted" : "rolled_back";
  if (!canStep(phase, end)) return false;
  await takeStep(ctx, cutover, { phase: end, reason: REASON, message: REASON });
  await releaseHold(ctx, { versionId: cutover.toVersionId, holder: cutoverHolder(cutover.id) });
  await audit(ctx, {
    action: "cutover.abort",
    object: { type: "cutover", id: cutoverId },
    tenantId: cutover.tenantId,
    before: { phase },
    after: { phase: end },
    reason: REASON,
  });
  return true;
}
