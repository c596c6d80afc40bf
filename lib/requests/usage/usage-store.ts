import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { UsageQuery } from "../browser/usage-schema.ts";
import type { UsageRow } from "./usage.ts";
import { INTER_TOKEN_MS, LATENCY_MS, QUEUED_MS, TTFT_MS } from "./usage-buckets.ts";

/**
 * Replaces rows by newer counts of the same minutes, in one statement. Counts only grow, so a write that arrives late, after
 * a newer one, changes nothing.
 */
export async function upsertUsage(tx: Tx, rows: readonly UsageRow[]): Promise<void> {
  await tx.client.$executeRaw`
    INSERT INTO "Usage" AS kept SELECT * FROM jsonb_populate_recordset(NULL::"Usage", ${JSON.stringify(rows)}::jsonb)
    ON CONFLICT ("tenantId", "minute", "adapterId", "versionId", "kind", "via", "instanceId") DO UPDATE SET
      "requests" = EXCLUDED."requests", "failed" = EXCLUDED."failed", "refused" = EXCLUDED."refused",
      "shed" = EXCLUDED."shed", "fallbacks" = EXCLUDED."fallbacks", "simulated" = EXCLUDED."simulated",
      "promptTokens" = EXCLUDED."promptTokens", "completionTokens" = EXCLUDED."completionTokens",
      "uncounted" = EXCLUDED."uncounted", "ttft" = EXCLUDED."ttft", "interToken" = EXCLUDED."interToken",
      "latency" = EXCLUDED."latency", "queued" = EXCLUDED."queued"
    WHERE kept."requests" <= EXCLUDED."requests"`;
}

type SumType = "int" | "float8";
/** `ARRAY[sum("ttft"[1]), …]`: bucket by bucket, which is a hundred times faster than unnesting the arrays. */
const summed = (
  column: "ttft" | "interToken" | "latency" | "queued",
  bounds: readonly number[],
  type: SumType,
): string => {
  const bucket = (index: number) => `coalesce(sum("${column}"[${index + 1}]), 0)::${type}`;
  return `ARRAY[${[...bounds, null].map((_, index) => bucket(index)).join(", ")}] AS "${column}"`;
};
const COUNTED = ["requests", "failed", "refused", "shed", "fallbacks", "uncounted", "promptTokens", "completionTokens"];
/** One histogram of a group, as a column of its own. */
export const summedBuckets = (column: "ttft" | "latency", bounds: readonly number[], type: SumType): Prisma.Sql =>
  Prisma.raw(summed(column, bounds, type));

/** Every sum of a group. A year of a busy fleet does not fit in an int; a double is exact far beyond that. */
const sums = (type: SumType): Prisma.Sql =>
  Prisma.raw(
    [
      ...COUNTED.map((column) => `sum("${column}")::${column.endsWith("Tokens") ? "float8" : type} AS "${column}"`),
      'bool_or("simulated") AS "simulated"',
      summed("ttft", TTFT_MS, type),
      summed("interToken", INTER_TOKEN_MS, type),
      summed("latency", LATENCY_MS, type),
      summed("queued", QUEUED_MS, type),
    ].join(", "),
  );

/** Sums of one group; what it is not grouped by is null. */
export type UsageSums = Omit<
  UsageRow,
  "instanceId" | "minute" | "tenantId" | "adapterId" | "versionId" | "kind" | "via"
> & {
  tenantId: string | null;
  adapterId: string | null;
  versionId: string | null;
  via: string | null;
  day: Date | null;
  lastMinute: Date;
  /** Groups there are. */
  groups: number;
};

const COLUMNS: Record<UsageQuery["groupBy"], { keys: Prisma.Sql; order: Prisma.Sql }> = {
  version: {
    keys: Prisma.sql`"tenantId", "adapterId", "versionId", NULL::text AS "via", NULL::timestamptz AS "day"`,
    order: Prisma.sql`"requests" DESC`,
  },
  tenant: {
    keys: Prisma.sql`"tenantId", NULL::text AS "adapterId", NULL::text AS "versionId", NULL::text AS "via", NULL::timestamptz AS "day"`,
    order: Prisma.sql`"requests" DESC`,
  },
  via: {
    keys: Prisma.sql`NULL::text AS "tenantId", NULL::text AS "adapterId", NULL::text AS "versionId", "via", NULL::timestamptz AS "day"`,
    order: Prisma.sql`"requests" DESC`,
  },
  day: {
    keys: Prisma.sql`NULL::text AS "tenantId", NULL::text AS "adapterId", NULL::text AS "versionId", NULL::text AS "via", date_trunc('day', "minute", 'UTC') AS "day"`,
    order: Prisma.sql`"day"`,
  },
};

/** Customers' usage by group. */
export function sumUsage(
  tx: Tx,
  query: { from: Date; to: Date; tenantId: string | undefined; groupBy: UsageQuery["groupBy"]; limit: number },
): Promise<UsageSums[]> {
  const { keys, order } = COLUMNS[query.groupBy];
  const tenantId = tx.scope.kind === "tenant" ? tx.scope.tenantId : query.tenantId;
  return tx.client.$queryRaw<UsageSums[]>`
    SELECT ${keys}, ${sums("float8")}, max("minute") AS "lastMinute", (count(*) OVER ())::int AS "groups"
    FROM "Usage"
    WHERE "kind" = 'user' AND "minute" >= ${query.from} AND "minute" < ${query.to}
      ${tenantId === undefined ? Prisma.empty : Prisma.sql`AND "tenantId" = ${tenantId}`}
    GROUP BY 1, 2, 3, 4, 5 ORDER BY ${order} LIMIT ${query.limit}`;
}

/** Rows that stand for a whole hour have an instance that begins so. */
const FOLDED = "hour:";

/**
 * Puts the minutes of the oldest hour that ended before a moment together, in one row for each key. A year of minutes would
 * be sixty times as much, and nobody asks for a minute of last week. Call it again until it finds nothing.
 * @returns rows it made
 */
export const foldOldestHour = (tx: Tx, before: Date, now: Date): Promise<number> =>
  tx.client.$executeRaw`
    WITH "oldest" AS (
      SELECT date_trunc('hour', min("minute"), 'UTC') AS "at" FROM "Usage" WHERE NOT starts_with("instanceId", ${FOLDED})
    ), "old" AS (
      DELETE FROM "Usage" USING "oldest"
      WHERE "minute" >= "at" AND "minute" < "at" + interval '1 hour' AND "at" + interval '1 hour' <= ${before}
        AND NOT starts_with("instanceId", ${FOLDED})
      RETURNING "Usage".*
    )
    INSERT INTO "Usage" ("instanceId", "minute", "tenantId", "adapterId", "versionId", "kind", "via",
      "requests", "failed", "refused", "shed", "fallbacks", "uncounted", "promptTokens", "completionTokens", "simulated",
      "ttft", "interToken", "latency", "queued")
    SELECT ${`${FOLDED}${now.getTime()}`}::text, date_trunc('hour', "minute", 'UTC'), "tenantId", "adapterId", "versionId",
      "kind", "via", ${sums("int")}
    FROM "old" GROUP BY 2, 3, 4, 5, 6, 7`;
