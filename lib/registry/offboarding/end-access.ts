import { closeTenantAccess } from "#lib/identity/close-tenant.ts";
import { recordOffboardingStep } from "./record-offboarding-step.ts";
import { fencedStep, type StepWorker } from "./step-worker.ts";

/** Revokes a tenant's keys, and takes its people's memberships and sessions. */
export const endAccess: StepWorker = {
  step: "keys",
  advance: ({ deps, fence, tenant }) =>
    fencedStep(deps, fence, async (ctx) => {
      const { keys, people, sessions } = await closeTenantAccess(ctx, tenant.id);
      await recordOffboardingStep(ctx, {
        tenantId: tenant.id,
        step: "keys",
        state: "done",
        message: `${count(keys.length, "key")} revoked, ${count(people.length, "membership")} removed, ${count(sessions, "session")} ended.`,
        record: { keys, people, sessions, at: ctx.clock.now().toISOString() },
      });
    }),
};

const count = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? "" : "s"}`;
