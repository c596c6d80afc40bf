import type { BulkChoice } from "#lib/fleet/browser/bulk-schema.ts";
import { chooseVersions, jobItemOf } from "#lib/fleet/bulk/choose-versions.ts";
import { countVersions, requireWork } from "#lib/fleet/bulk/start-stage.ts";
import { requireNotFrozen } from "#lib/fleet/controls/require-not-frozen.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { Job } from "#lib/jobs/schema.ts";
import { startJob } from "#lib/jobs/start-job.ts";
import { judgeGates } from "./preview-gate.ts";

export const GATE_JOB = "gate";

/**
 * Starts a job that queues the gate of each chosen version with its tenant's newest suite; those that cannot be evaluated
 * are skipped with the reason.
 * @throws AppError `conflict` (`frozen`), and as `chooseVersions` and `requireWork`
 */
export async function startGate(ctx: Ctx, choice: BulkChoice): Promise<Job> {
  await requireNotFrozen(ctx);
  const chosen = await chooseVersions(ctx, choice);
  const { judged } = await judgeGates(ctx, chosen.versions, true);
  requireWork(
    chosen,
    judged.map(({ judgement }) => judgement),
  );
  const acting = judged.filter(({ judgement }) => judgement.act).length;
  const job = await startJob(ctx, {
    kind: GATE_JOB,
    title: `Start the gates of ${countVersions(acting)}`,
    items: chosen.versions.map(jobItemOf),
  });
  await audit(ctx, {
    action: "job.start",
    object: { type: "job", id: job.id },
    tenantId: null,
    after: { kind: GATE_JOB, choice, versions: chosen.versions.length, acting },
  });
  return job;
}
