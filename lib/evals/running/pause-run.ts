import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import type { Run } from "../schema.ts";
import { getRun, lockRun, type RunRecord } from "../store.ts";
import { toRun } from "../view-run.ts";
import { setPause } from "./pace-store.ts";
import { WAITS_FOR_TURN } from "./waits-for-turn.ts";

/**
 * Pauses a run until somebody resumes it: what is in flight may still be answered, nothing more is asked, and others have
 * their turn. Pausing one that is paused changes nothing.
 * @throws AppError `not_found`, or `conflict` (`run_ended`)
 */
export async function pauseRun(ctx: Ctx, runId: string): Promise<Run> {
  const run = await openRun(ctx, runId);
  if (run.pausedAt !== null) return change(ctx, run, "run.pause", run);
  const pausedBy = actorLabel(ctx.actor);
  return change(ctx, run, "run.pause", { pausedAt: ctx.clock.now(), pausedBy, message: `Paused by ${pausedBy}.` });
}

/**
 * Lets a paused run go on where it was. Resuming one that is not paused changes nothing.
 * @throws AppError `not_found`, or `conflict` (`run_ended`)
 */
export async function resumeRun(ctx: Ctx, runId: string): Promise<Run> {
  const run = await openRun(ctx, runId);
  if (run.pausedAt === null) return change(ctx, run, "run.resume", run);
  return change(ctx, run, "run.resume", { pausedAt: null, pausedBy: null, message: WAITS_FOR_TURN });
}

async function openRun(ctx: Ctx, runId: string): Promise<RunRecord> {
  const state = await lockRun(ctx.tx, runId);
  const run = state && (await getRun(ctx.tx, runId));
  if (!run) throw notFound("run");
  if (state === "queued" || state === "running") return run;
  throw conflict("run_ended", `The run is ${state} already.`, "Start another run if you need one.");
}

/** Asked for again, it is written down again and changes nothing. */
async function change(
  ctx: Ctx,
  before: RunRecord,
  action: "run.pause" | "run.resume",
  pause: Parameters<typeof setPause>[2],
): Promise<Run> {
  if (pause !== before) await setPause(ctx.tx, before.id, pause);
  await audit(ctx, {
    action,
    object: { type: "run", id: before.id },
    tenantId: before.tenantId,
    before: { paused: before.pausedAt !== null },
    after: { paused: pause.pausedAt !== null },
  });
  const after = await getRun(ctx.tx, before.id);
  return toRun(after ?? before, ctx.scope.kind === "platform");
}
