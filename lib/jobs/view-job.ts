import type { Measurement } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Job } from "./schema.ts";
import { getJob, type JobRow } from "./store.ts";

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Before this share is done, the first items say too little about the rest. */
const SHARE_NEEDED = 0.1;

/** How long the rest takes at the pace since the job was begun; null while nobody can tell, and once it is over. */
export function timeLeft(
  job: Pick<JobRow, "state" | "total" | "counts" | "startedAt" | "endedSinceStart">,
  now: Date,
): Measurement | null {
  if (job.state !== "running" || job.startedAt === null) return null;
  const left = job.counts.pending + job.counts.running;
  const done = job.endedSinceStart;
  if (left === 0 || done === 0 || done < SHARE_NEEDED * (done + left)) return null;
  const elapsedSeconds = (now.getTime() - job.startedAt.getTime()) / 1000;
  return {
    value: (elapsedSeconds / done) * left,
    unit: "s",
    source: "inferred",
    simulated: false,
    asOf: now.toISOString(),
    coverage: { seen: done, of: done + left },
  };
}

export const toJob = (row: JobRow, now: Date): Job => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  state: row.state,
  total: row.total,
  counts: row.counts,
  message: row.message,
  startedBy: row.startedBy.label,
  timeLeft: timeLeft(row, now),
  cancelRequestedAt: iso(row.cancelRequestedAt),
  createdAt: row.createdAt.toISOString(),
  startedAt: iso(row.startedAt),
  finishedAt: iso(row.finishedAt),
});

/** @throws AppError `not_found` */
export async function requireJob(ctx: Ctx, jobId: string): Promise<JobRow> {
  const row = await getJob(ctx.tx, jobId);
  if (row === null) throw notFound("job");
  return row;
}

/** A job as the API shows it. @throws AppError `not_found` */
export const showJob = async (ctx: Ctx, jobId: string): Promise<Job> =>
  toJob(await requireJob(ctx, jobId), ctx.clock.now());
