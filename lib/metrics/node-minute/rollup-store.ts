import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { NodeRollup, RollupStep } from "../rollup.ts";
import {
  ALL_METRICS,
  CACHE_COLUMNS,
  CACHE_TABLES,
  COUNTER_COLUMNS,
  GAUGE_COLUMNS,
  HISTOGRAM_COLUMNS,
  isCacheCounter,
  type MetricNames,
  NODE_TABLES,
} from "./columns.ts";
import { type BoundsById, fromRow } from "./node-rows.ts";

export type RollupQuery = { nodeIds: readonly string[]; stepSeconds: RollupStep; from: Date; to: Date };
type KeyRow = { node_id: string; at: Date; looks: number; seconds: number; simulated: boolean };

/**
 * Rows of nodes whose step begins in [from, to), by time. The last step may not have ended.
 * @param names the figures to read; without it all of them
 */
export async function readNodeRollups(
  tx: Tx,
  { nodeIds, stepSeconds, from, to }: RollupQuery,
  names: MetricNames = ALL_METRICS,
): Promise<NodeRollup[]> {
  const counts = names.counters.filter(isCacheCounter).map((name) => `c.${CACHE_COLUMNS[name]}`);
  const joined =
    counts.length === 0
      ? Prisma.empty
      : Prisma.sql`LEFT JOIN ${Prisma.raw(CACHE_TABLES[stepSeconds])} AS c
          ON c.node_id = n.node_id AND c.at = n.at AND c.source = 'measured'`;
  const columns = [...columnsOf(names).map((column) => `n.${column}`), ...counts];
  const rows = await tx.client.$queryRaw<(KeyRow & Record<string, unknown>)[]>`
    SELECT n.node_id, n.at, n.looks, n.seconds, n.simulated ${Prisma.raw(columns.map((column) => `, ${column}`).join(""))}
    FROM ${Prisma.raw(NODE_TABLES[stepSeconds])} AS n ${joined}
    WHERE n.node_id = ANY(${[...nodeIds]}) AND n.at >= ${from} AND n.at < ${to} ORDER BY n.at`;
  const bounds = await boundsIn(tx, rows, names);
  return rows.map((row) => ({
    ...{ nodeId: row.node_id, stepSeconds, at: row.at, scrapes: row.looks, simulated: row.simulated },
    data: { seconds: row.seconds, ...fromRow(row, names, bounds) },
  }));
}

const columnsOf = ({ counters, gauges, histograms }: MetricNames): string[] => [
  ...counters.flatMap((name) => (isCacheCounter(name) ? [] : COUNTER_COLUMNS[name])),
  ...gauges.flatMap((name) => [`${GAUGE_COLUMNS[name]}_mean`, `${GAUGE_COLUMNS[name]}_max`]),
  ...histograms.flatMap((name) => [HISTOGRAM_COLUMNS[name], `${HISTOGRAM_COLUMNS[name]}_bounds`]),
];

const boundsIn = (
  tx: Tx,
  rows: readonly Readonly<Record<string, unknown>>[],
  { histograms }: MetricNames,
): Promise<BoundsById> =>
  readBounds(
    tx,
    rows.flatMap((row) => histograms.map((name) => row[`${HISTOGRAM_COLUMNS[name]}_bounds`])),
  );

/** Bounds by id, which never change. @param ids may hold null */
export async function readBounds(tx: Tx, ids: readonly unknown[]): Promise<BoundsById> {
  const asked = [...new Set(ids.filter((id) => typeof id === "string"))];
  if (asked.length === 0) return new Map();
  const rows = await tx.client.$queryRaw<{ id: string; upper_bounds: number[] }[]>`
    SELECT id, upper_bounds FROM metrics.histogram_bounds WHERE id = ANY(${asked})`;
  return new Map(rows.map(({ id, upper_bounds }) => [id, upper_bounds]));
}
