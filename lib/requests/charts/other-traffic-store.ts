import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { OtherCount } from "./other-traffic.ts";
import type { TraceFilter } from "./trace-chart-store.ts";

/** Requests that are no customer's, by kind and step of a chart. For staff: a customer's charts hold their own requests only. */
export const countOtherTraffic = (
  tx: Tx,
  { tenantId, nodeIds, from, to }: TraceFilter,
  stepSeconds: number,
): Promise<OtherCount[]> => tx.client.$queryRaw<OtherCount[]>`
  SELECT "kind"::text AS "kind", count(*)::int AS "requests",
    date_bin(make_interval(secs => ${stepSeconds}), "arrivedAt", ${from}::timestamptz) AS "start"
  FROM "RequestTrace"
  WHERE "kind" <> 'user' AND "arrivedAt" >= ${from} AND "arrivedAt" < ${to}
    ${tenantId ? Prisma.sql`AND "tenantId" = ${tenantId}` : Prisma.empty}
    ${nodeIds ? Prisma.sql`AND "nodeId" = ANY(${[...nodeIds]})` : Prisma.empty}
  GROUP BY 1, 3`;
