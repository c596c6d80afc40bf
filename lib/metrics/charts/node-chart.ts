import type { Bound } from "#lib/http/schema.ts";
import type { MetricNames } from "../node-minute/columns.ts";
import type { ChartQuantile, ChartSeries } from "../schema.ts";
import type { CounterName } from "../scrape/node-samples.ts";
import { createGaugeCells, createHistogramCells, createRateCells, type When, type Who } from "./chart-cells.ts";
import { createFallbackSeries, type FallbackChart, type FallbackSeries } from "./fallback-series.ts";
import type { MetricSink } from "./metric-sink.ts";
import { namedNodes } from "./named-nodes.ts";
import { derivedCountersOf, metricsOfChart, type NodeChartDef, type Shape } from "./node-chart-defs.ts";
import { type Part, rankParts } from "./rank-parts.ts";

const QUANTILES = [
  { key: "p50", label: "p50", q: 0.5 },
  { key: "p95", label: "p95", q: 0.95 },
  { key: "p99", label: "p99", q: 0.99 },
] as const satisfies { key: ChartQuantile; label: string; q: number }[];
export type NodeChartResult = {
  series: ChartSeries[];
  /** What the lines of a split show of each part, in words: "p95", "GPU tier"; null = it is not split. */
  drawn: string | null;
  simulated: boolean;
  seen: number;
  notes: string[];
};

type Named = { id: string; name: string };
/** `rollupStep`: of the steps that are told of, which divide those of the grid. */
type Grid = { stepSeconds: number; rollupStep: number; starts: readonly Date[] };
/** Draws one line for each part of the nodes instead of each quantile, tier or kind. */
export type NodeSplit = {
  /** Of quantile charts, which. */
  quantile: ChartQuantile;
  /** The part that a node belongs to. */
  partOf: ReadonlyMap<string, Part>;
  /** Keys of parts that have a line whatever their figure. */
  first: readonly string[];
};

/** A chart that is being filled. */
export type NodeChart = MetricSink &
  FallbackChart & {
    /** What stands for a node in a step, in the three calls below, which are about counters that could be derived. */
    cellOf(place: number, at: number): number;
    /** A bit for each of them, in the order of the chart: set where the node did not tell of it. */
    unreported(cell: number): number;
    /** What the node told of one of them, and of how many seconds; `index`: its place in their order. */
    measured(cell: number, index: number): number;
    measuredSeconds(cell: number, index: number): number;
    /** Whether a node told of anything charted. */
    hasSpoken(place: number): boolean;
    /** When the last step that was told of began. */
    lastAt(): Date | null;
    build(): NodeChartResult;
  };

/**
 * Sums what nodes say on the grid, as it comes in. A step that no node reported is null; where only some did, the sum is
 * what those saw, and a note says so.
 * @param nodes everything asked about, also what never answered
 * @param split null = one line for each quantile, tier or kind, over all nodes
 */
export function createNodeChart(
  def: NodeChartDef,
  nodes: readonly Named[],
  grid: Grid,
  split: NodeSplit | null = null,
): NodeChart {
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  const parts = partsOf(nodes, split);
  const cells = createCells(def.shape, grid, nodes.length, parts.count);
  const presence = createPresence(nodes.length, grid);
  const measured = createMeasured(derivedCountersOf(def), nodes.length, grid);
  const partAt = (place: number) => parts.ofNode[place] ?? 0;
  return {
    placeOf: (nodeId) => places.get(nodeId) ?? -1,
    seen: presence.seen,
    counter(place, at, name, value, seconds) {
      if (seconds <= 0) return;
      const step = presence.spoken(place, at);
      if (step >= 0) cells.counter(step, place, name, value, seconds);
      measured.note(place, at, name, value, seconds);
    },
    gauge(place, at, name, value) {
      const step = presence.spoken(place, at);
      if (step >= 0) cells.gauge(step, place, name, value);
    },
    peak(place, at, adapters, isSimulated) {
      presence.seen(place, at, isSimulated);
      const step = presence.spoken(place, at);
      if (step >= 0) cells.fallback.peak(step, place, adapters);
    },
    isCounting: cells.fallback.isCounting,
    isNamed: cells.fallback.isNamed,
    histogram(place, at, _name, histogram) {
      const step = presence.spoken(place, at);
      cells.fallback.counts(place);
      if (step >= 0) cells.histogram(step, partAt(place), histogram);
    },
    ...measured.reported,
    hasSpoken: presence.hasSpoken,
    lastAt: presence.lastAt,
    build: () => ({
      series:
        split === null
          ? drawLines(linesOf(def.shape, cells), { nodes: [...nodes.keys()], parts: [0] }, grid)
          : drawParts(mainLine(def.shape, cells, split.quantile), parts, split, grid),
      drawn: split && mainLine(def.shape, cells, split.quantile).label,
      simulated: presence.isSimulated(),
      seen: presence.countSpoken(),
      notes: notesOn(def, nodes, presence, cells.fallback),
    }),
  };
}

/** The parts of a chart, numbered, and which of them each node belongs to. */
function partsOf(nodes: readonly Named[], split: NodeSplit | null) {
  const list: Part[] = [];
  const numbers = new Map<string, number>();
  const ofNode = nodes.map(({ id }) => {
    const part = split?.partOf.get(id);
    if (part === undefined) return 0;
    const number = numbers.get(part.key) ?? list.push(part) - 1;
    numbers.set(part.key, number);
    return number;
  });
  return { list, numbers, ofNode, count: Math.max(1, list.length) };
}

/** Who was seen, who told of what is charted, and in which steps. */
function createPresence(nodes: number, { stepSeconds, starts }: Grid) {
  const [scraped, spoke] = [new Uint8Array(nodes), new Uint8Array(nodes)];
  const spokeAt = new Uint8Array(nodes * starts.length);
  const [first, stepMs] = [starts[0]?.getTime() ?? 0, stepSeconds * 1000];
  let isSimulated = false;
  let last = Number.NEGATIVE_INFINITY;
  const stepOf = (at: number): number => {
    const step = Math.floor((at - first) / stepMs);
    return step >= 0 && step < starts.length ? step : -1;
  };
  return {
    seen(place: number, at: number, simulated: boolean): void {
      scraped[place] = 1;
      isSimulated ||= simulated;
      last = Math.max(last, at);
    },
    /** @returns the step of the grid; -1 = it lies outside */
    spoken(place: number, at: number): number {
      spoke[place] = 1;
      const step = stepOf(at);
      if (step >= 0) spokeAt[step * nodes + place] = 1;
      return step;
    },
    isSimulated: () => isSimulated,
    lastAt: () => (Number.isFinite(last) ? new Date(last) : null),
    wasScraped: (place: number) => scraped[place] === 1,
    hasSpoken: (place: number) => spoke[place] === 1,
    countSpoken: () => count(spoke),
    steps: starts.length,
    /** Steps in which some spoke, and others of those that ever did were missing. */
    partialSteps(): number {
      const all = count(spoke);
      return starts.filter((_, step) => {
        const some = count(spokeAt.subarray(step * nodes, (step + 1) * nodes));
        return some > 0 && some < all;
      }).length;
    },
  };
}

/**
 * What each node told of some counters, by the steps that were told of: a bit for each counter that it told of, and values and
 * seconds, which lie together, as they are asked for together.
 */
function createMeasured(names: readonly CounterName[], nodes: number, { stepSeconds, rollupStep, starts }: Grid) {
  const first = starts[0]?.getTime() ?? 0;
  const cells = names.length === 0 ? 0 : ((starts.length * stepSeconds) / rollupStep) * nodes;
  const reported = new Uint8Array(cells);
  const sums = new Float64Array(cells * names.length * 2);
  const all = (1 << names.length) - 1;
  const cellOf = (node: number, at: number) => Math.floor((at - first) / (rollupStep * 1000)) * nodes + node;
  return {
    /** A step may be told of in parts. */
    note(node: number, at: number, name: CounterName, value: number, seen: number): void {
      const index = names.indexOf(name);
      const cell = cellOf(node, at);
      if (index < 0 || cell < 0 || cell >= cells) return;
      reported[cell] = (reported[cell] ?? 0) | (1 << index);
      const place = (cell * names.length + index) * 2;
      sums[place] = (sums[place] ?? 0) + value;
      sums[place + 1] = (sums[place + 1] ?? 0) + seen;
    },
    reported: {
      cellOf,
      unreported: (cell: number): number => all & ~(reported[cell] ?? 0),
      measured: (cell: number, index: number): number => sums[(cell * names.length + index) * 2] ?? 0,
      measuredSeconds: (cell: number, index: number): number => sums[(cell * names.length + index) * 2 + 1] ?? 0,
    },
  };
}

function count(flags: Uint8Array): number {
  let sum = 0;
  for (const flag of flags) sum += flag;
  return sum;
}

/** Figures of a chart by name. */
function createCells(shape: Shape, { starts: { length: steps }, stepSeconds }: Grid, nodes: number, parts: number) {
  const { counters, gauges }: MetricNames = metricsOfChart(shape);
  const rates = new Map(counters.map((name) => [name as string, createRateCells(steps, nodes, stepSeconds)]));
  const levels = new Map(gauges.map((name) => [name as string, createGaugeCells(steps, nodes)]));
  const histograms = createHistogramCells(shape.kind === "quantiles" ? steps : 0, parts);
  const fallback = createFallbackSeries(shape.kind === "quantiles" && shape.fallback !== undefined ? steps : 0, nodes);
  return {
    ...{ rates, levels, histograms, fallback },
    counter: (step: number, node: number, name: string, value: number, seconds: number) =>
      rates.get(name)?.add(step, node, value, seconds),
    gauge: (
      step: number,
      node: number,
      name: string,
      value: Parameters<ReturnType<typeof createGaugeCells>["add"]>[2],
    ) => (shape.kind === "quantiles" ? fallback.sample(step, node, value) : levels.get(name)?.add(step, node, value)),
    histogram: histograms.add,
  };
}
type Cells = ReturnType<typeof createCells>;

/** One line of a chart: its figure of anyone, in one step or over the whole range. */
type Drawn = {
  key: string;
  label: string;
  valueAt: (when: When, who: Who) => number | null;
  /** Where the figure is only a bound; null = it never is. */
  bound: ((when: When, who: Who) => Bound | null) | null;
  count: ((step: number, who: Who) => number | null) | null;
};

function linesOf(shape: Shape, { rates, levels, histograms, fallback }: Cells): Drawn[] {
  switch (shape.kind) {
    case "quantiles": {
      const quantiles = QUANTILES.map(({ key, label, q }) => ({
        key,
        label,
        valueAt: (when: When, who: Who) => times(histograms.quantileOf(when, who, q)?.value ?? null, shape.scale),
        bound: (when: When, who: Who) => histograms.quantileOf(when, who, q)?.bound ?? null,
        count: histograms.countOf,
      }));
      if (!fallback.isUsed()) return quantiles;
      return [...(fallback.isAll() ? [] : quantiles), ...linesOfFallback(fallback)];
    }
    case "rates":
      return shape.lines.map(({ key, label, name }) => ({
        key,
        label,
        valueAt: (when, who) => rates.get(name)?.rateOf(when, who, shape.perSeconds) ?? null,
        bound: null,
        count: null,
      }));
    case "gauges":
      return shape.lines.map(({ key, label, name, across = "sum" }) => ({
        key,
        label,
        valueAt: (when, who) => levels.get(name)?.levelOf(when, who, shape.take, across) ?? null,
        bound: null,
        count: null,
      }));
  }
}

const linesOfFallback = ({ mostOf, meanOf }: FallbackSeries): Drawn[] => [
  { key: "most", label: "Most at once", valueAt: mostOf, bound: null, count: null },
  { key: "mean", label: "Mean at once", valueAt: meanOf, bound: null, count: null },
];

const times = (value: number | null, scale: number): number | null => (value === null ? null : value * scale);

/**
 * What stands for the whole chart where each part has one line: the quantile asked for, or the first line. A part some of
 * whose nodes do not count their batches has the larger of both, as theirs is an upper bound.
 */
function mainLine(shape: Shape, cells: Cells, quantile: ChartQuantile): Drawn {
  const lines = linesOf(shape, cells);
  const main = lines.find(({ key }) => key === quantile) ?? lines[0];
  if (main === undefined) throw new Error("a chart without lines");
  if (!cells.fallback.isUsed() || cells.fallback.isAll()) return main;
  const valueAt: Drawn["valueAt"] = (when, who) => larger(main.valueAt(when, who), cells.fallback.mostOf(when, who));
  const isMain = (when: When, who: Who) => valueAt(when, who) === main.valueAt(when, who);
  return { ...main, valueAt, bound: (when, who) => (isMain(when, who) ? (main.bound?.(when, who) ?? null) : null) };
}

const larger = (one: number | null, other: number | null): number | null =>
  one === null || (other !== null && other > one) ? other : one;

function drawLines(lines: readonly Drawn[], who: Who, grid: Grid): ChartSeries[] {
  const times = timesOf(grid);
  return lines.map((line) => draw(line, who, times));
}

const timesOf = ({ starts }: Grid): string[] => starts.map((start) => start.toISOString());

function draw({ key, label, valueAt, bound, count: counted }: Drawn, who: Who, times: readonly string[]): ChartSeries {
  const bounds = bound && times.map((_, step) => bound(step, who));
  const wholeBound = bound?.(null, who) ?? null;
  return {
    key,
    label,
    points: times.map((time, step) => [time, valueAt(step, who)]),
    counts: counted && times.map((_, step) => counted(step, who)),
    ...(bounds?.some((one) => one !== null) ? { bounds } : {}),
    whole: valueAt(null, who),
    ...(wholeBound === null ? {} : { wholeBound }),
  };
}

function drawParts(
  line: Drawn,
  { list, numbers, ofNode }: ReturnType<typeof partsOf>,
  { first }: NodeSplit,
  grid: Grid,
): ChartSeries[] {
  const nodesOf = new Map(list.map((_, part) => [part, [] as number[]]));
  for (const [node, part] of ofNode.entries()) nodesOf.get(part)?.push(node);
  const who = (parts: readonly number[]): Who => ({ parts, nodes: parts.flatMap((part) => nodesOf.get(part) ?? []) });
  const ranked = rankParts(
    list.map((part, number) => ({ ...part, whole: line.valueAt(null, who([number])) })),
    first,
  );
  const times = timesOf(grid);
  return ranked.map(({ key, label, keys }) =>
    draw({ ...line, key, label }, who([...keys].flatMap((part) => numbers.get(part) ?? [])), times),
  );
}

function notesOn(
  def: NodeChartDef,
  nodes: readonly Named[],
  presence: ReturnType<typeof createPresence>,
  fallback: FallbackSeries,
): string[] {
  const silent = nodes.filter((_, place) => presence.wasScraped(place) && !presence.hasSpoken(place));
  const absent = nodes.filter((_, place) => !presence.wasScraped(place));
  const partial = presence.partialSteps();
  return [
    ...(def.note && presence.countSpoken() > 0 && !(fallback.isUsed() && fallback.isAll()) ? [def.note] : []),
    ...(silent.length > 0 ? [`Unknown for ${namedNodes(silent)}: ${def.missing}.`] : []),
    ...(absent.length > 0 ? [`No scrape of ${namedNodes(absent)} in this range.`] : []),
    ...(partial > 0 ? [`${partial} of ${presence.steps} steps lack a node: sums there are what the others saw.`] : []),
  ];
}
