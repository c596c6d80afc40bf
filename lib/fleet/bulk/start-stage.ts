import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { Job } from "#lib/jobs/schema.ts";
import { startJob } from "#lib/jobs/start-job.ts";
import { conflict, invalidField } from "#lib/platform/errors.ts";
import type { BulkChoice } from "../browser/bulk-schema.ts";
import { type Chosen, chooseVersions, jobItemOf } from "./choose-versions.ts";
import type { Judgement } from "./judge-version.ts";
import { judgeAll } from "./preview-stage.ts";

export const STAGE_JOB = "stage";

/**
 * Refuses a choice with which nothing would be done.
 * @throws AppError `invalid` (`nothing_matches`) or `conflict` (`nothing_to_do`)
 */
export function requireWork(chosen: Chosen, judgements: readonly Judgement[]): void {
  if (chosen.versions.length === 0)
    throw invalidField(
      "filter",
      "nothing_matches",
      chosen.withoutReady > 0
        ? `None of the ${chosen.withoutReady} adapters has a ready version.`
        : "No adapter matches.",
      "Change the filter, or choose versions.",
    );
  if (judgements.some(({ act }) => act)) return;
  const [first] = judgements;
  throw conflict(
    "nothing_to_do",
    judgements.length === 1
      ? (first?.reason ?? "")
      : `Nothing can be done with any of the ${judgements.length} versions. The first: ${first?.reason}`,
    first?.fix ?? "Look at the preview for each one's reason.",
  );
}

/** "1 version", "40 versions". */
export const countVersions = (count: number): string => (count === 1 ? "1 version" : `${count} versions`);

/**
 * Starts a job that stages each chosen version; those that need nothing are skipped with the reason.
 * @throws AppError as `chooseVersions` and `requireWork`
 */
export async function startStage(ctx: Ctx, choice: BulkChoice): Promise<Job> {
  const chosen = await chooseVersions(ctx, choice);
  const { judged } = await judgeAll(ctx, chosen.versions, true);
  requireWork(
    chosen,
    judged.map(({ judgement }) => judgement),
  );
  const acting = judged.filter(({ judgement }) => judgement.act).length;
  const job = await startJob(ctx, {
    kind: STAGE_JOB,
    title: `Stage ${countVersions(acting)}`,
    items: chosen.versions.map(jobItemOf),
  });
  await audit(ctx, {
    action: "job.start",
    object: { type: "job", id: job.id },
    tenantId: null,
    after: { kind: STAGE_JOB, choice, versions: chosen.versions.length, acting },
  });
  return job;
}
