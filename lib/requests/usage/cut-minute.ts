import type { UsageSum } from "./usage-sums-store.ts";
import { USAGE_COUNTS } from "./usage-tables.ts";

const MINUTE_MS = 60_000;

/**
 * What a minute adds to a window that begins at `from`: of the minute in which the window begins, the counts of the part
 * inside, as if its requests came evenly. Five minutes that begin in the middle of one would else count six.
 * @returns counts that need not be whole; latencies and times as they were
 */
export function cutMinute(minute: UsageSum, from: Date): UsageSum {
  const share = Math.min(1, Math.max(0, (minute.at.getTime() + MINUTE_MS - from.getTime()) / MINUTE_MS));
  if (share === 1) return minute;
  const cut = { ...minute };
  for (const count of USAGE_COUNTS) cut[count] = minute[count] * share;
  return cut;
}
