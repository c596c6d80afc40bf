import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { isServedBy, type MarkFilter } from "./mark-store.ts";
import type { SettingsEdit } from "./settings-mark.ts";

/**
 * Edits of the settings that count for all pools, and of pools', newest first. They are in the platform's part of the audit
 * trail, of which a customer has no view.
 */
export async function listSettingsEdits(tx: Tx, filter: MarkFilter): Promise<SettingsEdit[]> {
  if (tx.scope.kind === "tenant") return [];
  const { from, to, tenantId, within, limit } = filter;
  return tx.client.$queryRaw<SettingsEdit[]>`
    SELECT e."id", e."at", p."id" AS "poolId", p."name" AS "poolName", e."before", e."after"
    FROM "AuditEntry" e LEFT JOIN "Pool" p ON p."id" = e."objectId"
    WHERE e."tenantId" IS NULL AND e."at" >= ${from} AND e."at" <= ${to}
      AND (e."objectType" = 'settings' OR (e."action" = 'pool.update' AND p."id" IS NOT NULL
        ${within ? Prisma.sql`AND p."id" = ANY(${[...within.poolIds]})` : Prisma.empty}
        ${tenantId ? Prisma.sql`AND ${isServedBy(tenantId, Prisma.sql`p."id"`)}` : Prisma.empty}))
    ORDER BY e."at" DESC, e."id" DESC LIMIT ${limit}`;
}
