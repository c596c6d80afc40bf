import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import { type Part, rankParts } from "#lib/metrics/charts/rank-parts.ts";
import type { ChartQuantile, ChartSeries, ChartUnit } from "#lib/metrics/schema.ts";
import type { Counted } from "../trace-packs/trace-cells.ts";

/** Customers' requests that arrived in one step, or in a whole range, as the gateway traced them. */
export type TraceCounts = {
  requests: number;
  /** Answered with a status below 400. */
  answered: number;
  /** Answered with 500 or more: our fault, not the caller's. */
  failed: number;
  /** Of `answered`, by something else than the route's own target. */
  fellBack: number;
  promptTokens: number;
  completionTokens: number;
  /** How many durations of the kind that was asked for there are, and their p50, p95, p99 in ms; null without any. */
  timed: number;
  durationsMs: readonly (number | null)[] | null;
};
/** `start` null = the whole range. `key` is the part that a split asks for, "" without a split. */
export type TraceBucket = TraceCounts & { start: Date | null; key: string };

/** What is timed: to the last byte, to the first byte of a stream, or between two tokens of a stream. */
export type Timed = "whole" | "first_byte" | "token" | "nothing";

const MINUTE = 60;
const QUANTILE_KEYS = ["p50", "p95", "p99"] as const satisfies ChartQuantile[];

type Line = { key: string; label: string; value: (counts: TraceCounts, seconds: number) => number | null };
type CountOf = (counts: TraceCounts) => number;
export type TraceChartDef = {
  unit: ChartUnit;
  timed: Timed;
  /** Counts that its lines are made of, beside that of requests. */
  counts: readonly Counted[];
  lines: readonly Line[];
  counted: CountOf;
  note: string;
};

export const perMinute = (counts: TraceCounts, seconds: number): number => (counts.requests / seconds) * MINUTE;
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const quantiles = {
  unit: "ms",
  counts: [],
  lines: QUANTILE_KEYS.map((key, index) => ({
    key,
    label: key,
    value: ({ durationsMs }) => durationsMs?.[index] ?? null,
  })),
  counted: ({ timed }) => timed,
} as const satisfies Pick<TraceChartDef, "unit" | "counts" | "lines" | "counted">;

/** Charts made of the gateway's own trace: exact, and the only ones that know tenants. */
export const TRACE_CHARTS = {
  latency: {
    timed: "whole",
    ...quantiles,
    note: "Exact, over every answered request, from arrival at the gateway to the last byte.",
  },
  ttft: {
    timed: "first_byte",
    ...quantiles,
    note: "Exact, over streamed replies, from arrival at the gateway to the first byte.",
  },
  "inter-token": {
    timed: "token",
    ...quantiles,
    note: "Each streamed reply's own mean, from its first to its last byte; quantiles are exact over replies.",
  },
  requests: {
    unit: "requests/min",
    timed: "nothing",
    counts: [],
    lines: [{ key: "requests", label: "Customers", value: perMinute }],
    counted: (counts) => counts.requests,
    note: "Customers' requests at the gateway. Evaluation, shadow and probe requests are not among them.",
  },
  throughput: {
    unit: "tok/s",
    timed: "nothing",
    counts: ["answered", "promptTokens", "completionTokens"],
    lines: [
      { key: "generation", label: "Generated", value: (counts, seconds) => counts.completionTokens / seconds },
      { key: "prompt", label: "Prompt", value: (counts, seconds) => counts.promptTokens / seconds },
    ],
    counted: (counts) => counts.answered,
    note: "Tokens as replies report them, in the step in which their request arrived. A reply that reports none adds none.",
  },
  errors: {
    unit: "ratio",
    timed: "nothing",
    counts: ["failed"],
    lines: [{ key: "errors", label: "Failed", value: (counts) => share(counts.failed, counts.requests) }],
    counted: (counts) => counts.requests,
    note: "Share of customers' requests answered with a status of 500 or more.",
  },
  "fallback-share": {
    unit: "ratio",
    timed: "nothing",
    counts: ["answered", "fellBack"],
    lines: [{ key: "fallback", label: "Fallback", value: (counts) => share(counts.fellBack, counts.answered) }],
    counted: (counts) => counts.answered,
    note: "Share of answered requests that were answered by anything other than the requested version.",
  },
} as const satisfies Partial<Record<ChartMetric, TraceChartDef>>;

export const NO_REQUESTS: TraceCounts = {
  requests: 0,
  answered: 0,
  failed: 0,
  fellBack: 0,
  promptTokens: 0,
  completionTokens: 0,
  timed: 0,
  durationsMs: null,
};

export type Grid = { stepSeconds: number; starts: readonly Date[]; to: Date };

/**
 * Puts the buckets on the grid. A step without a request counts zero requests; a share or a quantile of none is null,
 * and so is every step before the first request that is on record.
 * @param knownSince the earliest trace kept; null = there is none
 */
export function buildTraceChart(
  def: TraceChartDef,
  buckets: readonly TraceBucket[],
  grid: Grid,
  knownSince: Date | null,
): ChartSeries[] {
  return drawLines(def.counted, def.lines, buckets, knownSteps(grid, knownSince));
}

/** What a split draws, in words: "p95", "Generated". */
export const tracedLine = (def: TraceChartDef, quantile: ChartQuantile): Line => {
  const main = def.lines.find(({ key }) => key === quantile) ?? def.lines[0];
  if (main === undefined) throw new Error("a chart without lines");
  return main;
};

/** The ten parts with the largest figure over the range, by what was counted of each over all of it. */
export const rankTraced = (
  line: Line,
  wholes: readonly TraceBucket[],
  labels: ReadonlyMap<string, string>,
  first: readonly string[],
) =>
  rankParts(
    wholes.map((whole) => ({ key: whole.key, label: labels.get(whole.key) ?? whole.key, whole: line.value(whole, 1) })),
    first,
  );

/** One line for each part. @param buckets of each of these parts */
export function buildTraceSplit(
  def: TraceChartDef,
  line: Line,
  parts: readonly Part[],
  buckets: ReadonlyMap<string, readonly TraceBucket[]>,
  grid: Grid,
  knownSince: Date | null,
): ChartSeries[] {
  const steps = knownSteps(grid, knownSince);
  return parts.flatMap(({ key, label }) =>
    drawLines(def.counted, [{ ...line, key, label }], buckets.get(key) ?? [], steps),
  );
}

type KnownStep = { start: Date; time: string; seconds: number; isKnown: boolean };

export function knownSteps({ starts, stepSeconds, to }: Grid, knownSince: Date | null): KnownStep[] {
  return starts.map((start) => {
    const end = start.getTime() + stepSeconds * 1000;
    const seconds = (Math.min(end, to.getTime()) - start.getTime()) / 1000;
    const isKnown = knownSince !== null && end > knownSince.getTime() && seconds > 0;
    return { start, time: start.toISOString(), seconds, isKnown };
  });
}

export function drawLines(
  counted: CountOf,
  lines: readonly Line[],
  buckets: readonly TraceBucket[],
  known: readonly KnownStep[],
): ChartSeries[] {
  const byStart = new Map(buckets.map((bucket) => [bucket.start?.getTime() ?? null, bucket]));
  const steps = known.map(({ start, time, seconds, isKnown }) => ({
    time,
    seconds,
    counts: isKnown ? (byStart.get(start.getTime()) ?? NO_REQUESTS) : null,
  }));
  const whole = byStart.get(null) ?? NO_REQUESTS;
  const knownSeconds = steps.reduce((sum, { counts, seconds }) => sum + (counts === null ? 0 : seconds), 0);
  return lines.map(({ key, label, value }) => ({
    key,
    label,
    points: steps.map(({ time, seconds, counts }) => [time, counts && value(counts, seconds)]),
    counts: steps.map(({ counts }) => counts && counted(counts)),
    whole: knownSeconds === 0 ? null : value(whole, knownSeconds),
  }));
}
