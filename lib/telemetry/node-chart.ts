import { type Histogram, mergeHistograms, quantile, totalOf } from "./histogram.ts";
import type { CounterName, GaugeName, HistogramName } from "./node-samples.ts";
import { type GaugeSummary, stepStart } from "./rollup.ts";
import type { ChartMetric, ChartSeries, ChartUnit } from "./schema.ts";

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

type Line<Name> = { key: string; label: string; name: Name };
type Shape =
  | { kind: "quantiles"; histogram: HistogramName; scale: number }
  | { kind: "rates"; perSeconds: number; lines: readonly Line<CounterName>[] }
  | { kind: "gauges"; take: "mean" | "max"; lines: readonly Line<GaugeName>[] };
export type NodeChartDef = { title: string; unit: ChartUnit; shape: Shape; note: string | null; missing: string };

const MINUTE = 60;
const QUANTILES = [
  { key: "p50", label: "p50", q: 0.5 },
  { key: "p95", label: "p95", q: 0.95 },
  { key: "p99", label: "p99", q: 0.99 },
] as const;
const fromBuckets = "Interpolated inside the engines' own buckets, summed over nodes.";
const NO_COUNTER = "vLLM itself exports no such counter; the Switchyard plugin for vLLM does";

/** Charts made of what nodes export. */
export const NODE_CHARTS = {
  latency: {
    title: "Latency",
    unit: "ms",
    shape: { kind: "quantiles", histogram: "e2eSeconds", scale: 1000 },
    note: fromBuckets,
    missing: "no latency histogram",
  },
  ttft: {
    title: "Time to first token",
    unit: "ms",
    shape: { kind: "quantiles", histogram: "ttftSeconds", scale: 1000 },
    note: fromBuckets,
    missing: "no time-to-first-token histogram",
  },
  requests: {
    title: "Requests finished",
    unit: "requests/min",
    shape: { kind: "rates", perSeconds: MINUTE, lines: [{ key: "requests", label: "Requests", name: "requests" }] },
    note: "Counted by the engines, so evaluations and load probes are among them.",
    missing: "no request counter",
  },
  throughput: {
    title: "Throughput",
    unit: "tok/s",
    shape: {
      kind: "rates",
      perSeconds: 1,
      lines: [
        { key: "generation", label: "Generated", name: "generationTokens" },
        { key: "prompt", label: "Prompt", name: "promptTokens" },
      ],
    },
    note: null,
    missing: "no token counters",
  },
  running: {
    title: "Requests running",
    unit: "count",
    shape: { kind: "gauges", take: "mean", lines: [{ key: "running", label: "Running", name: "running" }] },
    note: "Mean of the looks in each step, summed over nodes.",
    missing: "no running requests",
  },
  queue: {
    title: "Queue",
    unit: "count",
    shape: {
      kind: "gauges",
      take: "max",
      lines: [
        { key: "waiting", label: "Waiting", name: "waiting" },
        { key: "deferred", label: "Deferred for a slot", name: "deferred" },
      ],
    },
    note: "Longest queue seen in each step, summed over nodes.",
    missing: "no queue gauges",
  },
  evictions: {
    title: "Evictions",
    unit: "evictions/min",
    shape: {
      kind: "rates",
      perSeconds: MINUTE,
      lines: [
        { key: "gpu", label: "GPU tier", name: "evictions.gpu" },
        { key: "cpu", label: "CPU tier", name: "evictions.cpu" },
      ],
    },
    note: null,
    missing: `no eviction counter (${NO_COUNTER})`,
  },
  "swap-source": {
    title: "Swap source",
    unit: "swaps/min",
    shape: {
      kind: "rates",
      perSeconds: MINUTE,
      lines: [
        { key: "gpu", label: "GPU (already in a slot)", name: "swaps.gpu" },
        { key: "cpu", label: "CPU cache", name: "swaps.cpu" },
        { key: "disk", label: "Disk", name: "swaps.disk" },
      ],
    },
    note: null,
    missing: `no swap counter (${NO_COUNTER})`,
  },
} as const satisfies Partial<Record<ChartMetric, NodeChartDef>>;

export const histogramOf = ({ shape }: NodeChartDef): HistogramName | null =>
  shape.kind === "quantiles" ? shape.histogram : null;

/** The counters of a chart that the cache model can stand in for. */
export const derivedCountersOf = ({ shape }: NodeChartDef): CounterName[] =>
  shape.kind === "rates" ? shape.lines.flatMap(({ name }) => (/^(evictions|swaps)\./.test(name) ? name : [])) : [];

export type NodeChartResult = { series: ChartSeries[]; simulated: boolean; seen: number; notes: string[] };

/**
 * Sums the nodes' rows on the grid. A step that no node reported is null; where only some did, the sum is what those
 * saw, and a note says so.
 * @param nodes everything asked about, also what never answered
 */
export function buildNodeChart(
  def: NodeChartDef,
  nodes: readonly { id: string; name: string }[],
  rows: readonly RollupRow[],
  grid: { stepSeconds: number; starts: readonly Date[] },
): NodeChartResult {
  const speaking = rows.filter((row) => says(def.shape, row));
  const seen = new Set(speaking.map((row) => row.nodeId));
  const steps = grid.starts.map((start) => ({ start, rows: [] as RollupRow[] }));
  const byStart = new Map(steps.map((step) => [step.start.getTime(), step.rows]));
  for (const row of speaking) byStart.get(stepStart(row.at, grid.stepSeconds).getTime())?.push(row);
  return {
    series: seriesOf(def.shape, steps),
    simulated: rows.some((row) => row.simulated),
    seen: seen.size,
    notes: notesOn(def, nodes, rows, seen, steps),
  };
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

function seriesOf(shape: Shape, steps: readonly Step[]): ChartSeries[] {
  switch (shape.kind) {
    case "quantiles": {
      const merged = steps.map(({ start, rows }) => ({ start, histogram: sumHistograms(rows) }));
      const counts = merged.map(({ histogram }) => histogram && totalOf(histogram));
      return QUANTILES.map(({ key, label, q }) => ({
        key,
        label,
        counts,
        points: merged.map(({ start, histogram }) => {
          const value = histogram && quantile(histogram, q);
          return [start.toISOString(), value === null ? null : value * shape.scale];
        }),
      }));
    }
    case "rates":
      return shape.lines.map(({ key, label, name }) => ({
        key,
        label,
        counts: null,
        points: steps.map(({ start, rows }) => [
          start.toISOString(),
          sumPerNode(rows, (own) => rate(own, name, shape.perSeconds)),
        ]),
      }));
    case "gauges":
      return shape.lines.map(({ key, label, name }) => ({
        key,
        label,
        counts: null,
        points: steps.map(({ start, rows }) => [
          start.toISOString(),
          sumPerNode(rows, (own) => level(own, name, shape.take)),
        ]),
      }));
  }
}

const sumHistograms = (rows: readonly RollupRow[]): Histogram | null =>
  rows.reduce<Histogram | null>(
    (sum, { histogram }) => (sum && histogram ? mergeHistograms(sum, histogram) : (sum ?? histogram)),
    null,
  );

/** Adds up one figure per node; null when no node has it. */
function sumPerNode(rows: readonly RollupRow[], figure: (own: readonly RollupRow[]) => number | null): number | null {
  const figures = [...byNode(rows).values()].map(figure).filter((value) => value !== null);
  return figures.length === 0 ? null : figures.reduce((sum, value) => sum + value, 0);
}

function byNode(rows: readonly RollupRow[]): Map<string, RollupRow[]> {
  const groups = new Map<string, RollupRow[]>();
  for (const row of rows) {
    const own = groups.get(row.nodeId);
    if (own) own.push(row);
    else groups.set(row.nodeId, [row]);
  }
  return groups;
}

function rate(own: readonly RollupRow[], name: CounterName, perSeconds: number): number | null {
  const counted = own.filter((row) => row.counters[name] !== undefined);
  const seconds = counted.reduce((sum, row) => sum + row.seconds, 0);
  if (seconds === 0) return null;
  return (counted.reduce((sum, row) => sum + (row.counters[name] ?? 0), 0) / seconds) * perSeconds;
}

function level(own: readonly RollupRow[], name: GaugeName, take: "mean" | "max"): number | null {
  const gauges = own.map((row) => row.gauges[name]).filter((gauge) => gauge !== undefined);
  if (gauges.length === 0) return null;
  if (take === "max") return Math.max(...gauges.map((gauge) => gauge.max));
  return gauges.reduce((sum, gauge) => sum + gauge.total, 0) / gauges.reduce((sum, gauge) => sum + gauge.samples, 0);
}

function notesOn(
  def: NodeChartDef,
  nodes: readonly { id: string; name: string }[],
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
