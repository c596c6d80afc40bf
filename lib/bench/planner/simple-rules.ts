import type { ServedRun, StartUp } from "./read-runs.ts";

/** Beside our forecasts: what simple rules make of the same runs. */

/** By adapters served and slots. */
const loadBorneBy = ({ slots, adapters }: ServedRun): number =>
  13_500 - 25 * Math.min(slots, adapters) - (240 * Math.max(0, adapters - slots)) / slots;

/** Starved above a load that falls as slots rise, and as adapters crowd few slots. */
export const starvedByRule = (run: ServedRun): boolean => run.offeredTokensPerS > loadBorneBy(run);

/** The offered load, up to the same bound. */
export const throughputByRule = (run: ServedRun): number =>
  Math.max(1, Math.min(run.offeredTokensPerS, loadBorneBy(run)));

/** Prompt when the adapters in use fit the slots, by the decode time that was measured, and the load is borne. */
export function isPromptByRule(run: ServedRun): boolean {
  const inUse = run.groups.reduce(
    (sum, { adapters, requestsPerS, outputTokens }) =>
      sum - adapters * Math.expm1((-requestsPerS * outputTokens * run.tpotMs) / 1000),
    0,
  );
  return inUse <= run.slots && !starvedByRule(run);
}

const USUAL_SLOTS = 32;

/** The count nearest 32 of those that start. */
export const slotsByRule = <T extends { slots: number }>(runs: readonly T[]): T | null =>
  runs.reduce<T | null>(
    (best, run) =>
      best === null || Math.abs(run.slots - USUAL_SLOTS) < Math.abs(best.slots - USUAL_SLOTS) ? run : best,
    null,
  );

/** One start-up with LoRA says what is left; each slot takes its share of it, by the measured size of one at rank 8. */
export function kvTokensByRule(all: readonly StartUp[], { slots, rank }: StartUp): number {
  const [one, many] = [8, 256].map((count) => all.find((start) => start.slots === count && start.rank === 8));
  if (!one?.kvTokens || !many?.kvTokens) return Number.NaN;
  const perSlot = (one.kvTokens - many.kvTokens) / (many.slots - one.slots);
  return one.kvTokens + 8 * perSlot - (slots * perSlot * rank) / 8;
}
