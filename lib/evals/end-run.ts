import { releasePlacement } from "#lib/fleet/release-placement.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { runHolder } from "./start-run.ts";
import { endRun, type RunRecord } from "./store.ts";

/** Gives back what a run held on nodes. In the order of ids, so that two ends never wait for each other. */
export async function releaseRun(ctx: Ctx, run: RunRecord): Promise<void> {
  const versionIds = [run.candidateVersionId, run.baselineVersionId].filter((id) => id !== null).sort();
  for (const versionId of versionIds) await releasePlacement(ctx, { versionId, holder: runHolder(run.id) });
}

/** Ends a run that cannot go on. @returns false when it had ended already */
export async function failRun(ctx: Ctx, run: RunRecord, message: string): Promise<boolean> {
  if (!(await endRun(ctx.tx, run.id, { state: "failed", message, at: ctx.clock.now() }))) return false;
  await releaseRun(ctx, run);
  return true;
}
