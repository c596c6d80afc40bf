import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import type { ReleasePolicy } from "../browser/policy-schema.ts";
import { enterStep } from "../enter-step.ts";
import { noteMessage } from "../note-message.ts";
import type { Step } from "../plan-step.ts";
import { isByPolicy } from "../policy/by-policy.ts";
import { readPolicy } from "../policy/policy-store.ts";
import { outsideHours } from "../policy/release-hours.ts";
import { type CutoverRecord, saveHold, trackOf } from "../store.ts";
import { approvalsOf, insertApproval } from "./approval-store.ts";
import { isFulfilled } from "./decide-settling.ts";
import { type Needed, neededApprovals } from "./needed-approvals.ts";

const HOUR_MS = 3_600_000;

/**
 * Takes a step that was decided on, or asks whoever has to agree to it first; the cutover is then held. In the caller's
 * transaction, under the adapter's lock.
 * @returns true when it has moved on
 */
export async function enterOrAsk(
  ctx: Ctx,
  cutover: CutoverRecord,
  step: Step,
  reason: string | null,
): Promise<boolean> {
  const policy = await readPolicy(ctx.tx, cutover.tenantId);
  const needed = neededApprovals(policy, { next: step, track: trackOf(cutover), isByPolicy: isByPolicy(cutover) });
  const asked = needed.length === 0 ? [] : await approvalsOf(ctx.tx, cutover.id);
  const missing = needed.find((one) => !asked.some((approval) => approval.step === one.step && isFulfilled(approval)));
  if (missing === undefined) {
    const waits = reachesCustomers(step) ? releaseHold(ctx, cutover, policy) : null;
    if (waits !== null) {
      await noteMessage(ctx, cutover, waits);
      return false;
    }
    await enterStep(ctx, cutover, step, reason);
    return true;
  }
  // what was declined, expired or withdrawn ends the cutover, and nobody is asked twice
  if (!asked.some((approval) => approval.step === missing.step)) await ask(ctx, cutover, missing, policy);
  return false;
}

const reachesCustomers = ({ phase }: Step): boolean => phase === "canary" || phase === "full";

/** What the policy started keeps to its hours; a person who takes a step, or started the cutover, looks at the clock. */
const releaseHold = ({ actor, clock }: Ctx, cutover: CutoverRecord, { hours }: ReleasePolicy): string | null =>
  actor.kind === "system" && isByPolicy(cutover) ? outsideHours(hours, clock.now()) : null;

async function ask(
  ctx: Ctx,
  cutover: CutoverRecord,
  { step, decider }: Needed,
  { platformApprover, expiryHours, reminderHours, onSilence }: ReleasePolicy,
): Promise<void> {
  const now = ctx.clock.now();
  const expiresAt = new Date(now.getTime() + expiryHours * HOUR_MS);
  const what = step === "canary" ? "before it gets its first requests" : "before it goes live";
  const who = decider === "customer" ? "the customer" : "the platform";
  const cutoverGeneration = await saveHold(ctx.tx, cutover, {
    awaitingApproval: true,
    message: `Waits for the approval of ${who}, ${what}.`,
    step: {
      phase: cutover.phase,
      at: now.toISOString(),
      by: actorLabel(ctx.actor),
      reason: `Asked ${who} ${what}.`,
      weight: cutover.weight,
      isHold: true,
    },
  });
  const approval = {
    id: newId("approval"),
    tenantId: cutover.tenantId,
    cutoverId: cutover.id,
    runId: cutover.runId,
    step,
    decider,
    approverRole: decider === "customer" ? ("tenant_admin" as const) : platformApprover,
    onSilence,
    cutoverGeneration,
    createdAt: now,
    expiresAt,
    remindAt: reminderHours === null ? null : new Date(now.getTime() + reminderHours * HOUR_MS),
  };
  await insertApproval(ctx.tx, approval);
  // by hand, it is the promotion that is audited
  if (ctx.actor.kind !== "system") return;
  await audit(ctx, {
    action: "approval.ask",
    object: { type: "approval", id: approval.id },
    tenantId: cutover.tenantId,
    after: { cutoverId: cutover.id, step, decider, expiresAt, onSilence },
  });
}
