import { OBJECTIVE_WINDOWS } from "../browser/objective-kinds.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A request is on record once it has ended; one that takes longer than this is not counted any more. */
export const LATE_MS = 15 * MINUTE_MS;
/** An hour's whole windows and those of six hours are read by the minute. */
export const MINUTES_KEPT_MS = 7 * 3_600_000;
/** A little longer than the longest window. */
export const COUNTS_KEPT_MS = (Math.max(...OBJECTIVE_WINDOWS) + 1) * DAY_MS;
/** What was counted before this is not what is now. */
export const STALE_MS = 2 * MINUTE_MS;

/** Nearly all requests of a minute are on record by then. */
const SETTLES_MS = 2 * MINUTE_MS;

export type CountReach = "new" | "late";
export type CountState = { id: string; countedTo: Date | null };
/** `stepSeconds`: whether it is counted by the minute or by the hour, of which it has whole ones only. */
export type CountPiece = { ids: string[]; from: Date; to: Date; stepSeconds: 60 | 3600 };

/**
 * What to count: all that are up to date at once, over the minutes that may still grow, and the others piece by piece, so that
 * each takes a bounded time whatever was left: a day by the hour, or an hour by the minute where minutes are still kept. Those
 * that lie furthest back come first, with all that lie there.
 * @param reach `new`: only the minutes since the last count, as late requests are rare
 */
export function planCounting(
  objectives: readonly CountState[],
  now: Date,
  reach: CountReach = "late",
): { current: CountPiece | null; behind: CountPiece[] } {
  const isCurrent = ({ countedTo }: CountState) =>
    countedTo !== null && countedTo <= now && now.getTime() - countedTo.getTime() <= LATE_MS;
  const upToDate = objectives.filter(isCurrent);
  const ids = upToDate.map(({ id }) => id);
  const counted = Math.min(now.getTime(), ...upToDate.flatMap(({ countedTo }) => countedTo?.getTime() ?? []));
  const from = startOf(reach === "late" ? now.getTime() - 2 * LATE_MS : counted - SETTLES_MS);
  const behind = new Map<number, CountPiece>();
  for (const one of objectives.filter((each) => !isCurrent(each))) {
    const next = nextPiece(one, now);
    const piece = behind.get(next.from.getTime()) ?? { ...next, ids: [] };
    piece.ids.push(one.id);
    behind.set(next.from.getTime(), piece);
  }
  return {
    current: ids.length === 0 ? null : { ids, from, to: now, stepSeconds: 60 },
    behind: [...behind.values()].sort((a, b) => a.from.getTime() - b.from.getTime()),
  };
}

/** Where an objective's count goes on, and how far. */
function nextPiece({ countedTo }: CountState, now: Date): Omit<CountPiece, "ids"> {
  const oldest = now.getTime() - COUNTS_KEPT_MS;
  const counted = Math.max(oldest, Math.min(countedTo?.getTime() ?? oldest, now.getTime()));
  const minutesFrom = hourOf(now.getTime() - MINUTES_KEPT_MS);
  if (counted < minutesFrom) {
    const from = hourOf(counted - LATE_MS);
    return { from: new Date(from), to: new Date(Math.min(from + DAY_MS, minutesFrom)), stepSeconds: 3600 };
  }
  // hours before were counted as such, and are not counted again by the minute
  const from = startOf(Math.max(counted - LATE_MS, minutesFrom));
  const end = from.getTime() + HOUR_MS;
  // what would be left is counted with it
  return { from, to: now.getTime() - end <= LATE_MS ? now : new Date(end), stepSeconds: 60 };
}

const startOf = (at: number): Date => new Date(Math.floor(at / MINUTE_MS) * MINUTE_MS);
const hourOf = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;
