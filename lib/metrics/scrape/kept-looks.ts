import { type Histogram, mergeHistograms, sameBounds } from "../histogram.ts";
import type { TierTeller } from "../residency/node-residency.ts";
import { type Look, mapValues, type RollupData, union } from "../rollup.ts";
import type { Tick } from "../series/fold.ts";
import type { TickLook } from "../series/pack.ts";

/**
 * How a node was found, and what the next scraper counts from. It is written when that is no longer so, and every minute;
 * in between the ticks tell what was added.
 */
export type KeptLook = {
  nodeId: string;
  /** Of the last good look; before the first, of the node. */
  epoch: number;
  simulated: boolean;
  /** Why the newest look failed; null = it did not. */
  error: string | null;
  /** The last good look when this was written; null = none is known. */
  good: Look | null;
};

/** The longest that a scraper has to count on from what was written. */
export const KEPT_EVERY_SECONDS = 60;

/** @param addsUp the increase since the look before is all that changed in the node's counts */
export function isDue(before: KeptLook | undefined, now: KeptLook, addsUp: boolean): boolean {
  if (before === undefined || !addsUp) return true;
  if (before.error !== now.error || before.epoch !== now.epoch || before.simulated !== now.simulated) return true;
  if (!sameTeller(before.good?.samples.teller, now.good?.samples.teller)) return true;
  const age = (now.good?.at.getTime() ?? 0) - (before.good?.at.getTime() ?? 0);
  return now.error === null && age >= KEPT_EVERY_SECONDS * 1000;
}

const sameTeller = (a: TierTeller | undefined, b: TierTeller | undefined): boolean =>
  a?.status === b?.status && a?.version === b?.version && a?.vllmVersion === b?.vllmVersion && a?.reason === b?.reason;

/**
 * Whether the increase, added to the look before, gives this look to the last bit. It does not after a restart, a counter
 * that fell, a gap, or when a family came or went.
 */
export function addsUp(before: Look, increase: RollupData, now: Look): boolean {
  if (increase.seconds === 0 || before.epoch !== now.epoch || before.samples.startedAt !== now.samples.startedAt)
    return false;
  return (
    isSum(before.samples.counters, increase.counters, now.samples.counters, (a, b, sum) => a + b === sum) &&
    isSum(before.samples.histograms, increase.histograms, now.samples.histograms, isHistogramSum)
  );
}

function isSum<Name extends string, Value>(
  before: Partial<Record<Name, Value>>,
  added: Partial<Record<Name, Value>>,
  now: Partial<Record<Name, Value>>,
  fits: (before: Value, added: Value, now: Value) => boolean,
): boolean {
  const names = Object.keys(now) as Name[];
  if (names.length !== Object.keys(before).length) return false;
  return names.every((name) => {
    const [a, b, sum] = [before[name], added[name], now[name]];
    return a !== undefined && b !== undefined && sum !== undefined && fits(a, b, sum);
  });
}

const isHistogramSum = (before: Histogram, added: Histogram, now: Histogram): boolean =>
  sameBounds(before.le, now.le) &&
  sameBounds(added.le, now.le) &&
  now.counts.every((count, bucket) => (before.counts[bucket] ?? 0) + (added.counts[bucket] ?? 0) === count);

/**
 * The last good look at each node, counted on from what was written by the ticks since.
 * @param ticks by time. Where one of them is missing or does not add up, nothing is known of that node
 */
export function countOn(kept: readonly KeptLook[], ticks: readonly Tick[]): Map<string, Look> {
  const looks = new Map(kept.flatMap(({ nodeId, good }) => (good === null ? [] : [[nodeId, good] as const])));
  for (const tick of ticks)
    for (const step of tick.looks) {
      const before = looks.get(step.nodeId);
      if (before === undefined || !step.ok || tick.at <= before.at) continue;
      const next = nextLook(before, tick.at, step);
      if (next === null) looks.delete(step.nodeId);
      else looks.set(step.nodeId, next);
    }
  return looks;
}

function nextLook(before: Look, at: Date, step: TickLook & { ok: true }): Look | null {
  const isNext = Math.round(at.getTime() - step.increase.seconds * 1000) === before.at.getTime();
  if (!isNext || !step.addsUp) return null;
  const { counters, gauges, histograms } = step.increase;
  const samples = {
    ...before.samples,
    gauges: mapValues(gauges, ({ last }) => last),
    counters: union(before.samples.counters, counters, (a, b) => a + b),
    histograms: union(before.samples.histograms, histograms, mergeHistograms),
  };
  return { at, epoch: step.epoch, samples };
}
