import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { UsageHistogram, UsageSum } from "../usage/usage-sums-store.ts";
import { addUp, NO_REQUESTS, type RequestCell } from "./request-cells.ts";

/** What lines are drawn from: requests of each step, and of the range as a whole. */
export type Drawable = { cellAt(start: Date): RequestCell; whole: RequestCell };

/** @param sums by step */
export function drawable(sums: readonly UsageSum[], histogram: UsageHistogram | null): Drawable {
  const byStart = groupBy(sums, ({ at }) => at.getTime());
  return {
    cellAt: (start) => addUp(byStart.get(start.getTime()) ?? [], histogram),
    whole: sums.length === 0 ? NO_REQUESTS : addUp(sums, histogram),
  };
}

/**
 * What is left of everything without a part of it. Counts and buckets subtract exactly; where the two were read while requests
 * ended, a rest is never below zero.
 */
export const without = (all: Drawable, part: Drawable): Drawable => ({
  cellAt: (start) => subtract(all.cellAt(start), part.cellAt(start)),
  whole: subtract(all.whole, part.whole),
});

const less = (all: number, part: number): number => Math.max(0, all - part);

const subtract = (all: RequestCell, part: RequestCell): RequestCell => ({
  requests: less(all.requests, part.requests),
  answered: less(all.answered, part.answered),
  failed: less(all.failed, part.failed),
  fallbacks: less(all.fallbacks, part.fallbacks),
  promptTokens: less(all.promptTokens, part.promptTokens),
  completionTokens: less(all.completionTokens, part.completionTokens),
  durations: all.durations?.map((count, bucket) => less(count, part.durations?.[bucket] ?? 0)) ?? null,
});
