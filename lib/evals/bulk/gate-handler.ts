import { readChosen } from "#lib/fleet/bulk/bulk-store.ts";
import { writeAs } from "#lib/jobs/act-as.ts";
import type { ItemOutcome, JobHandler } from "#lib/jobs/job-handler.ts";
import { notFound } from "#lib/platform/errors.ts";
import { startRun } from "../running/start-run.ts";
import { lockSubject } from "../store.ts";
import { judgeGates } from "./preview-gate.ts";
import { GATE_JOB } from "./start-gate.ts";

/** Queues the gate of one version, as it is by now: what changed since the preview is judged anew. */
export const gateHandler: JobHandler = {
  kind: GATE_JOB,
  action: "eval.run",
  concurrency: 4,
  runItem: (deps, job, item) =>
    writeAs(deps, job, async (ctx): Promise<ItemOutcome> => {
      await lockSubject(ctx.tx, `runs:${item.key}`); // another job may start its gate at the same time
      const [version] = await readChosen(ctx.tx, [item.key]);
      if (!version) throw notFound("version");
      const [gate] = (await judgeGates(ctx, [version], true)).judged;
      if (!gate) throw notFound("version");
      const { act, reason, fix } = gate.judgement;
      if (act) {
        const run = await startRun(ctx, { versionId: version.id });
        return { state: "succeeded", message: reason, result: { type: "run", id: run.id } };
      }
      const result = gate.activeRunId ? { type: "run", id: gate.activeRunId } : { type: "version", id: version.id };
      // begun before: a worker died between the start of the run and this answer
      const isOurs = item.attempt > 1 && gate.activeRunId !== null;
      return { state: isOurs ? "succeeded" : "skipped", message: reason, fix, result };
    }),
};
