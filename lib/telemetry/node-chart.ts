import { addHistograms, type Histogram, quantile, totalOf } from "./histogram.ts";
import type { Across, NodeChartDef, Shape } from "./node-chart-defs.ts";
import type { CounterName, GaugeName } from "./node-samples.ts";
import { type Part, rankParts } from "./rank-parts.ts";
import type { GaugeSummary } from "./rollup.ts";
import type { ChartQuantile, ChartSeries } from "./schema.ts";

/** One node over one rollup step; `histogram` is the one that the chart asked for. */
export type RollupRow = {
  nodeId: string;
  at: Date;
  simulated: boolean;
  seconds: number;
  counters: Partial<Record<CounterName, number>>;
  gauges: Partial<Record<GaugeName, GaugeSummary>>;
  histogram: Histogram | null;
};

const QUANTILES = [
  { key: "p50", label: "p50", q: 0.5 },
  { key: "p95", label: "p95", q: 0.95 },
  { key: "p99", label: "p99", q: 0.99 },
] as const satisfies { key: ChartQuantile; label: string; q: number }[];
export type NodeChartResult = { series: ChartSeries[]; simulated: boolean; seen: number; notes: string[] };

type Named = { id: string; name: string };
type Grid = { stepSeconds: number; starts: readonly Date[] };
/** Draws one line for each part of the nodes instead of each quantile, tier or kind. */
export type NodeSplit = {
  /** Of quantile charts, which. */
  quantile: ChartQuantile;
  /** The part that a node belongs to. */
  partOf: ReadonlyMap<string, Part>;
  /** Keys of parts that have a line whatever their figure. */
  first: readonly string[];
};

/**
 * Sums the nodes' rows on the grid. A step that no node reported is null; where only some did, the sum is what those
 * saw, and a note says so.
 * @param nodes everything asked about, also what never answered
 * @param split null = one line for each quantile, tier or kind, over all nodes
 */
export function buildNodeChart(
  def: NodeChartDef,
  nodes: readonly Named[],
  rows: readonly RollupRow[],
  grid: Grid,
  split: NodeSplit | null = null,
): NodeChartResult {
  const speaking = rows.filter((row) => says(def.shape, row));
  const seen = new Set(speaking.map((row) => row.nodeId));
  const steps = intoSteps(speaking, grid);
  return {
    series:
      split === null
        ? drawLines(linesOf(def.shape), steps)
        : splitSeries(mainLine(def.shape, split.quantile), speaking, grid, split),
    simulated: rows.some((row) => row.simulated),
    seen: seen.size,
    notes: notesOn(def, nodes, rows, seen, steps),
  };
}

/** What a split draws, in words: "p95", "GPU tier". */
export const splitLabel = (def: NodeChartDef, quantile: ChartQuantile): string => mainLine(def.shape, quantile).label;

function splitSeries(line: Drawn, rows: readonly RollupRow[], grid: Grid, { partOf, first }: NodeSplit): ChartSeries[] {
  const rowsOf = new Map([...partOf.values()].map(({ key }) => [key, [] as RollupRow[]]));
  for (const row of rows) rowsOf.get(partOf.get(row.nodeId)?.key ?? "")?.push(row);
  const parts = [...new Map([...partOf.values()].map((part) => [part.key, part])).values()];
  const ranked = rankParts(
    parts.map((part) => ({ ...part, whole: line.figure(rowsOf.get(part.key) ?? []) })),
    first,
  );
  return ranked.flatMap(({ key, label, keys }) => {
    const own = [...keys].flatMap((part) => rowsOf.get(part) ?? []);
    return drawLines([{ ...line, key, label }], intoSteps(own, grid));
  });
}

function intoSteps(rows: readonly RollupRow[], grid: Grid): Step[] {
  const steps = grid.starts.map((start) => ({ start, rows: [] as RollupRow[] }));
  const stepMs = grid.stepSeconds * 1000;
  const byStart = new Map(steps.map((step) => [step.start.getTime(), step.rows]));
  for (const row of rows) byStart.get(Math.floor(row.at.getTime() / stepMs) * stepMs)?.push(row);
  return steps;
}

/** Whether a row knows anything of what is charted. */
const says = (shape: Shape, row: RollupRow): boolean => {
  switch (shape.kind) {
    case "quantiles":
      return row.histogram !== null;
    case "rates":
      return row.seconds > 0 && shape.lines.some((line) => row.counters[line.name] !== undefined);
    case "gauges":
      return shape.lines.some((line) => row.gauges[line.name] !== undefined);
  }
};

type Step = { start: Date; rows: readonly RollupRow[] };

/** One line of a chart: its figure over any rows, those of one step or of the whole range. */
type Drawn = {
  key: string;
  label: string;
  figure: (rows: readonly RollupRow[]) => number | null;
  count: ((rows: readonly RollupRow[]) => number | null) | null;
};

const drawLines = (lines: readonly Drawn[], steps: readonly Step[]): ChartSeries[] => {
  const all = steps.flatMap(({ rows }) => rows);
  return lines.map(({ key, label, figure, count }) => ({
    key,
    label,
    points: steps.map(({ start, rows }) => [start.toISOString(), figure(rows)]),
    counts: count && steps.map(({ rows }) => count(rows)),
    whole: figure(all),
  }));
};

function linesOf(shape: Shape): Drawn[] {
  switch (shape.kind) {
    case "quantiles": {
      const sums = new WeakMap<readonly RollupRow[], Histogram | null>(); // three quantiles of each sum
      const sumOf = (rows: readonly RollupRow[]): Histogram | null => {
        const known = sums.get(rows);
        if (known !== undefined) return known;
        const sum = sumHistograms(rows);
        sums.set(rows, sum);
        return sum;
      };
      return QUANTILES.map(({ key, label, q }) => ({
        key,
        label,
        figure: (rows) => {
          const sum = sumOf(rows);
          const value = sum && quantile(sum, q);
          return value === null ? null : value * shape.scale;
        },
        count: (rows) => {
          const sum = sumOf(rows);
          return sum && totalOf(sum);
        },
      }));
    }
    case "rates":
      return shape.lines.map(({ key, label, name }) => ({
        key,
        label,
        figure: (rows) => acrossNodes(rows, (own) => rate(own, name, shape.perSeconds), "sum"),
        count: null,
      }));
    case "gauges":
      return shape.lines.map(({ key, label, name, across = "sum" }) => ({
        key,
        label,
        figure: (rows) => acrossNodes(rows, (own) => level(own, name, shape.take), across),
        count: null,
      }));
  }
}

/** What stands for the whole chart where each part has one line: the quantile asked for, or the first line. */
function mainLine(shape: Shape, quantile: ChartQuantile): Drawn {
  const lines = linesOf(shape);
  const main = lines.find(({ key }) => key === quantile) ?? lines[0];
  if (main === undefined) throw new Error("a chart without lines");
  return main;
}

/** One figure per node, put together; null when no node has it. */
function acrossNodes(
  rows: readonly RollupRow[],
  figure: (own: readonly RollupRow[]) => number | null,
  across: Across,
): number | null {
  let [count, sum, max] = [0, 0, Number.NEGATIVE_INFINITY];
  for (const own of byNode(rows).values()) {
    const value = figure(own);
    if (value === null) continue;
    count += 1;
    sum += value;
    max = Math.max(max, value);
  }
  if (count === 0) return null;
  switch (across) {
    case "max":
      return max;
    case "sum":
      return sum;
    case "mean":
      return sum / count;
  }
}

const sumHistograms = (rows: readonly RollupRow[]): Histogram | null =>
  addHistograms(rows.map(({ histogram }) => histogram).filter((histogram) => histogram !== null));

/** The lines of a chart ask for the same rows one after the other. */
const grouped = new WeakMap<readonly RollupRow[], ReadonlyMap<string, readonly RollupRow[]>>();

function byNode(rows: readonly RollupRow[]): ReadonlyMap<string, readonly RollupRow[]> {
  const known = grouped.get(rows);
  if (known !== undefined) return known;
  const groups = new Map<string, RollupRow[]>();
  for (const row of rows) {
    const own = groups.get(row.nodeId);
    if (own) own.push(row);
    else groups.set(row.nodeId, [row]);
  }
  grouped.set(rows, groups);
  return groups;
}

function rate(own: readonly RollupRow[], name: CounterName, perSeconds: number): number | null {
  let [sum, seconds] = [0, 0];
  for (const row of own) {
    const value = row.counters[name];
    if (value === undefined) continue;
    sum += value;
    seconds += row.seconds;
  }
  return seconds === 0 ? null : (sum / seconds) * perSeconds;
}

function level(own: readonly RollupRow[], name: GaugeName, take: "mean" | "max"): number | null {
  let [max, total, samples] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (const row of own) {
    const gauge = row.gauges[name];
    if (gauge === undefined) continue;
    max = Math.max(max, gauge.max);
    total += gauge.total;
    samples += gauge.samples;
  }
  if (samples === 0) return null;
  return take === "max" ? max : total / samples;
}

function notesOn(
  def: NodeChartDef,
  nodes: readonly Named[],
  rows: readonly RollupRow[],
  seen: ReadonlySet<string>,
  steps: readonly Step[],
): string[] {
  const scraped = new Set(rows.map((row) => row.nodeId));
  const silent = nodes.filter((node) => scraped.has(node.id) && !seen.has(node.id));
  const absent = nodes.filter((node) => !scraped.has(node.id));
  const partial = steps.filter(
    (step) => step.rows.length > 0 && new Set(step.rows.map((row) => row.nodeId)).size < seen.size,
  );
  return [
    ...(def.note && seen.size > 0 ? [def.note] : []),
    ...(silent.length > 0 ? [`Unknown for ${names(silent)}: ${def.missing}.`] : []),
    ...(absent.length > 0 ? [`No look at ${names(absent)} in this range.`] : []),
    ...(partial.length > 0
      ? [`${partial.length} of ${steps.length} steps lack a node: sums there are what the others saw.`]
      : []),
  ];
}

const names = (nodes: readonly { name: string }[]): string =>
  nodes.length > 3 ? `${nodes.length} nodes` : nodes.map((node) => node.name).join(", ");
