import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";

// --- scraping --------------------------------------------------------------------------------------------------

export type ScrapeTarget = {
  id: string;
  poolId: string;
  standalone: boolean;
  baseUrl: string;
  sealedKey: string | null;
  epoch: number;
  simulated: boolean;
};

export const listScrapeTargets = (tx: Tx): Promise<ScrapeTarget[]> =>
  tx.client.node.findMany({
    orderBy: { id: "asc" },
    select: {
      ...{ id: true, poolId: true, standalone: true },
      ...{ baseUrl: true, sealedKey: true, epoch: true, simulated: true },
    },
  });

// --- charts of nodes -------------------------------------------------------------------------------------------

/** Nodes that serve customers, or the one that was named, with their pools. */
export type NodeFilter = { poolId?: string | undefined; nodeId?: string | undefined };
export type ChartNode = { id: string; name: string; pool: { id: string; name: string } };

/** The nodes that a chart is about, as a condition on rows of "Node" AS n. */
export const isCharted = ({ poolId, nodeId }: NodeFilter): Prisma.Sql => Prisma.sql`
  (${poolId ?? null}::text IS NULL OR n."poolId" = ${poolId ?? null})
  AND CASE WHEN ${nodeId ?? null}::text IS NULL THEN NOT n."standalone" ELSE n."id" = ${nodeId ?? null} END`;

/** By name. In one statement, as every chart waits for it. */
export const listChartNodes = (tx: Tx, filter: NodeFilter): Promise<ChartNode[]> => tx.client.$queryRaw`
  SELECT n."id", n."name", jsonb_build_object('id', p."id", 'name', p."name") AS "pool"
  FROM "Node" n JOIN "Pool" p ON p."id" = n."poolId" WHERE ${isCharted(filter)} ORDER BY n."name"`;

export const findPool = (tx: Tx, id: string) =>
  tx.client.pool.findUnique({ where: { id }, select: { id: true, name: true } });
