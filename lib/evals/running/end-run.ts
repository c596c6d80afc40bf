import { releasePlacement } from "#lib/fleet/release-placement.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { endRun, type RunEnd, type RunRecord } from "../store.ts";
import type { RunVerdict } from "../verdict/judge-run.ts";
import { markRun } from "./mark-run.ts";
import { runHolder } from "./start-run.ts";

/** Gives back what a run held on nodes. In the order of ids, so that two ends never wait for each other. */
async function releaseRun(ctx: Ctx, run: RunRecord): Promise<void> {
  const versionIds = [run.candidateVersionId, run.baselineVersionId].filter((id) => id !== null).sort();
  for (const versionId of versionIds) await releasePlacement(ctx, { versionId, holder: runHolder(run.id) });
}

const OUTCOME_WORDS: Record<RunVerdict["outcome"], string> = {
  pass: "passed",
  fail: "failed",
  inconclusive: "inconclusive",
};

/**
 * Ends a run, gives back what it held, and marks the end on the charts where its start is marked.
 * @param outcome of its verdict; null = it has none
 * @returns false when it had ended already
 */
export async function closeRun(
  ctx: Ctx,
  run: RunRecord,
  end: Omit<RunEnd, "at">,
  outcome: RunVerdict["outcome"] | null = null,
): Promise<boolean> {
  if (!(await endRun(ctx.tx, run.id, { ...end, at: ctx.clock.now() }))) return false;
  await releaseRun(ctx, run);
  const how = outcome === null ? (end.state === "cancelled" ? "cancelled" : "stopped") : OUTCOME_WORDS[outcome];
  if (run.startedAt !== null) await markRun(ctx, run, how);
  return true;
}

/** Ends a run that cannot continue. @returns false when it had ended already */
export const failRun = (ctx: Ctx, run: RunRecord, message: string): Promise<boolean> =>
  closeRun(ctx, run, { state: "failed", message });
