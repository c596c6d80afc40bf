import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { AlertMoment } from "./alert-mark.ts";
import { isServedBy, isServedIn, type MarkFilter } from "./mark-store.ts";

/** An alert is of its node, else of its pool, else of its tenant; one of none of them is everybody's. */
function isOf(alert: Prisma.Sql, { tenantId, within }: Pick<MarkFilter, "tenantId" | "within">): Prisma.Sql {
  const column = (name: string) => Prisma.sql`${alert}.${Prisma.raw(`"${name}"`)}`;
  const [node, pool, tenant] = [column("nodeId"), column("poolId"), column("tenantId")];
  const place = within
    ? Prisma.sql`CASE WHEN ${node} IS NOT NULL THEN ${node} = ANY(${[...within.nodeIds]})
        WHEN ${pool} IS NOT NULL THEN ${pool} = ANY(${[...within.poolIds]})
        ELSE ${tenant} IS NULL OR ${isServedIn(tenant, within.poolIds)} END`
    : Prisma.sql`true`;
  const owner = tenantId
    ? Prisma.sql`CASE WHEN ${tenant} IS NOT NULL THEN ${tenant} = ${tenantId}
        ELSE ${pool} IS NULL OR ${isServedBy(tenantId, pool)} END`
    : Prisma.sql`true`;
  return Prisma.sql`(${place} AND ${owner})`;
}

/**
 * When alerts fired and when they were over, newest first. One that came from another is told with it, as long as both are of
 * the view. A customer has no view of alerts.
 */
export async function listAlertMoments(tx: Tx, filter: MarkFilter): Promise<AlertMoment[]> {
  if (tx.scope.kind === "tenant") return [];
  return tx.client.$queryRaw<AlertMoment[]>`
    SELECT a."id", a."subjectName", a."what", a."tenantId", a."nodeId", m."at", m."isEnd"
    FROM "Alert" a CROSS JOIN LATERAL (VALUES (a."firedAt", false), (a."resolvedAt", true)) AS m("at", "isEnd")
    WHERE a."firedAt" IS NOT NULL AND m."at" >= ${filter.from} AND m."at" <= ${filter.to}
      AND ${isOf(Prisma.sql`a`, filter)}
      AND NOT EXISTS (SELECT 1 FROM "Alert" c
        WHERE c."id" = a."causeId" AND c."firedAt" IS NOT NULL AND ${isOf(Prisma.sql`c`, filter)})
    ORDER BY m."at" DESC, a."id" DESC LIMIT ${filter.limit}`;
}
