import type { Uncertainty } from "#lib/metrics/derived/derived-rows.ts";
import { UNCERTAINTY_WORDS, worseUncertainty } from "#lib/metrics/derived/fill-chart.ts";

/** What a node does that is counted: adapters that lose their slot, and weights that come from disk or host memory. */
export const NODE_COUNTS = ["evictions", "disk", "cpu"] as const;
export type NodeCount = (typeof NODE_COUNTS)[number];

/** One count of a node, with where it comes from. @see Uncertainty */
export type KnownCount = {
  value: number;
  source: "measured" | "derived" | "inferred";
  uncertainty: Uncertainty | null;
};

/** One whole minute of a node; a count that is absent is unknown. */
export type NodeMinute = { atMs: number; counts: Partial<Record<NodeCount, KnownCount>> };

/** A count over several minutes. `minutes` = those in which it is known. */
export type SummedCount = KnownCount & { minutes: number };

/** The sum of the minutes in which it is known; null = in none. */
export function sumMinutes(minutes: readonly NodeMinute[], of: NodeCount): SummedCount | null {
  let sum: SummedCount | null = null;
  for (const { counts } of minutes) {
    const count = counts[of];
    if (count === undefined) continue;
    sum = sum === null ? { ...count, minutes: 1 } : { ...addCounts(sum, count), minutes: sum.minutes + 1 };
  }
  return sum;
}

/** Without what was read by loads that somebody asked for. */
export const withoutLoads = <Count extends KnownCount>(count: Count | null, loads: number): Count | null =>
  count && { ...count, value: Math.max(0, count.value - loads) };

/** Both together; the weaker mark counts. */
export function addCounts(one: KnownCount, other: KnownCount): KnownCount {
  const uncertainty = worseUncertainty(one.uncertainty, other.uncertainty);
  const isMeasured = one.source === "measured" && other.source === "measured";
  const source = uncertainty !== null ? "inferred" : isMeasured ? "measured" : "derived";
  return { value: one.value + other.value, source, uncertainty };
}

/** "derived; ", to stand before what a figure is compared with; nothing before a measured one. */
export const sourceWord = (count: KnownCount | null): string =>
  count === null || count.source === "measured" ? "" : `${count.source}; `;

/** How a figure that nobody measured came about, and what makes it uncertain; null = it was measured. */
export function sourceNote(count: KnownCount): string | null {
  if (count.source === "measured") return null;
  const how = "Worked out from our own requests and loads: the node exports no such counter.";
  return count.uncertainty === null ? how : `${how} Only inferred: ${UNCERTAINTY_WORDS[count.uncertainty]}.`;
}
