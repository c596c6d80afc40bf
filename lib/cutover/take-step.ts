import { actorLabel } from "#lib/identity/actor.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict } from "#lib/platform/errors.ts";
import { canStep, isOpen } from "./phases.ts";
import type { CutoverPhase } from "./schema.ts";
import { type CutoverRecord, saveStep } from "./store.ts";

/**
 * Moves a cutover to its next phase and writes it down; the caller holds the adapter's lock.
 * @throws AppError `conflict` (`wrong_phase`) for a step the state machine does not know
 */
export async function takeStep(
  ctx: Ctx,
  cutover: CutoverRecord,
  step: { phase: CutoverPhase; reason: string | null; message?: string | null },
): Promise<void> {
  const { phase, reason, message = null } = step;
  if (!canStep(cutover.phase, phase))
    throw conflict(
      "wrong_phase",
      `A cutover that is ${cutover.phase} cannot become ${phase}.`,
      "Reload and look again.",
    );
  const now = ctx.clock.now();
  await saveStep(ctx.tx, cutover, {
    step: { phase, at: now.toISOString(), by: actorLabel(ctx.actor), reason },
    message,
    finishedAt: isOpen(phase) ? null : now,
  });
}
