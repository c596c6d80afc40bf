import { type CacheSources, COMPARED_COUNTERS } from "../browser/cache-sources-schema.ts";
import type { NodeRollup } from "../rollup.ts";
import { furthestApart } from "./compare-counts.ts";
import type { DerivedStep } from "./fill-chart.ts";

/** A node that was seen for less of a minute counted less than the minute's. */
const LEAST_SECONDS = 50;

/** Sets what a node counted beside what followed exactly, over the whole minutes that both know. */
export function compareSources(
  measured: readonly NodeRollup[],
  derived: readonly DerivedStep[],
): CacheSources["compared"] {
  const byMinute = new Map(derived.map((step) => [step.at.getTime(), step]));
  const both = measured.flatMap(({ at, data }) => {
    const step = byMinute.get(at.getTime());
    return step === undefined || step.uncertainty !== null || step.seconds < 60 || data.seconds < LEAST_SECONDS
      ? []
      : { data, step };
  });
  const compared = COMPARED_COUNTERS.flatMap((of) => {
    const known = both.filter(({ data }) => data.counters[of] !== undefined);
    if (known.length === 0) return [];
    const sum = (values: number[]) => Math.round(values.reduce((total, value) => total + value, 0));
    return {
      of,
      minutes: known.length,
      measured: sum(known.map(({ data }) => data.counters[of] ?? 0)),
      derived: sum(known.map(({ step }) => step.counters[of] ?? 0)),
    };
  });
  if (compared.length === 0) return null;
  const counts = compared.map(({ minutes, ...pair }) => ({ ...pair, seconds: minutes * 60 }));
  return {
    minutes: both.length,
    figures: compared.map(({ minutes: _, ...pair }) => pair),
    apart: furthestApart(counts),
  };
}
