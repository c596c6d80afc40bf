import type { Tx } from "#lib/platform/db.ts";
import { OUR_SHEDS } from "#lib/requests/shed-reasons.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { CountState } from "./plan-counting.ts";

/** Objectives to count for, locked: a target that changes meanwhile waits until what was counted for it is stored. */
export const lockCounted = (tx: Tx): Promise<CountState[]> =>
  tx.client.$queryRaw<CountState[]>`
    SELECT "id", "countedTo" FROM "Objective" WHERE "status" <> 'dismissed' ORDER BY "id" FOR NO KEY UPDATE`;

/** Counts of requests that an objective is about, and of the good among them; see `objective-words.ts`. */
const COUNTS = Prisma.sql`CASE "kind"
  WHEN 'availability' THEN "status" < 400 OR "status" >= 500 OR ("status" = 429 AND "reason" = ANY(${[...OUR_SHEDS]}))
  WHEN 'ttft_p95' THEN "status" < 400 AND "stream" AND "firstByteAt" IS NOT NULL
  ELSE "status" < 400 END`;
const IS_GOOD = Prisma.sql`CASE "kind"
  WHEN 'latency_p95' THEN "endedAt" - "arrivedAt" <= "target" * interval '1 millisecond'
  WHEN 'ttft_p95' THEN "firstByteAt" - "arrivedAt" <= "target" * interval '1 millisecond'
  WHEN 'availability' THEN "status" < 400
  ELSE "fallbackReason" IS NULL END`;
const TRACED = Prisma.sql`t."status", t."reason", t."stream", t."arrivedAt", t."firstByteAt", t."endedAt", t."fallbackReason", t."simulated"`;

/**
 * Counts whole minutes of some objectives anew and replaces what stood there. Requests are their tenant's, or those of the
 * adapters of their pool, whatever answered.
 * @param window begins with a minute
 */
export async function countMinutes(
  tx: Tx,
  objectiveIds: readonly string[],
  window: { from: Date; to: Date },
): Promise<void> {
  const asked = Prisma.sql`o."id" = ANY(${[...objectiveIds]}) AND t."kind" = 'user'
    AND t."arrivedAt" >= ${window.from} AND t."arrivedAt" < ${window.to}`;
  await tx.client.$executeRaw`
    INSERT INTO "ObjectiveCount" ("objectiveId", "stepSeconds", "at", "good", "total", "simulated")
    SELECT "id", 60, date_trunc('minute', "arrivedAt", 'UTC'), (count(*) FILTER (WHERE ${IS_GOOD}))::int, count(*)::int,
      bool_or("simulated")
    FROM (
      SELECT o."id", o."kind", o."target", ${TRACED}
      FROM "Objective" o JOIN "RequestTrace" t ON t."tenantId" = o."tenantId" WHERE ${asked}
      UNION ALL
      SELECT o."id", o."kind", o."target", ${TRACED}
      FROM "Objective" o JOIN "Adapter" a ON a."poolId" = o."poolId" JOIN "RequestTrace" t ON t."adapterId" = a."id"
      WHERE ${asked}
    ) AS "requests"
    WHERE ${COUNTS}
    GROUP BY 1, 3
    ON CONFLICT ("objectiveId", "stepSeconds", "at") DO UPDATE SET
      "good" = EXCLUDED."good", "total" = EXCLUDED."total", "simulated" = EXCLUDED."simulated"`;
  await tx.client.objective.updateMany({
    where: { id: { in: [...objectiveIds] } },
    data: { countedTo: window.to },
  });
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

export type WindowSums = { objectiveId: string; seconds: number; good: number; total: number; simulated: boolean };

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
    { objectiveId: string; own: number[]; counts: number[]; simulated: boolean }[]
  >`
    SELECT o."id" AS "objectiveId", ARRAY[${sums}] AS "counts",
      ARRAY[coalesce(sum(c."good") ${isOwn}, 0), coalesce(sum(c."total") ${isOwn}, 0)]::int[] AS "own",
      coalesce(bool_or(c."simulated"), false) AS "simulated"
    FROM "Objective" o LEFT JOIN "ObjectiveCount" c ON c."objectiveId" = o."id"
    WHERE o."id" = ANY(${[...objectiveIds]}) GROUP BY o."id"`;
  return rows.flatMap(({ objectiveId, own, counts, simulated }) =>
    [0, ...windows].map((seconds, index) => {
      const pair = index === 0 ? own : counts.slice((index - 1) * 2);
      return { objectiveId, seconds, good: pair[0] ?? 0, total: pair[1] ?? 0, simulated };
    }),
  );
}
