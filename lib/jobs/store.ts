import { decodeSortedCursor, encodeSortedCursor, pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Starter } from "#lib/identity/actor-now.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { JobItem, JobItemState, JobState } from "./schema.ts";

const json = (value: unknown) => value as Prisma.InputJsonValue;
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export type JobRow = {
  id: string;
  kind: string;
  title: string;
  state: JobState;
  input: unknown;
  startedBy: Starter;
  total: number;
  message: string | null;
  cancelRequestedAt: Date | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: Record<JobItemState, number>;
  /** Items that ended since the job was last begun. */
  endedSinceStart: number;
};

type Counts = Pick<JobRow, "counts" | "endedSinceStart">;
const noCounts = (): Counts => ({
  counts: { pending: 0, running: 0, succeeded: 0, failed: 0, skipped: 0 },
  endedSinceStart: 0,
});

async function countItems(tx: Tx, jobIds: readonly string[]): Promise<Map<string, Counts>> {
  const rows = await tx.client.$queryRaw<{ jobId: string; state: JobItemState; n: number; since: number }[]>`
    SELECT item."jobId", item."state"::text AS "state", count(*)::int AS "n",
      count(*) FILTER (WHERE item."finishedAt" >= job."startedAt")::int AS "since"
    FROM "JobItem" AS item JOIN "Job" AS job ON job."id" = item."jobId"
    WHERE item."jobId" = ANY(${[...jobIds]}) GROUP BY 1, 2`;
  const byJob = new Map<string, Counts>();
  for (const { jobId, state, n, since } of rows) {
    const job = byJob.get(jobId) ?? noCounts();
    job.counts[state] = n;
    job.endedSinceStart += since;
    byJob.set(jobId, job);
  }
  return byJob;
}

type StoredJob = Prisma.JobGetPayload<Record<never, never>>;
async function withCounts<Row extends StoredJob>(tx: Tx, rows: readonly Row[]): Promise<JobRow[]> {
  const ids = rows.map(({ id }) => id);
  const counted = await countItems(tx, ids);
  return rows.map((row) => ({
    ...row,
    startedBy: row.startedBy as Starter,
    ...(counted.get(row.id) ?? noCounts()),
  }));
}

// --- reading -----------------------------------------------------------------------------------------------------

export async function getJob(tx: Tx, jobId: string): Promise<JobRow | null> {
  const row = await tx.client.job.findUnique({ where: { id: jobId } });
  const [job] = row === null ? [] : await withCounts(tx, [row]);
  return job ?? null;
}

/** Newest first. */
export async function listJobs(
  tx: Tx,
  query: PageQuery & { state?: JobState | undefined; kind?: string | undefined },
): Promise<Page<JobRow>> {
  const rows = await tx.client.job.findMany({
    ...pageArgs(query),
    where: { ...(query.state ? { state: query.state } : {}), ...(query.kind ? { kind: query.kind } : {}) },
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: await withCounts(tx, page.items) };
}

/** Jobs that are not over, oldest first. */
export async function openJobs(tx: Tx): Promise<JobRow[]> {
  const rows = await tx.client.job.findMany({
    where: { state: { in: ["queued", "running"] } },
    orderBy: { id: "asc" },
  });
  return withCounts(tx, rows);
}

const BY_POSITION = "position";

/** In the order in which they were given. */
export async function listItems(
  tx: Tx,
  query: PageQuery & { jobId: string; state?: JobItemState | undefined },
): Promise<Page<JobItem>> {
  const rows = await tx.client.jobItem.findMany({
    where: {
      jobId: query.jobId,
      ...(query.state ? { state: query.state } : {}),
      ...(query.cursor ? { position: { gt: decodeSortedCursor(query.cursor, BY_POSITION, "number").value } } : {}),
    },
    orderBy: { position: "asc" },
    take: query.limit + 1,
    omit: { input: true, jobId: true },
  });
  const items = rows.slice(0, query.limit).map((row) => ({
    ...row,
    result: row.result as JobItem["result"],
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  }));
  const last = items.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return {
    items,
    nextCursor: hasMore ? encodeSortedCursor(BY_POSITION, { value: last.position, id: query.jobId }) : null,
  };
}

export async function starterOfJob(tx: Tx, jobId: string): Promise<Starter> {
  const row = await tx.client.job.findUniqueOrThrow({ where: { id: jobId }, select: { startedBy: true } });
  return row.startedBy as Starter;
}

// --- what people do ----------------------------------------------------------------------------------------------

const CHUNK = 1_000;

export async function insertJob(
  tx: Tx,
  job: {
    id: string;
    kind: string;
    title: string;
    input: unknown;
    startedBy: Starter;
    createdAt: Date;
    items: readonly { key: string; label: string; input: unknown }[];
  },
): Promise<void> {
  const { items, input, startedBy, ...rest } = job;
  await tx.client.job.create({
    data: { ...rest, input: json(input), startedBy: json(startedBy), total: items.length },
    select: { id: true },
  });
  for (let first = 0; first < items.length; first += CHUNK)
    await tx.client.jobItem.createMany({
      data: items.slice(first, first + CHUNK).map(({ key, label, input }, index) => ({
        jobId: job.id,
        position: first + index,
        key,
        label,
        input: json(input),
      })),
    });
}

/** Keeps claims and other changes of the job away until the transaction ends. */
export async function lockJob(tx: Tx, jobId: string): Promise<void> {
  await tx.client.$executeRaw`SELECT 1 FROM "Job" WHERE "id" = ${jobId} FOR UPDATE`;
}

export async function requestCancel(tx: Tx, jobId: string, now: Date): Promise<void> {
  await tx.client.job.updateMany({ where: { id: jobId }, data: { cancelRequestedAt: now } });
}

/** Items that were not begun end without being begun. @returns how many */
export async function endPending(
  tx: Tx,
  jobId: string,
  end: { state: "skipped" | "failed"; message: string; fix: string | null; now: Date },
): Promise<number> {
  const { state, message, fix, now } = end;
  const { count } = await tx.client.jobItem.updateMany({
    where: { jobId, state: "pending" },
    data: { state, message, fix, finishedAt: now },
  });
  return count;
}

/** Failed items wait again, in the name of whoever asks. @returns how many */
export async function resetFailed(tx: Tx, jobId: string, startedBy: Starter): Promise<number> {
  const { count } = await tx.client.jobItem.updateMany({
    where: { jobId, state: "failed" },
    data: { state: "pending", attempts: 0, message: "", fix: null, startedAt: null, finishedAt: null },
  });
  await tx.client.job.updateMany({
    where: { id: jobId },
    // naming cancelRequestedAt wakes the worker
    data: {
      state: "queued",
      startedBy: json(startedBy),
      message: null,
      cancelRequestedAt: null,
      startedAt: null,
      finishedAt: null,
    },
  });
  return count;
}

/** @returns false when the job had ended already */
export async function closeJob(
  tx: Tx,
  jobId: string,
  end: { state: "completed" | "cancelled" | "failed"; message: string | null; now: Date },
): Promise<boolean> {
  const { count } = await tx.client.job.updateMany({
    where: { id: jobId, state: { in: ["queued", "running"] } },
    data: { state: end.state, message: end.message, finishedAt: end.now },
  });
  return count === 1;
}

export async function setJobMessage(tx: Tx, jobId: string, message: string): Promise<void> {
  await tx.client.job.updateMany({ where: { id: jobId }, data: { message } });
}
