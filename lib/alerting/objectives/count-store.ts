import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { Tx } from "#lib/platform/db.ts";
import { readUsageSums } from "#lib/requests/usage/usage-sums-store.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { countGood } from "./count-good.ts";
import type { CountPiece, CountState } from "./plan-counting.ts";
import { type ObjectiveScope, sumsByObjective } from "./requests-of-objectives.ts";

/** Objectives to count for, locked: a target that changes meanwhile waits until what was counted for it is stored. */
export const lockCounted = (tx: Tx): Promise<CountState[]> =>
  tx.client.$queryRaw<CountState[]>`
    SELECT "id", "countedTo" FROM "Objective" WHERE "status" <> 'dismissed' ORDER BY "id" FOR NO KEY UPDATE`;

/** Counts the minutes or hours of a piece again and replaces the earlier counts. */
export async function countSteps(tx: Tx, { ids: objectiveIds, stepSeconds, ...window }: CountPiece): Promise<void> {
  const objectives = await tx.client.objective.findMany({ where: { id: { in: objectiveIds } } });
  const poolOf = await poolsOfAdapters(tx, objectives);
  const sums = await readUsageSums(tx, {
    ...{ ...window, stepSeconds, by: ["tenant", "adapter"], with: ["latency", "ttft"] },
  });
  const sumsOf = sumsByObjective(sums, poolOf);
  const rows = objectives.flatMap((objective) =>
    [...groupBy(sumsOf(objective), ({ at }) => at.getTime())].flatMap(([at, own]) => {
      const counts = own.map((sum) => countGood(objective, sum));
      const good = counts.reduce((total, count) => total + count.good, 0);
      const total = counts.reduce((all, count) => all + count.total, 0);
      const simulated = own.some((sum) => sum.simulated);
      return total === 0 ? [] : { objectiveId: objective.id, at: new Date(at), good, total, simulated };
    }),
  );
  // an hour takes the place of its minutes
  if (stepSeconds === 3600)
    await tx.client.objectiveCount.deleteMany({
      where: { objectiveId: { in: objectiveIds }, stepSeconds: 60, at: { gte: window.from, lt: window.to } },
    });
  await tx.client.$executeRaw`
    INSERT INTO "ObjectiveCount" AS kept ("objectiveId", "stepSeconds", "at", "good", "total", "simulated")
    SELECT "objectiveId", ${stepSeconds}::int, "at", "good", "total", "simulated"
    FROM jsonb_populate_recordset(NULL::"ObjectiveCount", ${JSON.stringify(rows)}::jsonb)
    ON CONFLICT ("objectiveId", "stepSeconds", "at") DO UPDATE SET
      "good" = EXCLUDED."good", "total" = EXCLUDED."total", "simulated" = EXCLUDED."simulated"
    WHERE (kept."good", kept."total", kept."simulated") <> (EXCLUDED."good", EXCLUDED."total", EXCLUDED."simulated")`;
  await tx.client.objective.updateMany({
    where: { id: { in: objectiveIds } },
    data: { countedTo: window.to },
  });
}

/** Pools of the adapters that objectives of pools are about. */
export async function poolsOfAdapters(tx: Tx, objectives: readonly ObjectiveScope[]): Promise<Map<string, string>> {
  const poolIds = objectives.flatMap(({ poolId }) => poolId ?? []);
  const rows = await tx.client.adapter.findMany({
    where: { poolId: { in: poolIds } },
    select: { id: true, poolId: true },
  });
  return new Map(rows.map(({ id, poolId }) => [id, poolId]));
}

/** Puts minutes together by the hour, of hours that no count will touch again, and drops what no window reaches. */
export async function foldMinutes(tx: Tx, limits: { minutesBefore: Date; lateMs: number; droppedBefore: Date }) {
  const late = Prisma.sql`${limits.lateMs} * interval '1 millisecond'`;
  await tx.client.$executeRaw`
    WITH "old" AS (
      DELETE FROM "ObjectiveCount" c USING "Objective" o
      WHERE o."id" = c."objectiveId" AND c."stepSeconds" = 60
        AND c."at" < date_trunc('hour', LEAST(${limits.minutesBefore}, o."countedTo" - ${late}), 'UTC')
      RETURNING c.*
    )
    INSERT INTO "ObjectiveCount" AS kept ("objectiveId", "stepSeconds", "at", "good", "total", "simulated")
    SELECT "objectiveId", 3600, date_trunc('hour', "at", 'UTC'), sum("good")::int, sum("total")::int, bool_or("simulated")
    FROM "old" GROUP BY 1, 3
    ON CONFLICT ("objectiveId", "stepSeconds", "at") DO UPDATE SET "good" = kept."good" + EXCLUDED."good",
      "total" = kept."total" + EXCLUDED."total", "simulated" = kept."simulated" OR EXCLUDED."simulated"`;
  await tx.client.objectiveCount.deleteMany({ where: { at: { lt: limits.droppedBefore } } });
}

/** Its target is another one: what was good before may not be now. */
export async function forgetCounts(tx: Tx, objectiveId: string): Promise<void> {
  await tx.client.objectiveCount.deleteMany({ where: { objectiveId } });
}

export type WindowSums = {
  objectiveId: string;
  seconds: number;
  good: number;
  total: number;
  simulated: boolean;
  /** The oldest minute or hour with a request, in any window; null = there was none. */
  oldest: Date | null;
};

/**
 * What was counted within each window up to now, and within each objective's own (`seconds` 0). One pass over the rows of
 * all, which are some 1,100 an objective.
 */
export async function sumWindows(
  tx: Tx,
  objectiveIds: readonly string[],
  windows: readonly number[],
  now: Date,
): Promise<WindowSums[]> {
  const sum = (column: "good" | "total", seconds: number) =>
    Prisma.sql`(coalesce(sum(c.${Prisma.raw(`"${column}"`)}) FILTER (WHERE c."at" >= ${new Date(now.getTime() - seconds * 1_000)}), 0))::int`;
  const sums = Prisma.join(windows.flatMap((seconds) => [sum("good", seconds), sum("total", seconds)]));
  const isOwn = Prisma.sql`FILTER (WHERE c."at" >= ${now}::timestamptz - o."windowDays" * interval '1 day')`;
  const rows = await tx.client.$queryRaw<
    { objectiveId: string; own: number[]; counts: number[]; simulated: boolean; oldest: Date | null }[]
  >`
    SELECT o."id" AS "objectiveId", ARRAY[${sums}] AS "counts",
      ARRAY[coalesce(sum(c."good") ${isOwn}, 0), coalesce(sum(c."total") ${isOwn}, 0)]::int[] AS "own",
      coalesce(bool_or(c."simulated"), false) AS "simulated", min(c."at") AS "oldest"
    FROM "Objective" o LEFT JOIN "ObjectiveCount" c ON c."objectiveId" = o."id"
    WHERE o."id" = ANY(${[...objectiveIds]}) GROUP BY o."id"`;
  return rows.flatMap(({ objectiveId, own, counts, ...rest }) =>
    [0, ...windows].map((seconds, index) => {
      const pair = index === 0 ? own : counts.slice((index - 1) * 2);
      return { objectiveId, seconds, good: pair[0] ?? 0, total: pair[1] ?? 0, ...rest };
    }),
  );
}
