import { OBJECTIVE_WINDOWS } from "../browser/objective-kinds.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A request is on record once it has ended; one that takes longer than this is not counted any more. */
export const LATE_MS = 15 * MINUTE_MS;
/** An hour's whole windows and those of six hours are read by the minute. */
export const MINUTES_KEPT_MS = 7 * 3_600_000;
/** A little longer than the longest window. */
export const COUNTS_KEPT_MS = (Math.max(...OBJECTIVE_WINDOWS) + 1) * DAY_MS;
/** What was counted before this is not what is now. */
export const STALE_MS = 2 * MINUTE_MS;

export type CountState = { id: string; countedTo: Date | null };
export type CountPiece = { ids: string[]; from: Date; to: Date };

/**
 * What to count: all that are up to date at once, over the minutes that may still grow, and the others a day at a time, so
 * that each piece takes a bounded time whatever was left. Those that lie furthest back come first, with all that lie there.
 */
export function planCounting(
  objectives: readonly CountState[],
  now: Date,
): { current: CountPiece | null; behind: CountPiece[] } {
  const isCurrent = ({ countedTo }: CountState) =>
    countedTo !== null && countedTo <= now && now.getTime() - countedTo.getTime() <= LATE_MS;
  const ids = objectives.filter(isCurrent).map(({ id }) => id);
  const behind = new Map<number, CountPiece>();
  for (const one of objectives.filter((each) => !isCurrent(each))) {
    const from = placeOf(one, now);
    const to = new Date(Math.min(from.getTime() + DAY_MS, now.getTime()));
    behind.set(from.getTime(), { ids: [...(behind.get(from.getTime())?.ids ?? []), one.id], from, to });
  }
  return {
    current: ids.length === 0 ? null : { ids, from: startOf(now.getTime() - 2 * LATE_MS), to: now },
    behind: [...behind.values()].sort((a, b) => a.from.getTime() - b.from.getTime()),
  };
}

/** Where an objective's count goes on. */
function placeOf({ countedTo }: CountState, now: Date): Date {
  const oldest = now.getTime() - COUNTS_KEPT_MS;
  return startOf(Math.max(oldest, Math.min(countedTo?.getTime() ?? oldest, now.getTime()) - LATE_MS));
}

const startOf = (at: number): Date => new Date(Math.floor(at / MINUTE_MS) * MINUTE_MS);
