import { stepStart } from "./rollup.ts";

/** Evictions and swaps are counted over this long. */
export const COUNTED_MS = 5 * 60_000;
/** By then the scrapes and traces of a minute have arrived, and `derived/` has followed it. */
const SETTLED_AFTER_MS = 40_000;

/** The end of the newest whole minute whose figures no longer change. */
export const settledUntil = (now: Date): Date => stepStart(new Date(now.getTime() - SETTLED_AFTER_MS), 60);

/** The five whole minutes over which alerts, findings and pages count the same evictions and swaps. */
export function countedWindow(now: Date): { from: Date; to: Date } {
  const to = settledUntil(now);
  return { from: new Date(to.getTime() - COUNTED_MS), to };
}
