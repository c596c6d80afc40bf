import { actorLabel } from "#lib/identity/actor.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict } from "#lib/platform/errors.ts";
import type { GuardState } from "./guard/guard-state.ts";
import { canStep, isOpen } from "./phases.ts";
import type { CutoverPhase } from "./schema.ts";
import { type CutoverRecord, saveStep } from "./store.ts";

export type StepTaken = {
  phase: CutoverPhase;
  reason: string | null;
  message?: string | null | undefined;
  /** Percent of the conversations that its version gets from now on; left out = none. */
  weight?: number;
  stepIndex?: number;
  guard?: GuardState;
  /** Its guard asked for this step. */
  guardedAt?: Date | null | undefined;
};

/**
 * Moves a cutover to its next phase, or a canary to its next weight, and writes it down; the caller holds the adapter's lock.
 * @throws AppError `conflict` (`wrong_phase`) for a step the state machine does not know
 */
export async function takeStep(ctx: Ctx, cutover: CutoverRecord, taken: StepTaken): Promise<void> {
  const { phase, reason, message = null, weight = 0, stepIndex = 0, guard, guardedAt } = taken;
  const isNextWeight = phase === "canary" && cutover.phase === "canary" && weight > cutover.weight;
  if (!canStep(cutover.phase, phase) && !isNextWeight)
    throw conflict(
      "wrong_phase",
      `A cutover that is ${cutover.phase} cannot become ${phase}.`,
      "Reload and look again.",
    );
  const now = ctx.clock.now();
  await saveStep(ctx.tx, cutover, {
    step: { phase, at: now.toISOString(), by: actorLabel(ctx.actor), reason, weight },
    message,
    stepAt: now,
    stepIndex,
    ...(guard === undefined ? {} : { guard }),
    ...(guardedAt ? { guardedAt } : {}),
    ...(isOpen(phase) ? {} : { finishedAt: now, paused: false, awaitingApproval: false }),
  });
}
