import { isLowSample, LOW_SAMPLE_BELOW } from "#lib/metrics/browser/low-sample.ts";
import { weakestSource } from "#lib/metrics/measurement.ts";
import type { Chart, ChartSeries } from "#lib/metrics/schema.ts";

/** A chart as it goes into a file: whose figures it shows in words, and the same over the period before, if asked for. */
export type SheetChart = { chart: Chart; before: Chart | null; scope: string };

/**
 * A chart as a table for spreadsheets. First what it shows, a name and a value a line, then an empty line, then a line a
 * step with the names of the columns above. What nobody saw is an empty cell, never zero. Each line repeats where its
 * figures come from, as lines get copied.
 */
export function chartSheet({ chart, before, scope }: SheetChart): string[][] {
  const lines = chart.series.map((series) => ({ series, was: before && earlierLine(chart, before, series) }));
  const header = [
    "time",
    ...lines.map(({ series }) => columnName(series.label, chart)),
    ...lines.flatMap(({ series, was }) => (was ? columnName(`${series.label} before`, chart) : [])),
    ...["source", "simulated", "low sample", "bound"],
  ];
  const marks = [
    weakestSource(chart.source, ...(before ? [before.source] : [])),
    String(chart.simulated || (before?.simulated ?? false)),
  ];
  const starts = chart.series[0]?.points.map(([start]) => start) ?? [];
  const rows = starts.map((start, index) => [
    start,
    ...lines.map(({ series }) => cellOf(series.points[index]?.[1])),
    ...lines.flatMap(({ was }) => (was ? cellOf(was.get(Date.parse(start))) : [])),
    ...marks,
    lines.flatMap(({ series }) => (isThin(series, index) ? series.label : [])).join("; "),
    lines.flatMap(({ series }) => boundCell(series, index)).join("; "),
  ]);
  return [...aboutChart(chart, before, scope), [], header, ...rows];
}

const columnName = (label: string, { unit }: Chart): string => `${label} (${unit})`;
const cellOf = (value: number | null | undefined): string => String(value ?? "");

const isThin = ({ points, counts }: ChartSeries, index: number): boolean =>
  (points[index]?.[1] ?? null) !== null && isLowSample(counts?.[index] ?? null);

const BOUND_WORDS = { at_most: "at most", more_than: "more than" } as const;

const boundCell = ({ label, bounds }: ChartSeries, index: number): string[] => {
  const bound = bounds?.[index] ?? null;
  return bound === null ? [] : [`${label}: ${BOUND_WORDS[bound]}`];
};

/** What stood in the same line one period earlier, by the moment that it stands beside. null = it had no such line. */
function earlierLine(chart: Chart, before: Chart, { key }: ChartSeries): Map<number, number | null> | null {
  const was = before.series.find((series) => series.key === key);
  // the rest of a split is not the same rest
  if (was === undefined || (chart.by !== null && key === "other")) return null;
  const shiftMs = Date.parse(chart.from) - Date.parse(before.from);
  return new Map(was.points.map(([start, value]) => [Date.parse(start) + shiftMs, value]));
}

function aboutChart(chart: Chart, before: Chart | null, scope: string): string[][] {
  const { title, from, to, stepSeconds, source, simulated, asOf, coverage, note, secondSource } = chart;
  return [
    ["metric", title],
    ["scope", scope],
    ["from", from],
    ["to", to],
    ["step", `${stepSeconds} s; time is the start of a step, in UTC`],
    ["source", simulated ? `${source}, simulated` : source],
    ["as of", asOf ?? "unknown"],
    ...(coverage === null ? [] : [["nodes seen", `${coverage.seen} of ${coverage.of}`]]),
    ...(before === null ? [] : [["before", `${before.from} to ${before.to}, ${before.source}`]]),
    ["low sample", `lines that rest on fewer than ${LOW_SAMPLE_BELOW} requests in a step`],
    ["bound", "lines whose value is only a bound: it is in the first or the open bucket of a histogram"],
    ...(note === null ? [] : [["note", note]]),
    ...(secondSource === null ? [] : [["second_source", secondSource]]),
  ];
}
