import type { ChartPart } from "#lib/metrics/browser/chart-metrics.ts";
import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Timed } from "./trace-chart.ts";

export type TraceFilter = {
  tenantId?: string | undefined;
  nodeIds?: readonly string[] | undefined;
  from: Date;
  to: Date;
};

/** What a part is called while no object stands behind it. */
export const NONE = "none";

export const userTraces = (tx: Tx, filter: Pick<TraceFilter, "tenantId" | "nodeIds">) => {
  const tenantId = tx.scope.kind === "tenant" ? tx.scope.tenantId : filter.tenantId;
  return Prisma.sql`"kind" = 'user'
    ${tenantId ? Prisma.sql`AND "tenantId" = ${tenantId}` : Prisma.empty}
    ${filter.nodeIds ? Prisma.sql`AND "nodeId" = ANY(${[...filter.nodeIds]})` : Prisma.empty}`;
};

/**
 * A duration in ms, null where a request has none of the kind; between tokens to the microsecond. Times are kept to the
 * millisecond, so floats are exact once rounded, and an hour of requests is read in a third less time than in numerics.
 */
export function durationOf(timed: Timed): Prisma.Sql {
  switch (timed) {
    case "whole":
      return Prisma.sql`CASE WHEN "status" < 400 THEN round(date_part('epoch', "endedAt" - "arrivedAt") * 1000) END`;
    case "first_byte":
      return Prisma.sql`CASE WHEN "status" < 400 AND "stream" THEN round(date_part('epoch', "firstByteAt" - "arrivedAt") * 1000) END`;
    case "token":
      return Prisma.sql`CASE WHEN "status" < 400 AND "stream" AND "completionTokens" > 1
        THEN round(extract(epoch FROM "endedAt" - "firstByteAt") * 1000 / ("completionTokens" - 1), 3) END`;
    case "nothing":
      return Prisma.sql`NULL::float8`;
  }
}

export function keyOf(by: ChartPart | null): Prisma.Sql {
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
