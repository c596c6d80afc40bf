/**
 * Moments and durations as the console writes them (console.md C8). Pure: the clock and the zone are arguments. Months
 * and the 24-hour clock are fixed, so that a pasted time reads the same to everyone on a call.
 */
import { THIN_SPACE } from "./format.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An IANA zone name, or undefined for the zone of the machine that runs this. */
export type Zone = string | undefined;

const join = (value: number, unit: string): string => `${value}${THIN_SPACE}${unit}`;

/** A duration by its two largest units: "12 s", "6 min 20 s", "14 min", "2 h 14 min", "3 d 4 h". */
export const formatDuration = (ms: number): string => {
  const total = Math.max(0, ms);
  if (total < SECOND) return join(Math.round(total), "ms");
  const seconds = Math.round(total / SECOND);
  if (seconds < 60) return join(seconds, "s");
  if (seconds < 600) return pair(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return join(minutes, "min");
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
};

const pair = (major: number, majorUnit: string, minor: number, minorUnit: string): string =>
  minor === 0 ? join(major, majorUnit) : `${join(major, majorUnit)} ${join(minor, minorUnit)}`;

/** One unit only, rounded down: what "… ago" and ages in tables show. */
const coarse = (ms: number): string => {
  if (ms < MINUTE) return join(Math.floor(ms / SECOND), "s");
  if (ms < HOUR) return join(Math.floor(ms / MINUTE), "min");
  if (ms < DAY) return join(Math.floor(ms / HOUR), "h");
  return join(Math.floor(ms / DAY), "d");
};

/** How long something has been so: "12 s", "3 min", "2 h", "4 d". */
export const formatAge = (sinceMs: number, nowMs: number): string => coarse(Math.max(0, nowMs - sinceMs));

/** "3 min ago", "in 5 min"; null from 24 h on, where the absolute time is the clearer one. */
export const formatRelative = (atMs: number, nowMs: number): string | null => {
  const distance = nowMs - atMs;
  if (Math.abs(distance) >= DAY) return null;
  if (Math.abs(distance) < 2 * SECOND) return "just now";
  return distance > 0 ? `${coarse(distance)} ago` : `in ${coarse(-distance)}`;
};

const parts = (atMs: number, zone: Zone, options: Intl.DateTimeFormatOptions) => {
  const found: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  const format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone, hourCycle: "h23" });
  for (const part of format.formatToParts(atMs)) found[part.type] = part.value;
  return (type: Intl.DateTimeFormatPartTypes): string => found[type] ?? "";
};

const suffix = (zone: Zone): string => (zone === "UTC" ? " UTC" : "");

/** "12 Nov, 14:05", with the year when it is not this one, and the zone when it is not the reader's own. */
export const formatAbsolute = (atMs: number, nowMs: number, zone: Zone): string => {
  const at = parts(atMs, zone, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const year = parts(nowMs, zone, { year: "numeric" })("year") === at("year") ? "" : ` ${at("year")}`;
  return `${at("day")} ${at("month")}${year}, ${at("hour")}:${at("minute")}${suffix(zone)}`;
};

/** "14:05", or "14:05:09" with seconds. */
export const formatClock = (atMs: number, zone: Zone, withSeconds = false): string => {
  const at = parts(atMs, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return `${at("hour")}:${at("minute")}${withSeconds ? `:${at("second")}` : ""}${suffix(zone)}`;
};

/** "12 Nov". */
export const formatDay = (atMs: number, zone: Zone): string => {
  const at = parts(atMs, zone, { day: "numeric", month: "short" });
  return `${at("day")} ${at("month")}`;
};

/** The full stamp for hover and copy: `2026-11-12T14:05:09+01:00`. */
export const formatStamp = (atMs: number, zone: Zone): string => {
  const at = parts(atMs, zone, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  });
  const offset = at("timeZoneName").replace("GMT", "");
  const date = `${at("year")}-${at("month")}-${at("day")}`;
  return `${date}T${at("hour")}:${at("minute")}:${at("second")}${offset === "" || offset === "+00:00" ? "Z" : offset}`;
};

/** How often a relative time about `atMs` can change, for whoever ticks it. */
export const tickOf = (atMs: number, nowMs: number): number => (Math.abs(nowMs - atMs) < MINUTE ? SECOND : 30 * SECOND);
