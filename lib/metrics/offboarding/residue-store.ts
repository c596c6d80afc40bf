import type { Tx } from "#lib/platform/db.ts";

/** A node whose present process a tenant's versions were loaded into. */
export type ResidueCandidate = {
  nodeId: string;
  nodeName: string;
  poolId: string;
  epoch: number;
  delivery: "shared" | "fetch";
  loraNames: string[];
  /** Some of it is, or may be, loaded there now. */
  isPlaced: boolean;
};

/**
 * Nodes in whose memory a tenant's weights may lie: every load since their present process began, and whatever their
 * plugin says. Where the start of the process is not known, every load counts.
 */
export async function residueCandidates(tx: Tx, tenantId: string): Promise<ResidueCandidate[]> {
  const rows = await tx.client.$queryRaw<{ nodeId: string; loraName: string }[]>`
    SELECT DISTINCT e."nodeId", e."loraName" FROM "LoadEvent" e JOIN "Node" n ON n."id" = e."nodeId"
    WHERE e."tenantId" = ${tenantId} AND e."kind" = 'load' AND e."outcome" <> 'failed' AND e."loraName" IS NOT NULL
      AND (n."processStartedAt" IS NULL OR e."at" >= n."processStartedAt" - interval '2 seconds')
    UNION
    SELECT r."nodeId", r."loraName" FROM "residency_interval" r
    JOIN "AdapterVersion" v ON v."loraName" = r."loraName" JOIN "Node" n ON n."id" = r."nodeId"
    WHERE v."tenantId" = ${tenantId} AND r."epoch" = n."epoch" AND r."source" = 'measured' AND r."endedAt" IS NULL
    UNION
    SELECT p."nodeId", v."loraName" FROM "Placement" p JOIN "AdapterVersion" v ON v."id" = p."versionId"
    WHERE p."tenantId" = ${tenantId} AND v."loraName" IS NOT NULL`;
  const nodes = await tx.client.node.findMany({
    where: { id: { in: rows.map(({ nodeId }) => nodeId) } },
    orderBy: { name: "asc" },
    select: {
      id: true,
      name: true,
      poolId: true,
      epoch: true,
      pool: { select: { delivery: true } },
      placements: { where: { tenantId }, select: { id: true } },
    },
  });
  return nodes.map(({ id, name, poolId, epoch, pool, placements }) => ({
    nodeId: id,
    nodeName: name,
    poolId,
    epoch,
    delivery: pool.delivery,
    loraNames: rows.flatMap(({ nodeId, loraName }) => (nodeId === id ? [loraName] : [])).sort(),
    isPlaced: placements.length > 0,
  }));
}

/** Epochs of nodes that are still in the catalog. */
export async function epochsOf(tx: Tx, nodeIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.client.node.findMany({
    where: { id: { in: [...nodeIds] } },
    select: { id: true, epoch: true },
  });
  return new Map(rows.map(({ id, epoch }) => [id, epoch]));
}

/** User requests of a tenant since a moment. */
export const requestsSince = (tx: Tx, tenantId: string, since: Date): Promise<number> =>
  tx.client.request.count({ where: { tenantId, kind: "user", arrivedAt: { gte: since } } });
