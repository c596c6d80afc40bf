import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { getRun, lockRun, openRunIds } from "../store.ts";
import { closeRun } from "./end-run.ts";

/** Cancels every queued or running run of a tenant, with an audit row each. Part of the caller's change. @returns which */
export async function stopRunsOf(ctx: Ctx, tenantId: string, message: string): Promise<string[]> {
  const stopped: string[] = [];
  for (const runId of await openRunIds(ctx.tx, tenantId)) {
    const state = await lockRun(ctx.tx, runId);
    const run = state && (await getRun(ctx.tx, runId));
    if (!run || (state !== "queued" && state !== "running")) continue;
    await closeRun(ctx, run, { state: "cancelled", message });
    await audit(ctx, {
      action: "run.cancel",
      object: { type: "run", id: runId },
      tenantId,
      before: { state },
      after: { state: "cancelled" },
      reason: message,
    });
    stopped.push(runId);
  }
  return stopped;
}
