import type { Measurement } from "#lib/http/schema.ts";
import type { MemoryMeasurement } from "#lib/pools/browser/memory-schema.ts";
import type { BulkTotals, NodeForecast } from "../browser/bulk-schema.ts";
import type { BulkNode } from "./bulk-store.ts";

/** 42 MB in 500 ms: what a swap from disk is expected to take where nothing was measured. */
export const ASSUMED_BYTES_PER_SECOND = 84_000_000;

export type LoadTimes = ReadonlyMap<string, { medianMs: number; count: number }>;
/** A version that would be put on nodes. */
export type PlannedLoad = { id: string; sizeBytes: number; nodeIds: readonly string[] };

type Forecast = Pick<BulkTotals, "copied" | "loaded" | "duration" | "cost" | "nodes" | "warnings">;

/**
 * What loading versions comes to, node by node: the peak of resident versions against the CPU cache, bytes, time and
 * money. Everything here is a forecast: counts and bytes are derived from the catalog, times are inferred.
 */
export function forecastLoads(
  loads: readonly PlannedLoad[],
  nodes: readonly BulkNode[],
  loadTimes: LoadTimes,
  now: Date,
): Forecast {
  const asOf = now.toISOString();
  const rows = nodes.flatMap((node) => {
    const here = loads.filter(({ nodeIds }) => nodeIds.includes(node.id));
    return here.length === 0 ? [] : [{ node, ...forecastNode(node, here, loadTimes, asOf) }];
  });
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  const bytes = (value: number, formula: string): MemoryMeasurement => ({
    figure: measurement({ value, unit: "bytes", source: "derived", simulated: false, asOf }),
    formula,
    note: null,
  });
  const slowest = Math.max(0, ...rows.map(({ forecast }) => forecast.loadTime.figure.value ?? 0));
  const simulated = rows.some(({ node }) => node.simulated);
  return {
    copied: bytes(
      sum(({ node, forecast }) => (node.fetches ? forecast.bytes : 0)),
      "Σ (size of each version × nodes that fetch it onto their own disk)",
    ),
    loaded: bytes(
      sum(({ forecast }) => forecast.bytes),
      "Σ (size of each version × nodes that do not have it loaded)",
    ),
    duration: {
      figure: measurement({ value: slowest, unit: "s", source: "inferred", simulated, asOf }),
      formula: "The slowest node's loads, one after the other; nodes load side by side.",
      note: basisOf(rows.map(({ forecast }) => forecast)),
    },
    cost: costOf(rows, simulated, asOf),
    nodes: rows.map(({ forecast }) => forecast),
    warnings: rows.flatMap(({ forecast }) => warningsOf(forecast)),
  };
}

const measurement = (part: Omit<Measurement, "coverage"> & { coverage?: Measurement["coverage"] }): Measurement => ({
  coverage: null,
  ...part,
});

function forecastNode(
  node: BulkNode,
  here: readonly PlannedLoad[],
  loadTimes: LoadTimes,
  asOf: string,
): { forecast: NodeForecast } {
  const toLoad = here.filter(({ id }) => !node.loaded.has(id));
  const bytes = toLoad.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  const known = loadTimes.get(node.id);
  const seconds = known ? (toLoad.length * known.medianMs) / 1000 : bytes / ASSUMED_BYTES_PER_SECOND;
  return {
    forecast: {
      nodeId: node.id,
      nodeName: node.name,
      standalone: node.standalone,
      loads: toLoad.length,
      bytes,
      residentNow: node.resident.size,
      residentPeak: new Set([...node.resident, ...here.map(({ id }) => id)]).size,
      places: node.places,
      slots: node.slots,
      loadTime: {
        figure: measurement({
          value: seconds,
          unit: "s",
          source: "inferred",
          asOf,
          simulated: node.simulated,
          coverage: known ? { seen: known.count, of: known.count } : null,
        }),
        formula: known
          ? `${toLoad.length} × ${Math.round(known.medianMs)} ms, the median of ${known.count} loads of the last 30 days on ${node.name}`
          : `size ÷ 84 MB/s (42 MB in 500 ms), since ${node.name} has loaded nothing in the last 30 days`,
        note: null,
      },
    },
  };
}

const basisOf = (forecasts: readonly NodeForecast[]): string | null => {
  const slowest = forecasts.reduce<NodeForecast | null>(
    (most, one) => ((one.loadTime.figure.value ?? 0) > (most?.loadTime.figure.value ?? -1) ? one : most),
    null,
  );
  return slowest && `${slowest.nodeName}: ${slowest.loadTime.formula}.`;
};

function costOf(
  rows: readonly { node: BulkNode; forecast: NodeForecast }[],
  simulated: boolean,
  asOf: string,
): MemoryMeasurement {
  const priced = rows.filter(({ node }) => node.pricePerHour !== null);
  const total = priced.reduce(
    (sum, { node, forecast }) => sum + ((forecast.loadTime.figure.value ?? 0) / 3600) * (node.pricePerHour ?? 0),
    0,
  );
  const isKnown = rows.length > 0 && priced.length === rows.length;
  return {
    figure: measurement({
      value: isKnown ? total : null,
      unit: "USD",
      source: "inferred",
      simulated,
      asOf,
      coverage: { seen: priced.length, of: rows.length },
    }),
    formula: "Σ nodes (load time × price an hour)",
    note: isKnown
      ? "Nodes cost the same while they do nothing."
      : "Not every node has a price: enter it on the node's page.",
  };
}

function warningsOf(node: NodeForecast): string[] {
  if (node.residentPeak <= node.places) return [];
  return [
    `${node.nodeName} would hold ${node.residentPeak} versions at once and has ${node.places} places in its CPU cache: vLLM drops the least recently used ones, and reads them from disk when they are requested. Choose fewer, retire versions, or raise max_cpu_loras.`,
  ];
}
