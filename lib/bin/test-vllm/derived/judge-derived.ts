import type { DerivedCounts } from "#lib/metrics/derived/derive-cache.ts";
import type { DerivedPhase, DerivedReport } from "./run-derived.ts";

/** Several at once may be this far apart, as a share of what was measured; or by so many where there are few. */
const APART_SHARE = 0.05;
const APART_LEAST = 3;

/** What is wrong with a report, one line a problem. */
export function judgeDerived({ alone, atOnce }: DerivedReport): string[] {
  const problems: string[] = [];
  for (const { name, measured, derived } of pairsOf(alone))
    if (measured !== derived) problems.push(`one after the other, ${name}: measured ${measured}, derived ${derived}`);
  for (const { name, measured, derived } of pairsOf(atOnce))
    if (Math.abs(measured - derived) > Math.max(APART_LEAST, APART_SHARE * measured))
      problems.push(`several at once, ${name}: measured ${measured}, derived ${derived}`);
  if (alone.measured.evictions.gpu === 0) problems.push("nothing was evicted, so nothing was compared");
  return problems;
}

/** "120 requests: lost a slot 41 and 41, …": measured first. */
export const phaseText = (phase: DerivedPhase): string =>
  `${phase.requests} requests: ${pairsOf(phase)
    .map(({ name, measured, derived }) => `${name} ${measured} and ${derived}`)
    .join(", ")}`;

function pairsOf({ measured, derived }: Pick<DerivedPhase, "measured" | "derived">) {
  const pair = (name: string, of: (counts: DerivedCounts) => number) => ({
    name,
    measured: of(measured),
    derived: of(derived),
  });
  return [
    pair("lost a slot", ({ evictions }) => evictions.gpu),
    pair("left host memory", ({ evictions }) => evictions.cpu),
    pair("found in a slot", ({ swaps }) => swaps.gpu),
    pair("from host memory", ({ swaps }) => swaps.cpu),
    pair("from disk", ({ swaps }) => swaps.disk),
  ];
}
