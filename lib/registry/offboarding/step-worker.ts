import { type Ctx, type Deps, systemWrite } from "#lib/identity/ctx.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import type { OffboardingStepName } from "../browser/offboarding-schema.ts";
import type { LeavingTenant } from "./offboarding-store.ts";

export type StepTurn = { deps: Deps; fence: Fence; tenant: LeavingTenant };

/**
 * What one room does for a tenant that leaves. It is called again and again until it has recorded its step as done, and
 * may be killed at any moment, so each call looks anew at what is left.
 */
export type StepWorker = { step: OffboardingStepName; advance(turn: StepTurn): Promise<void> };

export const OFFBOARDING_ACTOR = "offboarding";

/** A transaction of the loop: refused once another worker has it. */
export const fencedStep = <T>(deps: Deps, fence: Fence, change: (ctx: Ctx) => Promise<T>): Promise<T> =>
  systemWrite(deps, OFFBOARDING_ACTOR, async (ctx) => {
    await requireTerm(ctx.tx, fence);
    return change(ctx);
  });
