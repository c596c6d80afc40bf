import type { Tx } from "#lib/platform/db.ts";
import type { TierReporter } from "../residency/node-residency.ts";
import type { LastScrape, RecentRequests } from "./collector.ts";
import type { NodeSamples } from "./node-samples.ts";

type StoredScrape = {
  nodeId: string;
  at: Date | null;
  epoch: number;
  simulated: boolean;
  samples: NodeSamples | null;
  reporter: TierReporter | null;
  recentRequests: RecentRequests;
  triedAt: Date;
  error: string | null;
};

/** The last scrape of every node: what a scraper that just started counts on from. */
export async function listLastScrapes(tx: Tx): Promise<LastScrape[]> {
  const rows = await tx.client.$queryRaw<StoredScrape[]>`
    SELECT node_id AS "nodeId", at, epoch, simulated, samples, teller AS "reporter", recent_requests AS "recentRequests",
      tried_at AS "triedAt", error
    FROM metrics.node_look`;
  return rows.map(({ at, samples, reporter, ...about }) => ({
    ...about,
    good: at && samples && { at, epoch: about.epoch, samples: { ...samples, ...(reporter && { reporter }) } },
  }));
}

/** When each of these nodes was last scraped with success; absent = never. */
export async function scrapeTimes(tx: Tx, nodeIds: readonly string[]): Promise<Map<string, Date>> {
  const rows = await tx.client.$queryRaw<{ nodeId: string; at: Date }[]>`
    SELECT node_id AS "nodeId", at FROM metrics.node_look WHERE node_id = ANY(${[...nodeIds]}) AND at IS NOT NULL`;
  return new Map(rows.map(({ nodeId, at }) => [nodeId, at]));
}

/** The newest scrape of any of these nodes that succeeded, where it lies in [from, to]. */
export async function lastScrapeWithin(tx: Tx, nodeIds: readonly string[], from: Date, to: Date): Promise<Date | null> {
  const [row] = await tx.client.$queryRaw<{ at: Date | null }[]>`
    SELECT max(at) AS at FROM metrics.node_look WHERE node_id = ANY(${[...nodeIds]}) AND at >= ${from} AND at <= ${to}`;
  return row?.at ?? null;
}

export type GoodScrape = {
  at: Date;
  epoch: number;
  simulated: boolean;
  /** null = nobody told of its tiers. */
  reporter: TierReporter | null;
  gauges: NodeSamples["gauges"];
};

/** The newest good scrape of each of these nodes; absent = there was none. */
export async function lastGoodScrapes(tx: Tx, nodeIds: readonly string[]): Promise<Map<string, GoodScrape>> {
  const rows = await tx.client.$queryRaw<(GoodScrape & { nodeId: string; gauges: NodeSamples["gauges"] | null })[]>`
    SELECT node_id AS "nodeId", at, epoch, simulated, teller AS "reporter", samples->'gauges' AS "gauges"
    FROM metrics.node_look WHERE node_id = ANY(${[...nodeIds]}) AND at IS NOT NULL`;
  return new Map(rows.map(({ nodeId, ...scrape }) => [nodeId, { ...scrape, gauges: scrape.gauges ?? {} }]));
}

/** Requests that a node counted between its last scrapes, oldest first. */
export async function recentRequests(tx: Tx, nodeId: string): Promise<RecentRequests> {
  const [row] = await tx.client.$queryRaw<{ recent: RecentRequests }[]>`
    SELECT recent_requests AS "recent" FROM metrics.node_look WHERE node_id = ${nodeId}`;
  return row?.recent ?? [];
}

/** Nodes that were removed. */
export const dropScrapesOfGoneNodes = (tx: Tx): Promise<number> => tx.client.$executeRaw`
  DELETE FROM metrics.node_look l WHERE NOT EXISTS (SELECT 1 FROM "Node" n WHERE n."id" = l.node_id)`;
