import { writeAs } from "#lib/jobs/act-as.ts";
import type { ItemOutcome, JobHandler } from "#lib/jobs/job-handler.ts";
import { notFound } from "#lib/platform/errors.ts";
import { stageVersion } from "../stage-version.ts";
import { lockPlacements } from "../store.ts";
import { readChosen } from "./bulk-store.ts";
import { listNames } from "./judge-version.ts";
import { judgeAll } from "./preview-stage.ts";
import { STAGE_JOB } from "./start-stage.ts";

/** Stages one version, as it is by now: what changed since the preview is judged anew. */
export const stageHandler: JobHandler = {
  kind: STAGE_JOB,
  action: "placement.write",
  concurrency: 4,
  runItem: (deps, job, item) =>
    writeAs(deps, job, async (ctx): Promise<ItemOutcome> => {
      await lockPlacements(ctx.tx, item.key); // another job may stage it at the same time
      const [version] = await readChosen(ctx.tx, [item.key]);
      if (!version) throw notFound("version");
      const result = { type: "version", id: version.id };
      const { judged } = await judgeAll(ctx, [version], true);
      for (const { judgement, nodes } of judged) {
        const { act, reason, fix } = judgement;
        // begun before: a worker died between the effect and this answer
        if (!act)
          return { state: item.attempt > 1 && fix === null ? "succeeded" : "skipped", message: reason, fix, result };
        await stageVersion(ctx, { versionId: version.id });
        const names = listNames(nodes.map(({ name }) => name));
        return { state: "succeeded", message: `Wanted on ${names}; they load it one after the other.`, result };
      }
      throw notFound("version");
    }),
};
