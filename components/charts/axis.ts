import { formatShort, formatUnit, quantityText } from "#components/ui/format.ts";
import { formatClock, formatDay, type Zone } from "#components/ui/format-time.ts";

/** Ticks from zero to the first round number at or above `peak`; at most five. */
export function niceTicks(peak: number, isWhole = false): number[] {
  if (!(peak > 0)) return [0, 1];
  const rough = peak / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const steps = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude);
  const found = steps.find((step) => step >= rough * (1 - 1e-9)) ?? 10 * magnitude;
  const step = isWhole ? Math.max(1, Math.ceil(found)) : found;
  const count = Math.max(1, Math.ceil(peak / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** What the title says the ticks are in, and what a value is divided by to get there. */
export type AxisUnit = { label: string; divisor: number };

const BYTES: readonly (readonly [number, string])[] = [
  [1e12, "TB"],
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
];

/** One unit for a whole axis, chosen by its largest value: ticks then need none. */
export function axisUnit(unit: string, peak: number): AxisUnit {
  switch (unit) {
    case "ms":
      return peak >= 10_000 ? { label: "s", divisor: 1000 } : { label: "ms", divisor: 1 };
    case "ratio":
      return { label: "%", divisor: 0.01 };
    case "bytes": {
      const [divisor, label] = BYTES.find(([from]) => peak >= from) ?? [1, "B"];
      return { label, divisor };
    }
    case "count":
      return { label: "", divisor: 1 };
    default:
      return { label: quantityText({ ...formatUnit(1, unit), number: "" }).trim(), divisor: 1 };
  }
}

export const formatTick = (value: number, axis: AxisUnit, locale: string): string =>
  formatShort(value / axis.divisor, locale);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  MINUTE / 6, MINUTE / 2, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
]; // biome-ignore format: a table reads better than a column

const MAX_TIME_TICKS = 5;

/** Round moments of the reader's zone inside the range; `offsetMs` is that zone's distance from UTC. */
export function timeTicks(from: number, to: number, offsetMs: number): { at: number; stepMs: number }[] {
  const stepMs = TIME_STEPS.find((step) => (to - from) / step <= MAX_TIME_TICKS) ?? 28 * DAY;
  const first = Math.ceil((from + offsetMs) / stepMs) * stepMs - offsetMs;
  const ticks: { at: number; stepMs: number }[] = [];
  for (let at = first; at <= to && ticks.length < MAX_TIME_TICKS; at += stepMs) ticks.push({ at, stepMs });
  return ticks;
}

/** "14:05", "14:05:10" under a minute apart, "12 Nov" from days on. The zone is named once, beside the axis. */
export const formatTimeTick = (at: number, stepMs: number, zone: Zone): string =>
  stepMs >= DAY ? formatDay(at, zone) : formatClock(at, zone, stepMs < MINUTE).replace(" UTC", "");

/** Distance of a zone from UTC at a moment, in ms. */
export function zoneOffset(at: number, zone: Zone): number {
  if (zone === undefined) return -new Date(at).getTimezoneOffset() * MINUTE;
  const name = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" })
    .formatToParts(at)
    .find((part) => part.type === "timeZoneName")?.value;
  const match = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? "");
  if (match === null) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * HOUR + Number(match[3]) * MINUTE);
}

/** The zone's short name: "UTC", "CET", "GMT+5:30". */
export const zoneName = (at: number, zone: Zone): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" })
    .formatToParts(at)
    .find((part) => part.type === "timeZoneName")?.value ?? "";
