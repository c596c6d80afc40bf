import { isDeepStrictEqual } from "node:util";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { OffboardingState, OffboardingStepName } from "../browser/offboarding-schema.ts";
import { lockTenant } from "../tenants/tenant-store.ts";
import { getStep, saveStep } from "./offboarding-store.ts";

/**
 * Says how far a step of a tenant's off-boarding is, and what it has removed. Called by whichever room owns the step,
 * inside its own transaction. What is done stays done; saying the same again writes nothing.
 */
export async function recordOffboardingStep(
  ctx: Ctx,
  input: {
    tenantId: string;
    step: OffboardingStepName;
    state: OffboardingState;
    message: string;
    record?: Record<string, unknown>;
  },
): Promise<void> {
  const { tenantId, step, state, message } = input;
  await lockTenant(ctx.tx, tenantId);
  const before = await getStep(ctx.tx, tenantId, step);
  if (before === null || before.state === "done") return;
  const record: Record<string, unknown> = JSON.parse(JSON.stringify({ ...before.record, ...input.record }));
  const isNews = before.state !== state || before.message !== message || !isDeepStrictEqual(before.record, record);
  if (!isNews) return;
  const now = ctx.clock.now();
  const isOver = state === "done" || state === "skipped";
  await saveStep(ctx.tx, tenantId, step, {
    state,
    message,
    record,
    // a wish that is noted beforehand begins nothing
    startedAt: before.startedAt !== null ? new Date(before.startedAt) : message === "" ? null : now,
    finishedAt: isOver ? now : null,
  });
}
