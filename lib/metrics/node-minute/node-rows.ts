import { createHash } from "node:crypto";
import type { Histogram } from "../histogram.ts";
import type { GaugeSummary, NodeRollup, RollupData, RollupStep } from "../rollup.ts";
import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";
import {
  CACHE_COLUMNS,
  COUNTER_COLUMNS,
  GAUGE_COLUMNS,
  HISTOGRAM_COLUMNS,
  isCacheCounter,
  type MetricNames,
} from "./columns.ts";

/** A row by column, as `jsonb_populate_recordset` takes it. What is absent is null. */
export type StoredRow = Record<string, string | number | boolean | readonly number[]>;

/** Rows of some rollups for each table, and the bounds of their histograms by id. */
export type StoredRows = {
  nodes: Record<RollupStep, StoredRow[]>;
  cache: Record<RollupStep, StoredRow[]>;
  bounds: ReadonlyMap<string, readonly number[]>;
};

const entries = <Name extends string, Value>(record: Partial<Record<Name, Value>>) =>
  Object.entries(record) as [Name, Value][];

/** Turns rollups into rows: one a node, and one more where the node counts its evictions or swaps itself. */
export function toRows(rollups: readonly NodeRollup[]): StoredRows {
  const nodes: StoredRows["nodes"] = { 60: [], 300: [], 3600: [] };
  const cache: StoredRows["cache"] = { 60: [], 300: [], 3600: [] };
  const bounds = new Map<string, readonly number[]>();
  const idOf = boundsIds(bounds);
  for (const { nodeId, stepSeconds, at, scrapes, simulated, data } of rollups) {
    const key = { node_id: nodeId, at: at.toISOString(), seconds: data.seconds, simulated };
    const row: StoredRow = { ...key, looks: scrapes };
    const counted: StoredRow = {};
    for (const [name, value] of entries<CounterName, number>(data.counters))
      if (isCacheCounter(name)) counted[CACHE_COLUMNS[name]] = value;
      else row[COUNTER_COLUMNS[name]] = value;
    for (const [name, { max, total, samples }] of entries<GaugeName, GaugeSummary>(data.gauges)) {
      row[`${GAUGE_COLUMNS[name]}_mean`] = total / samples;
      row[`${GAUGE_COLUMNS[name]}_max`] = max;
    }
    for (const [name, { le, counts }] of entries<HistogramName, Histogram>(data.histograms)) {
      row[HISTOGRAM_COLUMNS[name]] = counts;
      row[`${HISTOGRAM_COLUMNS[name]}_bounds`] = idOf(le);
    }
    nodes[stepSeconds].push(row);
    if (Object.keys(counted).length > 0) cache[stepSeconds].push({ ...key, source: "measured", ...counted });
  }
  return { nodes, cache, bounds };
}

/** Ids of lists of bounds; nearly all nodes have the same, so each list is hashed once. */
function boundsIds(found: Map<string, readonly number[]>): (bounds: readonly number[]) => string {
  const known = new Map<readonly number[], string>();
  return (bounds) => {
    const text = JSON.stringify(bounds);
    const id = known.get(bounds) ?? createHash("sha256").update(text).digest("hex").slice(0, 16);
    known.set(bounds, id);
    found.set(id, bounds);
    return id;
  };
}

/** Bounds of histograms by id. */
export type BoundsById = ReadonlyMap<string, readonly number[]>;

/**
 * Reads one row back. @param row with the columns of `names`, and those of the key
 * @param bounds of every histogram in it. @throws Error for bounds that are not among them
 */
export function fromRow(
  row: Readonly<Record<string, unknown>>,
  names: MetricNames,
  bounds: BoundsById,
): Pick<RollupData, "counters" | "gauges" | "histograms"> {
  const counters: RollupData["counters"] = {};
  const gauges: RollupData["gauges"] = {};
  const histograms: RollupData["histograms"] = {};
  for (const name of names.counters) {
    const value = row[isCacheCounter(name) ? CACHE_COLUMNS[name] : COUNTER_COLUMNS[name]];
    if (typeof value === "number") counters[name] = value;
  }
  const samples = Number(row.looks);
  for (const name of names.gauges) {
    const [mean, max] = [row[`${GAUGE_COLUMNS[name]}_mean`], row[`${GAUGE_COLUMNS[name]}_max`]];
    if (typeof mean === "number" && typeof max === "number") gauges[name] = { max, total: mean * samples, samples };
  }
  for (const name of names.histograms) {
    const [counts, id] = [row[HISTOGRAM_COLUMNS[name]], row[`${HISTOGRAM_COLUMNS[name]}_bounds`]];
    if (Array.isArray(counts)) histograms[name] = { le: boundsOf(String(id), bounds), counts };
  }
  return { counters, gauges, histograms };
}

export function boundsOf(id: string, bounds: BoundsById): readonly number[] {
  const found = bounds.get(id);
  if (found === undefined) throw new Error(`the bounds ${id} are not in metrics.histogram_bounds`);
  return found;
}
