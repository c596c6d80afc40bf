import { type Histogram, totalOf } from "#lib/metrics/histogram.ts";
import type { RollupData } from "#lib/metrics/rollup.ts";
import type { BatchMinute } from "./pool-facts.ts";

/**
 * How mixed a node's batches were in a minute, and how many tokens it made meanwhile; null where it does not tell, or nobody
 * asked it for an adapter. The plugin counts each step. Without it, vLLM names at each scrape the adapters that have a request,
 * running or waiting: of those no batch holds more than there are slots.
 */
export function batchMinute({ seconds, counters, gauges, histograms }: RollupData, slots: number): BatchMinute | null {
  const { batchAdapters } = histograms;
  const { adaptersInUse } = gauges;
  const tokens = counters.generationTokens;
  if (tokens === undefined || seconds <= 0) return null;
  const tokensPerSecond = tokens / seconds;
  if (batchAdapters !== undefined) {
    const adapters = meanOf(batchAdapters, slots);
    return adapters === null ? null : { by: "steps", adapters, tokensPerSecond };
  }
  if (adaptersInUse === undefined || adaptersInUse.total === 0) return null;
  return { by: "scrapes", adapters: Math.min(adaptersInUse.total / adaptersInUse.samples, slots), tokensPerSecond };
}

/** Minutes that were counted alike: those of the plugin where there are any, as the two cannot be compared. */
export function comparableMinutes(minutes: readonly BatchMinute[]): BatchMinute[] {
  const counted = minutes.filter(({ by }) => by === "steps");
  return counted.length > 0 ? counted : [...minutes];
}

/** The mean of whole numbers up to `most` of which only buckets are known: each lies in the middle of those its bucket may hold. */
function meanOf(histogram: Histogram, most: number): number | null {
  const { le, counts } = histogram;
  const total = totalOf(histogram);
  if (total === 0) return null;
  const sum = counts.reduce((all, count, index) => {
    const upper = Math.min(le[index] ?? most, most);
    const below = le[index - 1];
    const lowest = below === undefined ? 0 : Math.min(Math.floor(below) + 1, upper);
    return all + count * ((lowest + upper) / 2);
  }, 0);
  return sum / total;
}
