import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Adapter, VersionState, VersionStatus } from "../schema.ts";
import { aliasesOf, statusOf } from "../versions/version-status.ts";

type AdapterRow = {
  id: string;
  tenantId: string;
  tenantSlug: string;
  tenantName: string;
  poolId: string;
  slug: string;
  name: string;
  isDefault: boolean;
  generation: number;
  createdAt: Date;
  versionCount: number;
  routeId: string;
  liveVersionId: string | null;
  liveNumber: number | null;
  liveRank: number | null;
  liveState: VersionState | null;
  previousVersionId: string | null;
  previousNumber: number | null;
  liveSince: Date | null;
  originEndpointId: string | null;
  originUntil: Date | null;
  originEndedAt: Date | null;
  candidateVersionId: string | null;
  candidateNumber: number | null;
  candidateWeight: number;
  mirrorVersionId: string | null;
  mirrorNumber: number | null;
  mirrorShare: number;
  routeGeneration: number;
  newestId: string | null;
  newestNumber: number;
  newestState: VersionState;
  newestRank: number | null;
  newestBytes: bigint;
  newestAt: Date;
  newestHolders: string[];
  newestRolledBack: boolean;
};

const scopedAdapters = ({ scope }: Tx) =>
  scope.kind === "tenant" ? Prisma.sql`AND a."tenantId" = ${scope.tenantId}` : Prisma.empty;

/** Adapters with their routes and newest versions, in the order of the ids; in the caller's scope. */
export async function readAdapters(tx: Tx, ids: readonly string[]): Promise<Adapter[]> {
  if (ids.length === 0) return [];
  const rows = await tx.client.$queryRaw<AdapterRow[]>`
    SELECT a."id", a."tenantId", a."poolId", a."slug", a."name", a."isDefault", a."generation", a."createdAt",
      t."slug" AS "tenantSlug", t."name" AS "tenantName",
      (SELECT count(*)::int FROM "AdapterVersion" v WHERE v."adapterId" = a."id" AND v."state" <> 'deleted') AS "versionCount",
      r."id" AS "routeId", r."liveVersionId", r."previousVersionId", r."liveSince", r."generation" AS "routeGeneration",
      r."originEndpointId", r."originUntil", r."originEndedAt",
      r."candidateVersionId", r."candidateWeight", r."mirrorVersionId", r."mirrorShare",
      l."number" AS "liveNumber", l."rank" AS "liveRank", l."state"::text AS "liveState", p."number" AS "previousNumber",
      c."number" AS "candidateNumber", m."number" AS "mirrorNumber",
      n."id" AS "newestId", n."number" AS "newestNumber", n."state"::text AS "newestState", n."rank" AS "newestRank",
      n."sizeBytes" AS "newestBytes", n."createdAt" AS "newestAt",
      n."rolledBackAt" IS NOT NULL AS "newestRolledBack",
      ARRAY(SELECT h."holder" FROM "VersionRetention" h WHERE h."versionId" = n."id") AS "newestHolders"
    FROM "Adapter" a
    JOIN "Tenant" t ON t."id" = a."tenantId"
    JOIN "Route" r ON r."adapterId" = a."id"
    LEFT JOIN "AdapterVersion" l ON l."id" = r."liveVersionId"
    LEFT JOIN "AdapterVersion" p ON p."id" = r."previousVersionId"
    LEFT JOIN "AdapterVersion" c ON c."id" = r."candidateVersionId"
    LEFT JOIN "AdapterVersion" m ON m."id" = r."mirrorVersionId"
    LEFT JOIN LATERAL (
      SELECT v."id", v."number", v."state", v."rank", v."sizeBytes", v."createdAt", v."rolledBackAt"
      FROM "AdapterVersion" v
      WHERE v."adapterId" = a."id" AND v."state" <> 'deleted' ORDER BY v."number" DESC LIMIT 1
    ) n ON true
    WHERE a."id" = ANY(${[...ids]}) ${scopedAdapters(tx)}`;
  const byId = new Map(rows.map((row) => [row.id, toAdapter(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

const toAdapter = (row: AdapterRow): Adapter => ({
  id: row.id,
  tenantId: row.tenantId,
  tenantSlug: row.tenantSlug,
  tenantName: row.tenantName,
  poolId: row.poolId,
  slug: row.slug,
  name: row.name,
  isDefault: row.isDefault,
  generation: row.generation,
  createdAt: row.createdAt.toISOString(),
  versionCount: row.versionCount,
  route: {
    id: row.routeId,
    liveVersionId: row.liveVersionId,
    liveVersionNumber: row.liveNumber,
    previousVersionId: row.previousVersionId,
    previousVersionNumber: row.previousNumber,
    liveSince: row.liveSince?.toISOString() ?? null,
    originEndpointId: row.originEndpointId,
    originUntil: row.originUntil?.toISOString() ?? null,
    originEndedAt: row.originEndedAt?.toISOString() ?? null,
    candidateVersionId: row.candidateVersionId,
    candidateVersionNumber: row.candidateNumber,
    weightPercent: row.candidateWeight,
    mirrorVersionId: row.mirrorVersionId,
    mirrorVersionNumber: row.mirrorNumber,
    mirrorPercent: row.mirrorShare,
    generation: row.routeGeneration,
  },
  liveRank: row.liveRank,
  liveStatus:
    row.liveState && statusOf({ state: row.liveState, aliases: ["live"], retentions: [], wasRolledBack: false }),
  newestVersion: row.newestId === null ? null : toNewest(row, row.newestId),
});

function toNewest(row: AdapterRow, id: string): Adapter["newestVersion"] {
  const retentions = row.newestHolders.map((holder) => ({ holder }));
  const aliases = aliasesOf(id, row, retentions);
  const status: VersionStatus = statusOf({
    state: row.newestState,
    aliases,
    retentions,
    wasRolledBack: row.newestRolledBack,
  });
  return {
    id,
    number: row.newestNumber,
    status,
    rank: row.newestRank,
    sizeBytes: Number(row.newestBytes),
    createdAt: row.newestAt.toISOString(),
  };
}

export async function getAdapter(tx: Tx, adapterId: string): Promise<Adapter | null> {
  const [adapter] = await readAdapters(tx, [adapterId]);
  return adapter ?? null;
}

/** Rank and modules of every version that is live in a pool. */
export const listLiveRanks = (tx: Tx, poolId: string): Promise<{ rank: number | null; targetModules: string[] }[]> =>
  tx.client.$queryRaw`
    SELECT v."rank", v."targetModules" FROM "Adapter" a
    JOIN "Route" r ON r."adapterId" = a."id" JOIN "AdapterVersion" v ON v."id" = r."liveVersionId"
    WHERE a."poolId" = ${poolId} ${scopedAdapters(tx)}`;

export const countAdapters = (tx: Tx, tenantId: string): Promise<number> =>
  tx.client.adapter.count({ where: { AND: [{ tenantId }, tenantWhere(tx.scope)] } });

export const clearDefaultAdapter = (tx: Tx, tenantId: string): Promise<unknown> =>
  tx.client.adapter.updateMany({
    where: { AND: [{ tenantId, isDefault: true }, tenantWhere(tx.scope)] },
    data: { isDefault: false, generation: { increment: 1 } },
  });

type NewAdapter = { tenantId: string; poolId: string; slug: string; name: string; isDefault: boolean };

/** The adapter and its route, which points nowhere yet. @returns null when the tenant already has this slug */
export async function insertAdapter(tx: Tx, input: NewAdapter): Promise<Adapter | null> {
  const route = { create: { id: newId("route"), tenantId: input.tenantId } };
  const row = await orTaken(tx.client.adapter.create({ data: { id: newId("adapter"), ...input, route } }));
  return row && getAdapter(tx, row.id);
}
