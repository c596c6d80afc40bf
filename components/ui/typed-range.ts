import { formatStamp, type Zone } from "./format-time.ts";

const DAY = 24 * 3_600_000;

/** A range that does not move. */
export type FixedRange = { from: Date; to: Date };

/** A moment as `<input type="datetime-local">` takes it, in the reader's zone. */
export const typedTime = (atMs: number, zone: Zone): string => formatStamp(atMs, zone).slice(0, 16);

/** What was typed, back as a moment; NaN for nothing. */
const typedMs = (text: string, zone: Zone): number => Date.parse(zone === "UTC" ? `${text}Z` : text);

export type TypedRange = { range: FixedRange; errors: null } | { range: null; errors: { from?: string; to?: string } };

/**
 * Reads a typed range. The rules are the API's, told beside the field before anything is asked.
 * @param longestDays Infinity = any
 */
export function readTypedRange(
  typed: { from: string; to: string },
  zone: Zone,
  nowMs: number,
  longestDays: number,
): TypedRange {
  const [from, to] = [typedMs(typed.from, zone), typedMs(typed.to, zone)];
  const errors: { from?: string; to?: string } = {};
  if (Number.isNaN(from)) errors.from = "Enter a date and a time.";
  else if (from >= nowMs) errors.from = "This time is in the future. Enter an earlier time.";
  if (Number.isNaN(to)) errors.to = "Enter a date and a time.";
  else if (to <= from) errors.to = "The end must be after the start. Enter a later time.";
  else if (to - from > longestDays * DAY) errors.to = `The range is longer than ${longestDays} days. Shorten it.`;
  if (errors.from !== undefined || errors.to !== undefined) return { range: null, errors };
  return { range: { from: new Date(from), to: new Date(to) }, errors: null };
}
