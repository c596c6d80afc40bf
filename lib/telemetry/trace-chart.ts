import type { ChartMetric, ChartSeries, ChartUnit } from "./schema.ts";

/** The requests of customers that arrived in one step, as the gateway traced them. Durations in ms. */
export type TraceBucket = {
  start: Date;
  requests: number;
  /** Answered with a status below 400. */
  answered: number;
  /** Answered with 500 or more: our fault, not the caller's. */
  failed: number;
  /** Of `answered`, by something else than the route's own target. */
  fellBack: number;
  /** Streams among `answered`: only they have a first token. */
  streams: number;
  /** p50, p95, p99 over `answered`, and over `streams`; null without any. */
  latencyMs: readonly (number | null)[] | null;
  firstByteMs: readonly (number | null)[] | null;
};

const MINUTE = 60;
const QUANTILE_KEYS = ["p50", "p95", "p99"] as const;

type Line = { key: string; label: string; value: (bucket: TraceBucket, stepSeconds: number) => number | null };
type Counted = (bucket: TraceBucket) => number;
export type TraceChartDef = { title: string; unit: ChartUnit; lines: readonly Line[]; counted: Counted; note: string };

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const quantileLines = (of: "latencyMs" | "firstByteMs"): Line[] =>
  QUANTILE_KEYS.map((key, index) => ({ key, label: key, value: (bucket) => bucket[of]?.[index] ?? null }));

/** Charts made of the gateway's own trace: exact, and the only ones that know tenants. */
export const TRACE_CHARTS = {
  latency: {
    title: "Latency",
    unit: "ms",
    lines: quantileLines("latencyMs"),
    counted: (bucket) => bucket.answered,
    note: "Exact, over every answered request, from arrival at the gateway to the last byte.",
  },
  ttft: {
    title: "Time to first token",
    unit: "ms",
    lines: quantileLines("firstByteMs"),
    counted: (bucket) => bucket.streams,
    note: "Exact, over streamed replies, from arrival at the gateway to the first byte.",
  },
  requests: {
    title: "Requests",
    unit: "requests/min",
    lines: [{ key: "requests", label: "Requests", value: (bucket, seconds) => (bucket.requests / seconds) * MINUTE }],
    counted: (bucket) => bucket.requests,
    note: "Customers' requests at the gateway; evaluations and probes are not among them.",
  },
  errors: {
    title: "Errors",
    unit: "ratio",
    lines: [{ key: "errors", label: "Failed", value: (bucket) => share(bucket.failed, bucket.requests) }],
    counted: (bucket) => bucket.requests,
    note: "Share of customers' requests answered with a status of 500 or more.",
  },
  "fallback-share": {
    title: "Fallback share",
    unit: "ratio",
    lines: [{ key: "fallback", label: "Fallback", value: (bucket) => share(bucket.fellBack, bucket.answered) }],
    counted: (bucket) => bucket.answered,
    note: "Share of answered requests that something else than what they asked for answered.",
  },
} as const satisfies Partial<Record<ChartMetric, TraceChartDef>>;

const NO_REQUESTS = {
  requests: 0,
  answered: 0,
  failed: 0,
  fellBack: 0,
  streams: 0,
  latencyMs: null,
  firstByteMs: null,
} satisfies Omit<TraceBucket, "start">;

/**
 * Puts the buckets on the grid. A step without a request counts zero requests; a share or a quantile of none is null,
 * and so is every step before the first request that is on record.
 * @param knownSince the earliest trace kept; null = there is none
 */
export function buildTraceChart(
  def: TraceChartDef,
  buckets: readonly TraceBucket[],
  grid: { stepSeconds: number; starts: readonly Date[]; to: Date },
  knownSince: Date | null,
): ChartSeries[] {
  const byStart = new Map(buckets.map((bucket) => [bucket.start.getTime(), bucket]));
  const steps = grid.starts.map((start) => {
    const end = start.getTime() + grid.stepSeconds * 1000;
    const seconds = (Math.min(end, grid.to.getTime()) - start.getTime()) / 1000;
    const isKnown = knownSince !== null && end > knownSince.getTime() && seconds > 0;
    return { start, seconds, bucket: isKnown ? (byStart.get(start.getTime()) ?? { start, ...NO_REQUESTS }) : null };
  });
  return def.lines.map(({ key, label, value }) => ({
    key,
    label,
    points: steps.map(({ start, seconds, bucket }) => [start.toISOString(), bucket && value(bucket, seconds)]),
    counts: steps.map(({ bucket }) => bucket && def.counted(bucket)),
  }));
}
