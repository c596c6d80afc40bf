import type { Measurement } from "#lib/http/schema.ts";
import type { ChartMetric } from "../browser/chart-metrics.ts";
import { DERIVED_COUNTERS, type DerivedCounter } from "../derived/derived-rows.ts";
import type { MetricNames } from "../node-minute/columns.ts";
import type { ChartUnit } from "../schema.ts";
import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";

type Line<Name> = { key: string; label: string; name: Name };
/** How the figures of several nodes become one; what is a share or a mean of each cannot be added up. */
export type Across = "sum" | "mean" | "max";
export type Shape =
  /** `fallback`: nodes without the histogram are drawn by this gauge and by what was derived of it. */
  | { kind: "quantiles"; histogram: HistogramName; scale: number; fallback?: GaugeName }
  | { kind: "rates"; perSeconds: number; lines: readonly Line<CounterName>[] }
  | { kind: "gauges"; take: "mean" | "max"; lines: readonly (Line<GaugeName> & { across?: Across })[] };
export type NodeChartDef = {
  unit: ChartUnit;
  shape: Shape;
  note: string | null;
  missing: string;
  /** How the figures are known where nodes tell of them; measured unless it is said. */
  source?: Measurement["source"];
};

const MINUTE = 60;
const fromBuckets =
  "Interpolated inside the engines' own buckets, summed over nodes; a bound where only one side of a bucket is known.";
const NO_COUNTER = "vLLM itself exports no such counter; the Switchyard plugin for vLLM does";

/** Charts made of what nodes export. How fast customers are answered is none of these: that is counted at the gateway. */
export const NODE_CHARTS = {
  "queue-time": {
    unit: "ms",
    shape: { kind: "quantiles", histogram: "queueSeconds", scale: 1000 },
    note: fromBuckets,
    missing: "no queue-time histogram",
  },
  throughput: {
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
    unit: "count",
    shape: { kind: "gauges", take: "mean", lines: [{ key: "running", label: "Running", name: "running" }] },
    note: "Mean of the scrapes in each step, summed over nodes.",
    missing: "no running requests",
  },
  queue: {
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
  "batch-adapters": {
    unit: "count",
    shape: { kind: "quantiles", histogram: "batchAdapters", scale: 1, fallback: "adaptersInUse" },
    note: `${fromBuckets} Counted at each engine step.`,
    missing:
      "no histogram of adapters in a batch (only the Switchyard plugin for vLLM exports one), and no list of adapters with requests",
  },
  "running-adapters": {
    unit: "count",
    shape: {
      kind: "gauges",
      take: "max",
      lines: [
        { key: "most", label: "Busiest node", name: "adaptersInUse", across: "max" },
        { key: "mean", label: "Mean of nodes", name: "adaptersInUse", across: "mean" },
      ],
    },
    note: "Maximum that vllm:lora_requests_info named in a scrape of each step, running or waiting. Adapters that came and went between two scrapes are not counted.",
    missing: "no list of adapters with requests",
    source: "inferred",
  },
  "kv-cache": {
    unit: "ratio",
    shape: {
      kind: "gauges",
      take: "mean",
      lines: [
        { key: "most", label: "Fullest node", name: "kvCacheUsage", across: "max" },
        { key: "mean", label: "Mean of nodes", name: "kvCacheUsage", across: "mean" },
      ],
    },
    note: "Mean of the scrapes in each step.",
    missing: "no KV cache gauge",
  },
  evictions: {
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

/** What a chart reads of each node. */
export function metricsOfChart(shape: Shape): MetricNames {
  const none = { counters: [], gauges: [], histograms: [] };
  switch (shape.kind) {
    case "quantiles":
      return { ...none, histograms: [shape.histogram], gauges: shape.fallback === undefined ? [] : [shape.fallback] };
    case "rates":
      return { ...none, counters: shape.lines.map(({ name }) => name) };
    case "gauges":
      return { ...none, gauges: [...new Set(shape.lines.map(({ name }) => name))] };
  }
}

/** The gauge that draws nodes without its histogram; null = they have no lines. */
export const fallbackGaugeOf = ({ shape }: NodeChartDef): GaugeName | null =>
  shape.kind === "quantiles" ? (shape.fallback ?? null) : null;

/** The counters of a chart that the cache model can stand in for. */
export const derivedCountersOf = ({ shape }: NodeChartDef): DerivedCounter[] =>
  shape.kind === "rates"
    ? shape.lines.flatMap(({ name }) => DERIVED_COUNTERS.find((known) => known === name) ?? [])
    : [];
