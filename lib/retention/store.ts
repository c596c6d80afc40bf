import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { DaysRule } from "./rules.ts";

/**
 * Deletes at most `limit` rows of a table that are past its rule. Rows that somebody else holds are left for the next time.
 * @returns how many it deleted
 */
export function deleteExpired(
  tx: Tx,
  { table, rule, before, limit }: { table: string; rule: DaysRule; before: Date; limit: number },
): Promise<number> {
  const name = Prisma.raw(`"${table}"`);
  return tx.client.$executeRaw`
    DELETE FROM ${name} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM ${name} WHERE ${Prisma.raw(rule.since)} < ${before} AND ${Prisma.raw(rule.only ?? "TRUE")}
      LIMIT ${limit} FOR UPDATE SKIP LOCKED))`;
}

/** A run that ended before and whose replies are still there; the oldest first. */
export async function findRunWithOldReplies(tx: Tx, before: Date): Promise<string | null> {
  const run = await tx.client.evalRun.findFirst({
    where: { finishedAt: { lt: before }, repliesDeletedAt: null },
    orderBy: { finishedAt: "asc" },
    select: { id: true },
  });
  return run?.id ?? null;
}

/** What the comparison shows in place of a deleted reply's differences. */
const DELETED = { message: "The reply's text was deleted because of its age.", differences: [] };

/** Deletes the texts of a run's replies, and what was quoted of them. Whether each was right stays. */
export async function deleteReplies(tx: Tx, runId: string, at: Date): Promise<void> {
  await tx.client.evalSample.updateMany({
    where: { runId },
    data: { rawReply: Prisma.DbNull, detail: DELETED },
  });
  await tx.client.evalRun.update({ where: { id: runId }, data: { repliesDeletedAt: at }, select: { id: true } });
}
