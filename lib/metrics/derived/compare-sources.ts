import { type CacheSources, COMPARED_COUNTERS } from "../browser/cache-sources-schema.ts";
import type { NodeRollup } from "../rollup.ts";
import { type ComparedCount, furthestApart } from "./compare-counts.ts";
import type { DerivedStep } from "./fill-chart.ts";

/** A node that was seen for less of a minute counted less than the minute's. */
const LEAST_SECONDS = 50;
const MINUTE_MS = 60_000;

/**
 * Sets what a node counted beside what followed exactly, over the whole minutes that both know. How far they are apart is
 * judged without the first and the last of a row of minutes: what one source counts there may lie just outside for the other.
 */
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
  const counts = countsOf(both);
  if (counts.length === 0) return null;
  const minutes = new Set(both.map(({ step }) => step.at.getTime()));
  const inner = both.filter(
    ({ step: { at } }) => minutes.has(at.getTime() - MINUTE_MS) && minutes.has(at.getTime() + MINUTE_MS),
  );
  return {
    minutes: both.length,
    figures: counts.map(({ seconds: _, ...pair }) => pair),
    apart: furthestApart(countsOf(inner).map((count) => ({ ...count, seconds: both.length * 60 }))),
  };
}

type KnownMinute = { data: NodeRollup["data"]; step: DerivedStep };

function countsOf(minutes: readonly KnownMinute[]): ComparedCount[] {
  return COMPARED_COUNTERS.flatMap((of) => {
    const known = minutes.filter(({ data }) => data.counters[of] !== undefined);
    if (known.length === 0) return [];
    const sum = (values: number[]) => Math.round(values.reduce((total, value) => total + value, 0));
    return {
      of,
      measured: sum(known.map(({ data }) => data.counters[of] ?? 0)),
      derived: sum(known.map(({ step }) => step.counters[of] ?? 0)),
      seconds: known.length * 60,
    };
  });
}
