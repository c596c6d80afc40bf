import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { TrafficKind } from "../schema.ts";
import type { RequestOutcome } from "./usage.ts";
import { planWindows, USAGE_STEPS, type UsageStep, type UsageWindow } from "./usage-windows.ts";

export const USAGE_TABLES: Record<UsageStep, string> = {
  3600: "usage_hour",
  300: "usage_5_minutes",
  60: "usage_minute",
};

const COUNTS = [
  ...["requests", "answered", "failed", "refused", "shed", "turnedAway", "fallbacks", "uncounted"],
  ...["promptTokens", "completionTokens", "busyMs"],
] as const;
export type UsageCount = (typeof COUNTS)[number];

/** What requests can be told apart by. A pool is that of the node that answered. */
export type UsageDimension = "tenant" | "adapter" | "version" | "node" | "pool" | "kind" | "via";
export type UsageHistogram = "latency" | "ttft" | "interToken" | "queued";
export type UsageReasons = "fallbackReasons" | "failureReasons";

export type UsageFilter = {
  /** Without them customers' own requests only. */
  kinds?: readonly TrafficKind[] | undefined;
  tenantIds?: readonly string[] | undefined;
  adapterIds?: readonly string[] | undefined;
  nodeIds?: readonly string[] | undefined;
};
export type UsageSumsQuery = UsageFilter &
  UsageWindow & {
    /** Null = the range as a whole. */
    stepSeconds: number | null;
    by: readonly UsageDimension[];
    /** Without them all; what is not asked for is 0. A chart of many steps takes a third less time with those it needs. */
    counts?: readonly UsageCount[] | undefined;
    /** Histograms and reasons to read beside the counts. */
    with: readonly (UsageHistogram | UsageReasons)[];
    /** Whether to tell what became of the newest request; only with steps of a minute. */
    wantsOutcome?: boolean;
  };

/** Requests of one step and one value of each dimension, by the minute in which they ended. */
export type UsageSum = Record<UsageCount, number> & {
  /** Start of the step; of a range as a whole, of the range. */
  at: Date;
  /** In the order of the dimensions asked for; "" = none. */
  keys: readonly string[];
  simulated: boolean;
  lastAt: Date;
  lastOutcome: RequestOutcome | null;
  /** As they are stored, one behind the other. */
  stored: Partial<Record<UsageHistogram | UsageReasons, string>>;
};

/**
 * Sums of customers' requests; everything that is not about single requests reads this. Rolled-up rows are read where they
 * are up to date, finer ones elsewhere. A customer reads their own, whatever tenant is asked for.
 */
export async function readUsageSums(tx: Tx, query: UsageSumsQuery): Promise<UsageSum[]> {
  const pending = await tx.client.usagePending.findMany({
    where: { at: { gt: new Date(query.from.getTime() - 3_600_000), lt: query.to } },
  });
  const windows = planWindows(query, query.stepSeconds, pending);
  const parts = USAGE_STEPS.flatMap((step) =>
    windows[step].length === 0 ? [] : rowsOf(tx, query, step, windows[step]),
  );
  if (parts.length === 0) return [];
  // one text for all: thousands of rows through the ORM would cost more than to sum them
  const [row] = await tx.client.$queryRaw<{ lines: string | null }[]>`
    SELECT string_agg("line", chr(10)) AS "lines" FROM (
      SELECT concat_ws(chr(9), ${Prisma.join(columnsOf(query))}) AS "line"
      FROM (${Prisma.join(parts, " UNION ALL ")}) AS u
      ${query.by.includes("pool") ? Prisma.sql`LEFT JOIN "Node" n ON n."id" = u."nodeId"` : Prisma.empty}
      GROUP BY ${Prisma.join([stepOf(query), ...query.by.map((dimension) => KEYS[dimension])])}
    ) AS g`;
  return (row?.lines ?? "").split("\n").flatMap((line) => (line === "" ? [] : parseLine(line, query)));
}

const countsOf = ({ counts = COUNTS }: UsageSumsQuery): readonly UsageCount[] => counts;
const NO_COUNTS = Object.fromEntries(COUNTS.map((count) => [count, 0])) as Record<UsageCount, number>;
const EPOCH = new Date(0);

const KEYS: Record<UsageDimension, Prisma.Sql> = {
  tenant: Prisma.sql`u."tenantId"`,
  adapter: Prisma.sql`u."adapterId"`,
  version: Prisma.sql`u."versionId"`,
  node: Prisma.sql`u."nodeId"`,
  pool: Prisma.sql`coalesce(n."poolId", '')`,
  kind: Prisma.sql`u."kind"::text`,
  via: Prisma.sql`u."via"`,
};

/** Written into the statement, so that Postgres sees the same expression wherever it stands. */
const stepOf = ({ from, stepSeconds }: UsageSumsQuery): Prisma.Sql =>
  Prisma.raw(
    stepSeconds === null
      ? `'${from.toISOString()}'::timestamptz`
      : `date_bin('${stepSeconds} seconds', u."at", 'epoch'::timestamptz)`,
  );

const columnsOf = (query: UsageSumsQuery): Prisma.Sql[] => [
  Prisma.sql`date_part('epoch', ${stepOf(query)}) * 1000`,
  ...query.by.map((dimension) => KEYS[dimension]),
  ...countsOf(query).map((count) => Prisma.raw(`sum(u."${count}"::float8)`)),
  Prisma.sql`bool_or(u."simulated")::int`,
  Prisma.sql`date_part('epoch', max(u."lastAt")) * 1000`,
  query.wantsOutcome ? Prisma.sql`(array_agg(u."lastOutcome" ORDER BY u."lastAt" DESC))[1]` : Prisma.sql`''`,
  ...query.with.map((name) => Prisma.raw(`coalesce(string_agg(nullif(u."${name}"::text, '{}'), ''), '')`)),
];

function rowsOf(tx: Tx, query: UsageSumsQuery, step: UsageStep, windows: readonly UsageWindow[]): Prisma.Sql {
  const isWithin = windows.map(({ from, to }) => Prisma.sql`("at" >= ${from} AND "at" < ${to})`);
  const names = [...countsOf(query), ...query.with].map((name) => `"${name}"`).join(", ");
  const outcome = query.wantsOutcome ? `, "lastOutcome"` : "";
  return Prisma.sql`
    SELECT "at", "tenantId", "adapterId", "versionId", "nodeId", "kind", "via", "simulated", "lastAt", ${Prisma.raw(names + outcome)}
    FROM ${Prisma.raw(USAGE_TABLES[step])}
    WHERE (${Prisma.join(isWithin, " OR ")}) ${filterOf(tx, query)}`;
}

function filterOf(tx: Tx, { kinds = ["user"], tenantIds, adapterIds, nodeIds }: UsageFilter): Prisma.Sql {
  const among = (column: string, ids: readonly string[] | undefined) =>
    ids === undefined ? Prisma.empty : Prisma.sql`AND ${Prisma.raw(`"${column}"`)} = ANY(${[...ids]})`;
  return Prisma.sql`AND "kind" = ANY(${[...kinds]}::"TrafficKind"[])
    ${among("tenantId", tx.scope.kind === "tenant" ? [tx.scope.tenantId] : tenantIds)}
    ${among("adapterId", adapterIds)} ${among("nodeId", nodeIds)}`;
}

/** Tens of thousands of lines a chart: read by their place, without a list or an object in between. */
function parseLine(line: string, query: UsageSumsQuery): UsageSum {
  const cells = line.split("\t");
  const sum: UsageSum = {
    ...{ at: new Date(Number(cells[0])), keys: cells.slice(1, 1 + query.by.length) },
    ...NO_COUNTS,
    ...{ simulated: false, lastAt: EPOCH, lastOutcome: null, stored: {} },
  };
  let next = 1 + query.by.length;
  for (const count of countsOf(query)) sum[count] = Number(cells[next++]);
  sum.simulated = cells[next++] === "1";
  sum.lastAt = new Date(Number(cells[next++]));
  sum.lastOutcome = (cells[next++] || null) as RequestOutcome | null;
  for (const name of query.with) sum.stored[name] = cells[next++] ?? "";
  return sum;
}

/** Start of the first step on record, as exact as it is still kept; null = none is. */
export async function firstUsageAt(tx: Tx, filter: Pick<UsageFilter, "tenantIds">): Promise<Date | null> {
  const first = (step: UsageStep) =>
    Prisma.sql`(SELECT min("at") FROM ${Prisma.raw(USAGE_TABLES[step])} WHERE true ${filterOf(tx, filter)})`;
  const [row] = await tx.client.$queryRaw<{ hour: Date | null; five: Date | null; minute: Date | null }[]>`
    SELECT ${first(3600)} AS "hour", ${first(300)} AS "five", ${first(60)} AS "minute"`;
  const finer = (coarse: Date | null, fine: Date | null, stepSeconds: number) =>
    coarse === null || (fine !== null && fine.getTime() < coarse.getTime() + stepSeconds * 1000) ? fine : coarse;
  return finer(finer(row?.hour ?? null, row?.five ?? null, 3600), row?.minute ?? null, 300);
}

/** Start of the first hour on record of each tenant; those without any are left out. */
export const firstUsageOfTenants = (
  tx: Tx,
  tenantIds: readonly string[],
): Promise<{ tenantId: string; at: Date }[]> => {
  const first = (step: UsageStep) => Prisma.sql`
    SELECT "tenantId", min("at") AS "at" FROM ${Prisma.raw(USAGE_TABLES[step])}
    WHERE "kind" = 'user' AND "tenantId" = ANY(${[...tenantIds]}) GROUP BY 1`;
  return tx.client.$queryRaw`
    SELECT "tenantId", date_trunc('hour', min("at"), 'UTC') AS "at"
    FROM (${Prisma.join(USAGE_STEPS.map(first), " UNION ALL ")}) AS u GROUP BY 1`;
};
