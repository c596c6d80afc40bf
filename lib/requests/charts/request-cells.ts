import { addStored, type Durations, noDurations } from "../usage/durations.ts";
import type { UsageCount, UsageHistogram, UsageSum } from "../usage/usage-sums-store.ts";

/** Customers' requests that ended in one step, or in a whole range. */
export type RequestCell = {
  requests: number;
  /** Answered with a status below 400. */
  answered: number;
  /** Answered with 500 or more: our fault, not the caller's. */
  failed: number;
  /** Of `answered`, by something else than the route's own target. */
  fallbacks: number;
  promptTokens: number;
  completionTokens: number;
  /** Of the kind that was asked for; null = none was. */
  durations: Durations | null;
};

/** What a cell is made of. */
export const CELL_COUNTS = [
  ...(["requests", "answered", "failed", "fallbacks"] as const),
  ...(["promptTokens", "completionTokens"] as const),
] as const satisfies (keyof RequestCell & UsageCount)[];

export const NO_REQUESTS: RequestCell = {
  ...{ requests: 0, answered: 0, failed: 0, fallbacks: 0, promptTokens: 0, completionTokens: 0 },
  durations: null,
};

/** Everything in some sums as one. */
export function addUp(sums: readonly UsageSum[], histogram: UsageHistogram | null): RequestCell {
  const cell = { ...NO_REQUESTS, durations: histogram === null ? null : noDurations() };
  for (const sum of sums) {
    cell.requests += sum.requests;
    cell.answered += sum.answered;
    cell.failed += sum.failed;
    cell.fallbacks += sum.fallbacks;
    cell.promptTokens += sum.promptTokens;
    cell.completionTokens += sum.completionTokens;
    if (histogram !== null && cell.durations !== null) addStored(cell.durations, sum.stored[histogram] ?? "");
  }
  return cell;
}

/** Whether any was simulated, and when the newest of them ended; null of none. */
export const originOf = (sums: readonly UsageSum[]): { simulated: boolean; lastAt: Date | null } => ({
  simulated: sums.some(({ simulated }) => simulated),
  lastAt: sums.reduce<Date | null>((last, sum) => (last !== null && last > sum.lastAt ? last : sum.lastAt), null),
});
