import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { OTHER } from "./rank-parts.ts";
import type { ChartPart } from "./schema.ts";
import type { Timed, TraceBucket } from "./trace-chart.ts";

export type TraceFilter = {
  tenantId?: string | undefined;
  nodeIds?: readonly string[] | undefined;
  from: Date;
  to: Date;
};

/** What a part is called while no object stands behind it. */
const NONE = "none";

const userTraces = (tx: Tx, filter: Pick<TraceFilter, "tenantId" | "nodeIds">) => {
  const tenantId = tx.scope.kind === "tenant" ? tx.scope.tenantId : filter.tenantId;
  return Prisma.sql`"kind" = 'user'
    ${tenantId ? Prisma.sql`AND "tenantId" = ${tenantId}` : Prisma.empty}
    ${filter.nodeIds ? Prisma.sql`AND "nodeId" = ANY(${[...filter.nodeIds]})` : Prisma.empty}`;
};

/** A duration in ms, null where a request has none of the kind. */
function durationOf(timed: Timed): Prisma.Sql {
  switch (timed) {
    case "whole":
      return Prisma.sql`CASE WHEN "status" < 400 THEN extract(epoch FROM "endedAt" - "arrivedAt") * 1000 END`;
    case "first_byte":
      return Prisma.sql`CASE WHEN "status" < 400 AND "stream" THEN extract(epoch FROM "firstByteAt" - "arrivedAt") * 1000 END`;
    case "token":
      return Prisma.sql`CASE WHEN "status" < 400 AND "stream" AND "completionTokens" > 1
        THEN extract(epoch FROM "endedAt" - "firstByteAt") * 1000 / ("completionTokens" - 1) END`;
    case "nothing":
      return Prisma.sql`NULL::float8`;
  }
}

function keyOf(by: ChartPart | null): Prisma.Sql {
  switch (by) {
    case "tenant":
      return Prisma.sql`COALESCE("tenantId", ${NONE})`;
    case "adapter":
      return Prisma.sql`COALESCE("adapterId", ${NONE})`;
    case "node":
      return Prisma.sql`COALESCE("nodeId", ${NONE})`;
    case "pool":
      return Prisma.sql`COALESCE((SELECT n."poolId" FROM "Node" n WHERE n."id" = "nodeId"), ${NONE})`;
    case null:
      return Prisma.sql`''`;
  }
}

const COUNTS = Prisma.sql`
  count(*)::int AS "requests",
  count(*) FILTER (WHERE "status" < 400)::int AS "answered",
  count(*) FILTER (WHERE "status" >= 500)::int AS "failed",
  count(*) FILTER (WHERE "status" < 400 AND "fallbackReason" IS NOT NULL)::int AS "fellBack",
  COALESCE(sum("promptTokens"), 0)::float8 AS "promptTokens",
  COALESCE(sum("completionTokens"), 0)::float8 AS "completionTokens",
  count("ms")::int AS "timed",
  bool_or("simulated") AS "simulated", max("endedAt") AS "lastAt"`;
const quantilesOf = (timed: Timed): Prisma.Sql =>
  timed === "nothing"
    ? Prisma.sql`, NULL AS "durationsMs"`
    : Prisma.sql`, percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY "ms") AS "durationsMs"`;

type Row = TraceBucket & { simulated: boolean; lastAt: Date };
export type TraceRead = { buckets: TraceBucket[]; simulated: boolean; lastAt: Date | null };

type Asked = TraceFilter & { timed: Timed; by: ChartPart | null };

/**
 * Customers' requests by step and over the whole range, and whether any was simulated.
 * @param query.keys of a split, the parts that stand for themselves; all others are "other"
 */
export async function readTraceBuckets(
  tx: Tx,
  query: Asked & { stepSeconds: number; keys?: readonly string[] | undefined },
): Promise<TraceRead> {
  const step = query.stepSeconds;
  const key = keyOf(query.by);
  const part = query.keys ? Prisma.sql`CASE WHEN ${key} = ANY(${[...query.keys]}) THEN ${key} ELSE ${OTHER} END` : key;
  const rows = await tx.client.$queryRaw<Row[]>`
    SELECT to_timestamp("step" * ${step}::float8) AS "start", "key", ${COUNTS} ${quantilesOf(query.timed)}
    FROM (SELECT *, floor(extract(epoch FROM "arrivedAt") / ${step}::float8) AS "step", ${part} AS "key",
                 (${durationOf(query.timed)})::float8 AS "ms"
          FROM "RequestTrace"
          WHERE "arrivedAt" >= ${query.from} AND "arrivedAt" < ${query.to} AND ${userTraces(tx, query)}) AS t
    GROUP BY GROUPING SETS (("step", "key"), ("key")) ORDER BY 1`;
  const lastAt = rows.reduce<Date | null>((last, row) => (last && last > row.lastAt ? last : row.lastAt), null);
  return { buckets: rows, simulated: rows.some((row) => row.simulated), lastAt };
}

/** The parts there are requests of, each over the whole range. */
export const readTraceParts = (tx: Tx, query: Asked): Promise<TraceBucket[]> => tx.client.$queryRaw`
  SELECT NULL AS "start", "key", ${COUNTS} ${quantilesOf(query.timed)}
  FROM (SELECT *, ${keyOf(query.by)} AS "key", (${durationOf(query.timed)})::float8 AS "ms"
        FROM "RequestTrace"
        WHERE "arrivedAt" >= ${query.from} AND "arrivedAt" < ${query.to} AND ${userTraces(tx, query)}) AS t
  GROUP BY "key"`;

/** When the oldest trace still kept arrived. */
export async function firstTraceAt(tx: Tx, filter: Pick<TraceFilter, "tenantId" | "nodeIds">): Promise<Date | null> {
  const [row] = await tx.client.$queryRaw<{ at: Date | null }[]>`
    SELECT min("arrivedAt") AS "at" FROM "RequestTrace" WHERE ${userTraces(tx, filter)}`;
  return row?.at ?? null;
}

/** What parts are called. */
export async function namesOfParts(tx: Tx, by: ChartPart, ids: readonly string[]): Promise<Map<string, string>> {
  const where = { id: { in: [...ids] } };
  switch (by) {
    case "tenant": {
      const rows = await tx.client.tenant.findMany({ where, select: { id: true, name: true } });
      return named(rows, "No tenant");
    }
    case "adapter": {
      const rows = await tx.client.adapter.findMany({
        where,
        select: { id: true, slug: true, tenant: { select: { slug: true } } },
      });
      const full = rows.map(({ id, slug, tenant }) => ({ id, name: `${tenant.slug} / ${slug}` }));
      return named(full, "No adapter");
    }
    case "node":
      return named(await tx.client.node.findMany({ where, select: { id: true, name: true } }), "No node");
    case "pool":
      return named(await tx.client.pool.findMany({ where, select: { id: true, name: true } }), "No node");
  }
}

const named = (rows: readonly { id: string; name: string }[], none: string): Map<string, string> =>
  new Map([...rows.map(({ id, name }): [string, string] => [id, name]), [NONE, none]]);
