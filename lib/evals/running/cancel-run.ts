import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import type { Run } from "../schema.ts";
import { getRun, lockRun } from "../store.ts";
import { toRun } from "../view-run.ts";
import { closeRun } from "./end-run.ts";

/**
 * Stops a run; the worker notices within a second and asks nothing more. What it has so far stays, without a verdict.
 * @throws AppError `not_found`, or `conflict` (`run_ended`)
 */
export async function cancelRun(ctx: Ctx, runId: string): Promise<Run> {
  const state = await lockRun(ctx.tx, runId);
  const run = state && (await getRun(ctx.tx, runId));
  if (!run) throw notFound("run");
  if (state !== "queued" && state !== "running")
    throw conflict("run_ended", `The run is ${state} already.`, "Start another run if you need one.");
  const message = `Cancelled by ${actorLabel(ctx.actor)}.`;
  await closeRun(ctx, run, { state: "cancelled", message });
  await audit(ctx, {
    action: "run.cancel",
    object: { type: "run", id: runId },
    tenantId: run.tenantId,
    before: { state },
    after: { state: "cancelled" },
  });
  const ended = await getRun(ctx.tx, runId);
  return toRun(ended ?? run, ctx.scope.kind === "platform");
}
