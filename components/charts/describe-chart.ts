import { boundedText, formatUnit, quantityText } from "#components/ui/format.ts";
import { formatAbsolute, formatDuration, type Zone } from "#components/ui/format-time.ts";
import type { Bound } from "#lib/http/schema.ts";
import type { PreparedChart } from "./prepare-series.ts";

type Reading = { unit: string; locale: string; zone: Zone };

type Seen = { at: number; value: number; bound: Bound | null };

const textOf = ({ value, bound }: Seen, { unit, locale }: Reading): string =>
  boundedText(quantityText(formatUnit(value, unit, locale)), bound);

const describeLine = (chart: PreparedChart, index: number, label: string, reading: Reading): string => {
  const seen: Seen[] = chart.rows.flatMap((row) => {
    const each = row.values[index] ?? null;
    return each === null ? [] : [{ at: row.at, value: each, bound: row.bounds[index] ?? null }];
  });
  const last = seen.at(-1);
  if (last === undefined) return `${label}: no data.`;
  const highest = seen.reduce((top, each) => (each.value > top.value ? each : top));
  const lowest = seen.reduce((low, each) => (each.value < low.value ? each : low));
  const when = formatAbsolute(highest.at, chart.to, reading.zone);
  return `${label}: latest ${textOf(last, reading)}, lowest ${textOf(lowest, reading)}, highest ${textOf(highest, reading)} at ${when}.`;
};

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** The chart in sentences, for whoever cannot see it: range, each line's last, lowest and highest value, gaps, events. */
export function describeChart(chart: PreparedChart, eventCount: number, reading: Reading): string {
  const range = `Last ${formatDuration(chart.to - chart.from)} until ${formatAbsolute(chart.to, chart.to, reading.zone)}.`;
  if (chart.isEmpty) return `${range} No data.`;
  const parts = [range, ...chart.lines.map((line, index) => describeLine(chart, index, line.label, reading))];
  if (chart.gaps.length > 0) parts.push(`${counted(chart.gaps.length, "gap", "gaps")} without data.`);
  if (chart.leftOut > 0) parts.push(`${counted(chart.leftOut, "series is", "series are")} not drawn.`);
  if (eventCount > 0) parts.push(`${counted(eventCount, "event", "events")} marked.`);
  return parts.join(" ");
}
