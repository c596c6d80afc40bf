import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { TrafficKind } from "../schema.ts";
import type { RequestOutcome } from "./usage.ts";
import { MINUTES_OF_POOLS } from "./usage-rollup-store.ts";
import { MINUTES, POOL_STEPS, POOL_SUMS, TENANT_STEPS, TENANT_SUMS, USAGE_COUNTS } from "./usage-tables.ts";
import { planWindows, type UsageWindow } from "./usage-windows.ts";

export type UsageCount = (typeof USAGE_COUNTS)[number];

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
  /** Of nodes that are in them now. */
  poolIds?: readonly string[] | undefined;
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

const DAY_MS = 86_400_000;

/**
 * Sums of customers' requests; everything that is not about single requests reads this. Rolled-up rows are read where they
 * are up to date, finer ones elsewhere; sums over tenants where nothing asks for less. A customer reads their own, whatever
 * tenant is asked for.
 */
export async function readUsageSums(tx: Tx, query: UsageSumsQuery): Promise<UsageSum[]> {
  const pending = await tx.client.usagePending.findMany({
    where: { at: { gt: new Date(query.from.getTime() - DAY_MS), lt: query.to } },
  });
  const ofPools = isOfPools(tx, query);
  const plan = ofPools
    ? tablesOf(planWindows(query, query.stepSeconds, pending, POOL_STEPS), POOL_SUMS)
    : tablesOf(planWindows(query, query.stepSeconds, pending, TENANT_STEPS), TENANT_SUMS);
  if (plan.length === 0) return [];
  const keys = ofPools ? POOL_KEYS : TENANT_KEYS;
  const parts = plan.map(({ table, windows }) => rowsOf(tx, query, { table, windows, ofPools }));
  // one text for all: thousands of rows through the ORM would cost more than to sum them
  const [row] = await tx.client.$queryRaw<{ lines: string | null }[]>`
    SELECT string_agg("line", chr(10)) AS "lines" FROM (
      SELECT concat_ws(chr(9), ${Prisma.join(columnsOf(query, keys))}) AS "line"
      FROM (${Prisma.join(parts, " UNION ALL ")}) AS u
      ${!ofPools && query.by.includes("pool") ? POOL_OF_NODE : Prisma.empty}
      GROUP BY ${Prisma.join([stepOf(query), ...query.by.map((dimension) => keys[dimension])])}
    ) AS g`;
  return (row?.lines ?? "").split("\n").flatMap((line) => (line === "" ? [] : parseLine(line, query)));
}

type TablePart = { table: string; windows: readonly UsageWindow[] };

const tablesOf = <Step extends number>(
  { summed, minutes }: { summed: readonly { step: Step; windows: UsageWindow[] }[]; minutes: UsageWindow[] },
  tables: Record<Step, string>,
): TablePart[] => [
  ...summed.map(({ step, windows }) => ({ table: tables[step], windows })),
  ...(minutes.length === 0 ? [] : [{ table: MINUTES, windows: minutes }]),
];

const POOL_DIMENSIONS: readonly UsageDimension[] = ["pool", "kind", "via"];
/** Whether sums over all tenants answer it. */
const isOfPools = (tx: Tx, { by, tenantIds, adapterIds, nodeIds, wantsOutcome }: UsageSumsQuery): boolean =>
  tx.scope.kind === "platform" &&
  !wantsOutcome &&
  by.every((dimension) => POOL_DIMENSIONS.includes(dimension)) &&
  [tenantIds, adapterIds, nodeIds].every((ids) => ids === undefined);

const POOL_OF_NODE = Prisma.sql`LEFT JOIN "Node" n ON n."id" = u."nodeId"`;
const countsOf = ({ counts = USAGE_COUNTS }: UsageSumsQuery): readonly UsageCount[] => counts;
const EPOCH = new Date(0);

const TENANT_KEYS: Record<UsageDimension, Prisma.Sql> = {
  tenant: Prisma.sql`u."tenantId"`,
  adapter: Prisma.sql`u."adapterId"`,
  version: Prisma.sql`u."versionId"`,
  node: Prisma.sql`u."nodeId"`,
  pool: Prisma.sql`coalesce(n."poolId", '')`,
  kind: Prisma.sql`u."kind"::text`,
  via: Prisma.sql`u."via"`,
};
const POOL_KEYS: typeof TENANT_KEYS = { ...TENANT_KEYS, pool: Prisma.sql`u."poolId"` };

/** Written into the statement, so that Postgres sees the same expression wherever it stands. */
const stepOf = ({ from, stepSeconds }: UsageSumsQuery): Prisma.Sql =>
  Prisma.raw(
    stepSeconds === null
      ? `'${from.toISOString()}'::timestamptz`
      : `date_bin('${stepSeconds} seconds', u."at", 'epoch'::timestamptz)`,
  );

const columnsOf = (query: UsageSumsQuery, keys: typeof TENANT_KEYS): Prisma.Sql[] => [
  Prisma.sql`date_part('epoch', ${stepOf(query)}) * 1000`,
  ...query.by.map((dimension) => keys[dimension]),
  ...countsOf(query).map((count) => Prisma.raw(`sum(u."${count}"::float8)`)),
  Prisma.sql`bool_or(u."simulated")::int`,
  Prisma.sql`date_part('epoch', max(u."lastAt")) * 1000`,
  query.wantsOutcome ? Prisma.sql`(array_agg(u."lastOutcome" ORDER BY u."lastAt" DESC))[1]` : Prisma.sql`''`,
  ...query.with.map((name) => Prisma.raw(`coalesce(string_agg(nullif(u."${name}"::text, '{}'), ''), '')`)),
];

function rowsOf(
  tx: Tx,
  query: UsageSumsQuery,
  { table, windows, ofPools }: TablePart & { ofPools: boolean },
): Prisma.Sql {
  const isWithin = windows.map(({ from, to }) => Prisma.sql`(u."at" >= ${from} AND u."at" < ${to})`);
  const names = [...countsOf(query), ...query.with, ...(query.wantsOutcome ? ["lastOutcome"] : [])];
  const columns = Prisma.raw(names.map((name) => `, u."${name}"`).join(""));
  const where = Prisma.sql`(${Prisma.join(isWithin, " OR ")}) ${filterOf(tx, query, ofPools)}`;
  const common = Prisma.sql`u."at", u."kind", u."via", u."simulated", u."lastAt" ${columns}`;
  const keys = Prisma.raw(ofPools ? `u."poolId"` : `u."tenantId", u."adapterId", u."versionId", u."nodeId"`);
  const from = ofPools && table === MINUTES ? MINUTES_OF_POOLS : Prisma.raw(table);
  return Prisma.sql`SELECT ${common}, ${keys} FROM ${from} AS u WHERE ${where}`;
}

function filterOf(tx: Tx, filter: UsageFilter, ofPools: boolean): Prisma.Sql {
  const { kinds = ["user"], tenantIds, adapterIds, nodeIds, poolIds } = filter;
  const among = (column: Prisma.Sql, ids: readonly string[] | undefined) =>
    ids === undefined ? Prisma.empty : Prisma.sql`AND ${column} = ANY(${[...ids]})`;
  return Prisma.sql`AND u."kind" = ANY(${[...kinds]}::"TrafficKind"[])
    ${among(TENANT_KEYS.tenant, tx.scope.kind === "tenant" ? [tx.scope.tenantId] : tenantIds)}
    ${among(TENANT_KEYS.adapter, adapterIds)} ${among(TENANT_KEYS.node, nodeIds)}
    ${ofPools ? among(POOL_KEYS.pool, poolIds) : inPools(poolIds)}`;
}

const inPools = (poolIds: readonly string[] | undefined): Prisma.Sql =>
  poolIds === undefined
    ? Prisma.empty
    : Prisma.sql`AND u."nodeId" IN (SELECT "id" FROM "Node" WHERE "poolId" = ANY(${[...poolIds]}))`;

/** Tens of thousands of lines a chart. The object is written out: to spread a part into it takes six times as long. */
function parseLine(line: string, query: UsageSumsQuery): UsageSum {
  const cells = line.split("\t");
  const sum: UsageSum = {
    at: new Date(Number(cells[0])),
    keys: cells.slice(1, 1 + query.by.length),
    requests: 0,
    answered: 0,
    failed: 0,
    refused: 0,
    shed: 0,
    turnedAway: 0,
    fallbacks: 0,
    uncounted: 0,
    promptTokens: 0,
    completionTokens: 0,
    busyMs: 0,
    simulated: false,
    lastAt: EPOCH,
    lastOutcome: null,
    stored: {},
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
export async function firstUsageAt(tx: Tx, filter: Omit<UsageFilter, "kinds">): Promise<Date | null> {
  const first = (table: string) =>
    Prisma.sql`(SELECT min("at") FROM ${Prisma.raw(table)} u WHERE true ${filterOf(tx, filter, false)})`;
  const [row] = await tx.client.$queryRaw<{ hour: Date | null; five: Date | null; minute: Date | null }[]>`
    SELECT ${first(TENANT_SUMS[3600])} AS "hour", ${first(TENANT_SUMS[300])} AS "five", ${first(MINUTES)} AS "minute"`;
  const finer = (coarse: Date | null, fine: Date | null, stepSeconds: number) =>
    coarse === null || (fine !== null && fine.getTime() < coarse.getTime() + stepSeconds * 1000) ? fine : coarse;
  return finer(finer(row?.hour ?? null, row?.five ?? null, 3600), row?.minute ?? null, 300);
}

/** Start of the first hour on record of each tenant; those without any are left out. */
export const firstUsageOfTenants = (
  tx: Tx,
  tenantIds: readonly string[],
): Promise<{ tenantId: string; at: Date }[]> => {
  // one look into an index for each, however many rows a tenant has
  const first = (table: string) => Prisma.sql`
    (SELECT min("at") FROM ${Prisma.raw(table)} WHERE "tenantId" = t."id" AND "kind" = 'user')`;
  return tx.client.$queryRaw`
    SELECT "tenantId", date_trunc('hour', "at", 'UTC') AS "at" FROM (
      SELECT t."id" AS "tenantId", least(${first(TENANT_SUMS[3600])}, ${first(TENANT_SUMS[300])}, ${first(MINUTES)}) AS "at"
      FROM unnest(${[...tenantIds]}::text[]) AS t("id")
    ) AS u WHERE "at" IS NOT NULL`;
};
