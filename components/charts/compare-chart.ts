import type { Chart, ChartSeries } from "#lib/metrics/schema.ts";
import { referenceKey } from "./series-style.ts";

/** What a change is measured against, in words that follow "against": "the hour before". */
export type Reference = { chart: Chart; words: string };

/** The line that stands for a chart: its p95, or the first. */
const mainSeries = ({ series, by }: Chart): ChartSeries | undefined =>
  by === null ? (series.find(({ key }) => key === "p95") ?? series[0]) : undefined;

/** The chart with its main line as it was in the period before, moved onto this one. */
export function withReference(chart: Chart, { chart: before }: Reference): Chart {
  const main = mainSeries(chart);
  const was = before.series.find(({ key }) => key === main?.key);
  if (main === undefined || was === undefined || was.whole === null) return chart; // nothing to draw
  const shiftMs = Date.parse(chart.from) - Date.parse(before.from);
  const moved: ChartSeries = {
    ...was,
    key: referenceKey(was.key),
    label: `${was.label} before`,
    points: was.points.map(([at, value]) => [new Date(Date.parse(at) + shiftMs).toISOString(), value]),
  };
  return { ...chart, series: [...chart.series, moved] };
}

/** More is worse for these, better for those; of the others it is neither. */
const WORSE_WHEN_MORE: ReadonlySet<string> = new Set([
  "latency",
  "ttft",
  "inter-token",
  "queue-time",
  "errors",
  "fallback-share",
  "queue",
  "evictions",
]);
const BETTER_WHEN_MORE: ReadonlySet<string> = new Set(["throughput"]);

export type Change = {
  label: string;
  now: number;
  before: number;
  /** What the change means for this metric. */
  tone: "good" | "bad" | "neutral";
};

/** Below a twentieth nobody is told that it is better or worse. */
const NOTABLE = 0.05;

/** The figure over the whole range against the same over the period before; null where either is unknown. */
export function changeOf(chart: Chart, before: Chart): Change | null {
  const main = mainSeries(chart);
  const was = before.series.find(({ key }) => key === main?.key);
  if (!main || main.whole === null || !was || was.whole === null) return null;
  if (main.wholeBound !== undefined || was.wholeBound !== undefined) return null; // two bounds say nothing of a change
  const isNotable = Math.abs(main.whole - was.whole) > NOTABLE * Math.max(main.whole, was.whole);
  const isMore = main.whole > was.whole;
  const isBad = isMore ? WORSE_WHEN_MORE.has(chart.metric) : BETTER_WHEN_MORE.has(chart.metric);
  const isGood = isMore ? BETTER_WHEN_MORE.has(chart.metric) : WORSE_WHEN_MORE.has(chart.metric);
  const tone = !isNotable ? "neutral" : isBad ? "bad" : isGood ? "good" : "neutral";
  return { label: main.label, now: main.whole, before: was.whole, tone };
}
