import type { Doubt } from "../derived/derived-rows.ts";
import { type DerivedStep, DOUBT_WORDS, worseDoubt } from "../derived/fill-chart.ts";
import type { DerivedCounts, NodeCounts } from "./alert-facts.ts";

/** One count of a node within the window, with where it comes from. */
export type KnownCount = { value: number; source: "measured" | "derived" | "inferred"; doubt: Doubt | null };

/** What the node counted itself; else what followed from its requests and loads; null = neither is there. */
export function knownCount(
  measured: NodeCounts | undefined,
  derived: DerivedCounts | undefined,
  of: keyof NodeCounts,
): KnownCount | null {
  const counted = measured?.[of] ?? null;
  if (counted !== null) return { value: counted, source: "measured", doubt: null };
  if (derived === undefined) return null;
  const { doubt } = derived;
  return { value: derived[of], source: doubt === null ? "derived" : "inferred", doubt };
}

/** Without what was read by loads that somebody asked for. */
export const withoutLoads = (count: KnownCount | null, loads: number): KnownCount | null =>
  count && { ...count, value: Math.max(0, count.value - loads) };

/** Both together; the weaker mark counts. */
export function addCounts(one: KnownCount | null, other: KnownCount | null): KnownCount | null {
  if (one === null || other === null) return one ?? other;
  const doubt = worseDoubt(one.doubt, other.doubt);
  const isMeasured = one.source === "measured" && other.source === "measured";
  const source = doubt !== null ? "inferred" : isMeasured ? "measured" : "derived";
  return { value: one.value + other.value, source, doubt };
}

/** "derived; ", to stand before what a figure is compared with; nothing before a measured one. */
export const sourceWord = (count: KnownCount | null): string =>
  count === null || count.source === "measured" ? "" : `${count.source}; `;

/** How a figure that nobody measured came about, and what makes it uncertain; null = it was measured. */
export function sourceNote(count: KnownCount): string | null {
  if (count.source === "measured") return null;
  const how = "Worked out from our own requests and loads: the node exports no such counter.";
  return count.doubt === null ? how : `${how} Only inferred: ${DOUBT_WORDS[count.doubt]}.`;
}

/** Sums by node over the minutes of the window; a node that was not followed up to now is left out. */
export function sumDerived(steps: readonly DerivedStep[], freshSince: Date): Map<string, DerivedCounts> {
  const sums = new Map<string, DerivedCounts>();
  const isFresh = new Set(steps.flatMap(({ nodeId, at }) => (at >= freshSince ? nodeId : [])));
  for (const { nodeId, counters, doubt } of steps) {
    if (!isFresh.has(nodeId)) continue;
    const before = sums.get(nodeId) ?? { evictions: 0, disk: 0, cpu: 0, doubt: null };
    sums.set(nodeId, {
      evictions: before.evictions + (counters["evictions.gpu"] ?? 0),
      disk: before.disk + (counters["swaps.disk"] ?? 0),
      cpu: before.cpu + (counters["swaps.cpu"] ?? 0),
      doubt: worseDoubt(before.doubt, doubt),
    });
  }
  return sums;
}
