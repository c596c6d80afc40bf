import type { Bound } from "#lib/http/schema.ts";
import { isLowSample } from "#lib/metrics/browser/low-sample.ts";
import type { Chart, ChartSeries } from "#lib/metrics/schema.ts";
import { isReference, type SeriesStyle, styleSeries } from "./series-style.ts";

/** One line of the drawing, finished. `label` is what legends and tables call it. */
export type PreparedLine = SeriesStyle & { key: string; label: string };

/** One step of the grid: a value per line, in the order of `lines`. null draws a gap, never a zero. */
export type PreparedRow = {
  at: number;
  values: readonly (number | null)[];
  /** Where a value is only a bound, at which the line is drawn. */
  bounds: readonly (Bound | null)[];
  /** Rests on fewer than 100 requests: dotted, with a hollow point. */
  isThin: readonly boolean[];
  /** Stands alone between gaps: a line would draw nothing, so it gets a point. */
  isLone: readonly boolean[];
};

export type PreparedChart = {
  from: number;
  to: number;
  stepMs: number;
  rows: readonly PreparedRow[];
  lines: readonly PreparedLine[];
  /** Spans in which no line has a value; they are hatched. */
  gaps: readonly { from: number; to: number }[];
  /** Series that are not drawn and cannot be summed into "other". */
  leftOut: number;
  isEmpty: boolean;
  hasThin: boolean;
  /** The largest value drawn; 0 for none. With `stacked`, of the sums. */
  peak: number;
};

export const SERIES_CAP = 10;
/** What the rest of a split chart is called, here and by the API, which has left it out of its ten already. */
const OTHER = "other";
/** Rates and counts add up; quantiles and shares do not. */
const ADDITIVE: readonly string[] = ["requests/min", "tok/s", "count", "evictions/min", "swaps/min"];

type Drawable = Omit<ChartSeries, "whole" | "wholeBound">;
type Input = Pick<Chart, "from" | "to" | "stepSeconds" | "unit"> & { series: readonly Drawable[] };

/** Values and counts of one series on the grid, by index. */
type Gridded = {
  key: string;
  label: string;
  values: (number | null)[];
  counts: (number | null)[] | null;
  bounds: (Bound | null)[];
};

const gridLength = (from: number, to: number, stepMs: number): number => Math.max(0, Math.round((to - from) / stepMs));

/** Points carry the start of their step and are drawn at its end; what falls off the grid is dropped, what is missing stays null. */
const onGrid = (series: Drawable, from: number, stepMs: number, length: number): Gridded => {
  const values: (number | null)[] = new Array(length).fill(null);
  const counts: (number | null)[] | null = series.counts === null ? null : new Array(length).fill(null);
  const bounds: (Bound | null)[] = new Array(length).fill(null);
  series.points.forEach(([at, value], index) => {
    const position = Math.round((Date.parse(at) - from) / stepMs);
    if (position < 0 || position >= length) return;
    values[position] = value;
    bounds[position] = series.bounds?.[index] ?? null;
    if (counts !== null) counts[position] = series.counts?.[index] ?? null;
  });
  return { key: series.key, label: series.label, values, counts, bounds };
};

const total = (series: Gridded): number => series.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

/** Sums the rest into one line; where nobody saw anything it has a gap too. */
const foldRest = (rest: readonly Gridded[], length: number): Gridded => ({
  key: OTHER,
  label: `Other (${rest.length})`,
  counts: null,
  bounds: [],
  values: Array.from({ length }, (_, index) =>
    rest.reduce<number | null>((sum, each) => {
      const value = each.values[index] ?? null;
      return value === null ? sum : (sum ?? 0) + value;
    }, null),
  ),
});

/** At most ten lines, the largest by sum but in the order they came, and the rest as "other" where it can be summed. */
const cap = (series: readonly Gridded[], unit: string, length: number): { kept: Gridded[]; leftOut: number } => {
  const ranked = series.filter(({ key }) => key !== OTHER && !isReference(key));
  if (ranked.length <= SERIES_CAP) return { kept: [...series], leftOut: 0 };
  const largest = new Set([...ranked].sort((a, b) => total(b) - total(a)).slice(0, SERIES_CAP));
  const kept = series.filter((each) => largest.has(each));
  const rest = series.filter((each) => !largest.has(each));
  return ADDITIVE.includes(unit)
    ? { kept: [...kept, foldRest(rest, length)], leftOut: 0 }
    : { kept, leftOut: rest.length };
};

const rowAt = (series: readonly Gridded[], index: number, at: number): PreparedRow => ({
  at,
  values: series.map((each) => each.values[index] ?? null),
  bounds: series.map((each) => each.bounds[index] ?? null),
  isThin: series.map((each) => {
    return (each.values[index] ?? null) !== null && isLowSample(each.counts?.[index] ?? null);
  }),
  isLone: series.map(
    (each) =>
      (each.values[index] ?? null) !== null &&
      (each.values[index - 1] ?? null) === null &&
      (each.values[index + 1] ?? null) === null,
  ),
});

const isBlank = (row: PreparedRow): boolean => row.values.every((value) => value === null);

/** Blank steps, merged. A step's value stands at its end, so the span begins one step earlier. */
const gapsOf = (rows: readonly PreparedRow[], stepMs: number): { from: number; to: number }[] => {
  const gaps: { from: number; to: number }[] = [];
  for (const row of rows) {
    if (!isBlank(row)) continue;
    const last = gaps.at(-1);
    if (last?.to === row.at - stepMs) last.to = row.at;
    else gaps.push({ from: row.at - stepMs, to: row.at });
  }
  return gaps;
};

const peakOf = (rows: readonly PreparedRow[], stacked: boolean): number =>
  rows.reduce((peak, row) => {
    const seen = row.values.filter((value) => value !== null);
    const height = stacked ? seen.reduce((sum, value) => sum + value, 0) : Math.max(0, ...seen);
    return Math.max(peak, height);
  }, 0);

/**
 * Turns what the API sent into what is drawn: one grid, gaps as null, at most ten lines and "other", a look by identity.
 * The drawing component decides nothing after this.
 */
export function prepareSeries(chart: Input, stacked = false): PreparedChart {
  const from = Date.parse(chart.from);
  const to = Date.parse(chart.to);
  const stepMs = chart.stepSeconds * 1000;
  const length = gridLength(from, to, stepMs);
  const gridded = chart.series.map((series) => onGrid(series, from, stepMs, length));
  const { kept, leftOut } = cap(gridded, chart.unit, length);
  const styles = styleSeries(kept.map((each) => each.key));
  const rows = Array.from({ length }, (_, index) => rowAt(kept, index, from + (index + 1) * stepMs));
  const isEmpty = rows.every(isBlank);
  return {
    from,
    to,
    stepMs,
    rows,
    lines: kept.flatMap(({ key, label }) => {
      const style = styles.get(key);
      return style === undefined ? [] : [{ key, label, ...style }];
    }),
    gaps: isEmpty ? [] : gapsOf(rows, stepMs),
    leftOut,
    isEmpty,
    hasThin: rows.some((row) => row.isThin.includes(true)),
    peak: peakOf(rows, stacked),
  };
}
