import { type Histogram, totalOf } from "#lib/telemetry/histogram.ts";
import type { RollupData } from "#lib/telemetry/rollup.ts";
import type { BatchMinute } from "./pool-facts.ts";

/**
 * How mixed a node's batches were in a minute, and how many tokens it made meanwhile; null where it does not tell, or made
 * no step with an adapter.
 */
export function batchMinute({ seconds, counters, histograms }: RollupData): BatchMinute | null {
  const { batchAdapters } = histograms;
  const tokens = counters.generationTokens;
  if (batchAdapters === undefined || tokens === undefined || seconds <= 0) return null;
  const adapters = meanOf(batchAdapters);
  return adapters === null ? null : { adapters, tokensPerSecond: tokens / seconds };
}

/** The mean of whole numbers of which only buckets are known: each lies in the middle of those its bucket may hold. */
function meanOf(histogram: Histogram): number | null {
  const { le, counts } = histogram;
  const total = totalOf(histogram);
  if (total === 0) return null;
  const sum = counts.reduce((all, count, index) => {
    const upper = le[index] ?? le.at(-1) ?? 0;
    const below = le[index - 1];
    const lowest = below === undefined ? 0 : Math.min(Math.floor(below) + 1, upper);
    return all + count * ((lowest + upper) / 2);
  }, 0);
  return sum / total;
}
