import { closeTenantAccess } from "#lib/identity/close-tenant.ts";
import { forgetEndpointsOf } from "../endpoints/endpoint-store.ts";
import { recordOffboardingStep } from "./record-offboarding-step.ts";
import { fencedStep, type StepWorker } from "./step-worker.ts";

/** Revokes a tenant's keys, takes its people's memberships and sessions, and forgets the keys of its own endpoints. */
export const endAccess: StepWorker = {
  step: "keys",
  advance: ({ deps, fence, tenant }) =>
    fencedStep(deps, fence, async (ctx) => {
      const { keys, people, sessions } = await closeTenantAccess(ctx, tenant.id);
      const endpoints = await forgetEndpointsOf(ctx.tx, tenant.id);
      await recordOffboardingStep(ctx, {
        tenantId: tenant.id,
        step: "keys",
        state: "done",
        message: `${count(keys.length, "key")} revoked, ${count(people.length, "membership")} removed, ${count(sessions, "session")} ended, ${count(endpoints.length, "endpoint")} forgotten.`,
        record: { keys, people, sessions, endpoints, at: ctx.clock.now().toISOString() },
      });
    }),
};

const count = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? "" : "s"}`;
