import type { ResidencyTier } from "../schema.ts";
import type { CacheBefore } from "./derive-cache.ts";
import { EVERY_OTHER, type Interval } from "./follow-intervals.ts";

export type Run<Value> = { is: Value; columns: number };

/** Whether nobody unseen can be left in the tiers before what happens at a moment. */
export const isExactAt = (
  { before, settledMs }: { before: CacheBefore; settledMs: number | null },
  momentMs: number,
): boolean => before === "empty" || (settledMs !== null && settledMs < momentMs);

/**
 * The tier of each name at each moment, before what happens then, and of every other name. What no interval covers is unknown.
 * @param momentsMs in order; @param knownToMs until when intervals that last are believed
 */
export function tiersAt(
  intervals: readonly Interval[],
  momentsMs: readonly number[],
  knownToMs: number,
  names: readonly string[],
): { rest: ResidencyTier[]; tiers: Map<string, ResidencyTier[]> } {
  const paint = (row: ResidencyTier[], { startedMs, endedMs, tier }: Interval) => {
    for (const [column, momentMs] of momentsMs.entries())
      if (momentMs > startedMs && momentMs <= (endedMs ?? knownToMs)) row[column] = tier;
  };
  const rest = momentsMs.map((): ResidencyTier => "unknown");
  for (const one of intervals) if (one.loraName === EVERY_OTHER) paint(rest, one);
  const tiers = new Map(names.map((name) => [name, [...rest]]));
  for (const one of intervals) paint(tiers.get(one.loraName) ?? [], one);
  return { rest, tiers };
}

/** Equal neighbours as one. */
export function runsOf<Value>(values: readonly Value[]): Run<Value>[] {
  const runs: Run<Value>[] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last?.is === value) last.columns += 1;
    else runs.push({ is: value, columns: 1 });
  }
  return runs;
}

/** The longest in a slot first, then the longest in host memory; the order of equals is that of their names. */
export function rankByTime(rows: ReadonlyMap<string, readonly ResidencyTier[]>): string[] {
  const time = (name: string, tier: ResidencyTier) => rows.get(name)?.filter((one) => one === tier).length ?? 0;
  const weights = [...rows.keys()].map((name) => ({ name, gpu: time(name, "gpu"), cpu: time(name, "cpu") }));
  weights.sort((a, b) => b.gpu - a.gpu || b.cpu - a.cpu || (a.name < b.name ? -1 : 1));
  return weights.map(({ name }) => name);
}

/** Steps that a person can read off an axis, seconds. */
const STEPS = [10, 15, 30, 60, 120, 180, 300] as const;

/**
 * The columns of a map: steps on a grid that stays the same while the range moves, so that a map that is read again does
 * not shimmer. Each shows the end of its step.
 * @returns null when the range is too long for so many columns
 */
export function mapGrid(
  { from, to }: { from: Date; to: Date },
  maxColumns: number,
): { fromMs: number; stepSeconds: number; momentsMs: number[] } | null {
  for (const stepSeconds of STEPS) {
    const stepMs = stepSeconds * 1000;
    const fromMs = Math.floor(from.getTime() / stepMs) * stepMs;
    const count = Math.ceil((to.getTime() - fromMs) / stepMs);
    if (count > maxColumns) continue;
    const momentsMs = Array.from({ length: count }, (_, index) =>
      Math.min(fromMs + (index + 1) * stepMs, to.getTime()),
    );
    return { fromMs, stepSeconds, momentsMs };
  }
  return null;
}
