import type { ChartRange, ComparedRange } from "#components/charts/metric-chart.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import type { FixedRange } from "#components/ui/typed-range.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Ranges that end now, by their word in the URL. */
export const QUICK_RANGES = [
  { key: "15m", label: "15 min", ms: 15 * MINUTE },
  { key: "1h", label: "1 h", ms: HOUR },
  { key: "6h", label: "6 h", ms: 6 * HOUR },
  { key: "24h", label: "24 h", ms: 24 * HOUR },
  { key: "7d", label: "7 d", ms: 7 * 24 * HOUR },
  { key: "30d", label: "30 d", ms: 30 * 24 * HOUR },
] as const;
export type QuickRange = (typeof QUICK_RANGES)[number]["key"];
export const QUICK_KEYS = QUICK_RANGES.map(({ key }) => key);
export const DEFAULT_RANGE: QuickRange = "1h";

const quickOf = (key: QuickRange) => QUICK_RANGES.find((range) => range.key === key) ?? QUICK_RANGES[1];

/** Both ends, in order; a link with one end, or with none that make a range, means the quick range. */
export const fixedOf = (from: Date | null, to: Date | null): FixedRange | null =>
  from !== null && to !== null && from.getTime() < to.getTime() ? { from, to } : null;

/** At most 300 points lie in a chart: its start moves in steps of one point, so that the same question is asked meanwhile. */
const POINTS = 300;

/** What the charts ask for. A quick range has no end, so that it stays open to what comes. */
export function rangeOf(
  quick: QuickRange,
  fixed: FixedRange | null,
  nowMs: number,
): ChartRange & Required<Pick<ChartRange, "from">> {
  if (fixed !== null) return { from: fixed.from.toISOString(), to: fixed.to.toISOString() };
  const { ms } = quickOf(quick);
  const step = Math.max(MINUTE, ms / POINTS);
  return { from: new Date(Math.floor((nowMs - ms) / step) * step).toISOString() };
}

/** As long as the range, and ending where it begins. */
export function rangeBefore(quick: QuickRange, fixed: FixedRange | null, nowMs: number): ComparedRange {
  const lengthMs = fixed === null ? quickOf(quick).ms : fixed.to.getTime() - fixed.from.getTime();
  const to = Date.parse(rangeOf(quick, fixed, nowMs).from);
  const range = { from: new Date(to - lengthMs).toISOString(), to: new Date(to).toISOString() };
  return { range, words: `the previous ${formatDuration(lengthMs)}` };
}

/** How often charts that end now are read again. */
export const REFRESHES = [
  { key: "off", label: "Off", ms: false },
  { key: "10s", label: "10 s", ms: 10_000 },
  { key: "30s", label: "30 s", ms: 30_000 },
  { key: "1m", label: "1 min", ms: MINUTE },
] as const;
export type Refresh = (typeof REFRESHES)[number]["key"];
export const REFRESH_KEYS = REFRESHES.map(({ key }) => key);
export const DEFAULT_REFRESH: Refresh = "10s";
export const refreshMsOf = (key: Refresh): number | false => REFRESHES.find((each) => each.key === key)?.ms ?? false;

const SHORTEST_MS = 5 * MINUTE;

/** A dragged span as a range: whole minutes, and never so short that two points are left of it. */
export function zoomTo({ from, to }: { from: number; to: number }): FixedRange {
  const missing = Math.max(0, SHORTEST_MS - (to - from)) / 2;
  const start = Math.floor((from - missing) / MINUTE) * MINUTE;
  const end = Math.ceil((to + missing) / MINUTE) * MINUTE;
  return { from: new Date(start), to: new Date(end) };
}
