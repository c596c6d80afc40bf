import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import type { Run } from "../schema.ts";
import { getRun, lockRun, readSamples } from "../store.ts";
import { readCases } from "../suites/case-store.ts";
import { toRun } from "../view-run.ts";
import { isUntouched, judge } from "./complete-run.ts";

/**
 * Scores a completed run again from its raw replies, asking nothing: after the scorer was corrected, or to check that
 * the verdict is what the replies say.
 * @throws AppError `not_found`, or `conflict` (`run_not_completed`, `replies_deleted`, `suite_changed`)
 */
export async function rejudgeRun(ctx: Ctx, runId: string): Promise<Run> {
  const state = await lockRun(ctx.tx, runId);
  const run = state && (await getRun(ctx.tx, runId));
  if (!run) throw notFound("run");
  const { conditions } = run;
  if (state !== "completed" || conditions === null)
    throw conflict(
      "run_not_completed",
      `The run is ${state}; there is no verdict to check.`,
      "Wait until it has ended.",
    );
  if (run.repliesDeletedAt !== null)
    throw conflict(
      "replies_deleted",
      "The replies of this run were deleted because of their age. Its verdict stays.",
      "Run the gate again.",
    );
  const cases = await readCases(ctx.tx, run.suiteId);
  if (!isUntouched(run, cases))
    throw conflict("suite_changed", "The prompts of the suite no longer match its hash.", "Generate a new suite.");
  await judge(ctx, run, { cases, samples: await readSamples(ctx.tx, runId), conditions });
  const after = (await getRun(ctx.tx, runId)) ?? run;
  await audit(ctx, {
    action: "run.rejudge",
    object: { type: "run", id: runId },
    tenantId: run.tenantId,
    before: { outcome: run.verdict?.outcome ?? null },
    after: { outcome: after.verdict?.outcome ?? null },
  });
  return toRun(after, ctx.scope.kind === "platform");
}
