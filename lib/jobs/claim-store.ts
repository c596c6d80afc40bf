import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Hold, ItemOutcome, RunningItem } from "./job-handler.ts";

/** Which items a lane takes: those that a worker died over, or those that nobody has begun. */
export type Lane = "again" | "first";

/** @returns false when the job is over */
export async function beginJob(tx: Tx, jobId: string, now: Date): Promise<boolean> {
  const begun = await tx.client.$executeRaw`
    UPDATE "Job" SET "state" = 'running', "startedAt" = COALESCE("startedAt", ${now}), "message" = NULL
    WHERE "id" = ${jobId} AND "state" IN ('queued', 'running')`;
  return begun === 1;
}

/** Items that a worker left behind wait again; those it was the last try for have failed. */
export async function takeOverItems(
  tx: Tx,
  jobId: string,
  limit: { attempts: number; message: string; fix: string; now: Date },
): Promise<void> {
  await tx.client.jobItem.updateMany({
    where: { jobId, state: "running", attempts: { gte: limit.attempts } },
    data: { state: "failed", message: limit.message, fix: limit.fix, finishedAt: limit.now },
  });
  await tx.client.jobItem.updateMany({ where: { jobId, state: "running" }, data: { state: "pending" } });
}

/**
 * The next item of a job that still runs. Whoever cancels or retries the job waits for this transaction, and it for them.
 * @param after positions up to this one were claimed in the same run, so that ended items are not looked through again
 * @returns null when there is none
 */
export async function claimItem(
  tx: Tx,
  jobId: string,
  lane: Lane,
  { after, now }: { after: number; now: Date },
): Promise<RunningItem | null> {
  const [item] = await tx.client.$queryRaw<RunningItem[]>`
    WITH open AS MATERIALIZED (
      SELECT 1 FROM "Job" WHERE "id" = ${jobId} AND "state" = 'running' AND "cancelRequestedAt" IS NULL FOR SHARE
    ), next AS MATERIALIZED ( -- a subquery may be run again for each row of the join, and take them all
      SELECT "position" FROM "JobItem"
      WHERE EXISTS (SELECT 1 FROM open) AND "jobId" = ${jobId} AND "position" > ${after} AND "state" = 'pending'
        AND ("attempts" = 0 OR ${lane === "again"}) AND ("attempts" > 0 OR ${lane === "first"})
      ORDER BY "position" LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE "JobItem" AS item
    SET "state" = 'running', "attempts" = item."attempts" + 1, "startedAt" = ${now}, "finishedAt" = NULL
    FROM next WHERE item."jobId" = ${jobId} AND item."position" = next."position"
    RETURNING item."position", item."key", item."label", item."input", item."attempts" AS "attempt"`;
  return item ?? null;
}

const held = ({ jobId, position, attempt }: Hold) => ({
  jobId,
  position,
  attempts: attempt,
  state: "running" as const,
});

/** Whether the item still belongs to who claimed it; keeps it so until the transaction ends. */
export async function holdsItem(tx: Tx, hold: Hold): Promise<boolean> {
  const rows = await tx.client.$queryRaw<unknown[]>`
    SELECT 1 FROM "JobItem" WHERE "jobId" = ${hold.jobId} AND "position" = ${hold.position}
      AND "attempts" = ${hold.attempt} AND "state" = 'running' FOR SHARE`;
  return rows.length === 1;
}

/** @returns false when somebody else has the item: the outcome is theirs to write */
export async function settleItem(tx: Tx, hold: Hold, outcome: ItemOutcome, now: Date): Promise<boolean> {
  const { state, message, fix, result } = outcome;
  const { count } = await tx.client.jobItem.updateMany({
    where: held(hold),
    data: {
      state,
      message,
      fix: fix ?? null,
      finishedAt: now,
      ...(result ? { result: result as Prisma.InputJsonValue } : {}),
    },
  });
  return count === 1;
}

/** As if it had not been begun: the worker stops, and nobody died over it. */
export async function giveBackItem(tx: Tx, hold: Hold): Promise<void> {
  await tx.client.jobItem.updateMany({
    where: held(hold),
    data: { state: "pending", attempts: hold.attempt - 1, startedAt: null },
  });
}

export const isCancelled = async (tx: Tx, jobId: string): Promise<boolean> => {
  const row = await tx.client.job.findUnique({ where: { id: jobId }, select: { cancelRequestedAt: true } });
  return row !== null && row.cancelRequestedAt !== null;
};

/** @returns whether nothing of the job waits or runs */
export const isJobDone = async (tx: Tx, jobId: string): Promise<boolean> =>
  (await tx.client.jobItem.count({ where: { jobId, state: { in: ["pending", "running"] } } })) === 0;
