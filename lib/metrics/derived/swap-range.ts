import { invalidField } from "#lib/platform/errors.ts";
import { MAX_SWAP_RANGE_SECONDS } from "../browser/swap-limits.ts";
import type { SwapRangeQuery } from "../browser/swaps-schema.ts";
import { chartRange } from "../charts/chart-range.ts";
import { settledUntil } from "../counted-window.ts";

/**
 * The last minutes are whole ones, as alerts count them; what is asked from one time to another is to the millisecond, where
 * charts round to their steps.
 * @throws AppError `invalid` for a range that is empty or longer than a day
 */
export function swapRange(query: SwapRangeQuery, now: Date): { from: Date; to: Date } {
  const isLatest = query.from === undefined && query.to === undefined;
  const latest = isLatest ? settledUntil(now) : now;
  const end = query.to === undefined ? latest : new Date(Math.min(Date.parse(query.to), now.getTime()));
  const start = query.from === undefined ? new Date(end.getTime() - query.minutes * 60_000) : new Date(query.from);
  const { to } = chartRange({ from: start.toISOString(), to: end.toISOString() }, now);
  if (to.getTime() - start.getTime() > MAX_SWAP_RANGE_SECONDS * 1000)
    throw invalidField(
      "from",
      "range_too_long",
      "Single swaps are available for ranges of at most a day.",
      "Choose a day or less, or use the chart of evictions.",
    );
  return { from: start, to };
}
