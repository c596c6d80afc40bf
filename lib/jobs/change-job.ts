import { starterOf } from "#lib/identity/actor-now.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict } from "#lib/platform/errors.ts";
import type { Job } from "./schema.ts";
import { closeJob, endPending, lockJob, requestCancel, resetFailed } from "./store.ts";
import { requireJob, showJob } from "./view-job.ts";

const isOpen = (state: Job["state"]) => state === "queued" || state === "running";

/**
 * Stops a job before its next item: what was not begun is skipped, what runs is finished. Works without a worker.
 * @throws AppError `not_found`, or `conflict` (`job_over`)
 */
export async function cancelJob(ctx: Ctx, jobId: string): Promise<Job> {
  const { tx } = ctx;
  await lockJob(tx, jobId);
  const job = await requireJob(ctx, jobId);
  if (!isOpen(job.state)) throw conflict("job_over", "The job has already ended.", "There is nothing left to stop.");
  const now = ctx.clock.now();
  if (job.cancelRequestedAt === null) await requestCancel(tx, jobId, now);
  const skipped = await endPending(tx, jobId, {
    state: "skipped",
    message: "Cancelled before it was begun.",
    fix: null,
    now,
  });
  if (job.counts.running === 0) await closeJob(tx, jobId, { state: "cancelled", message: null, now });
  await audit(ctx, {
    action: "job.cancel",
    object: { type: "job", id: jobId },
    tenantId: null,
    before: { state: job.state, counts: job.counts },
    after: { skipped },
  });
  return showJob(ctx, jobId);
}

/**
 * Has the failed items of a job that is over tried again, in the name of whoever asks.
 * @throws AppError `not_found`, or `conflict` (`job_not_over`, `nothing_failed`)
 */
export async function retryJob(ctx: Ctx, jobId: string): Promise<Job> {
  const { tx } = ctx;
  await lockJob(tx, jobId);
  const job = await requireJob(ctx, jobId);
  if (isOpen(job.state)) throw conflict("job_not_over", "The job still runs.", "Wait for its end, or cancel it.");
  if (job.counts.failed === 0)
    throw conflict("nothing_failed", "None of its items failed.", "There is nothing to try again.");
  const retried = await resetFailed(tx, jobId, starterOf(ctx.actor));
  await audit(ctx, {
    action: "job.retry",
    object: { type: "job", id: jobId },
    tenantId: null,
    before: { state: job.state, startedBy: job.startedBy.label },
    after: { retried },
  });
  return showJob(ctx, jobId);
}
