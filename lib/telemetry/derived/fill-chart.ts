import type { Figure } from "#lib/http/schema.ts";
import type { NodeChart } from "../node-chart.ts";
import type { CounterName } from "../node-samples.ts";
import type { NodeRollup } from "../rollup.ts";
import { DOUBTS, type Doubt } from "./derived-rows.ts";

type Source = Figure["source"];

/** What followed for a node over one step, as counters. */
export type DerivedStep = {
  nodeId: string;
  at: Date;
  seconds: number;
  simulated: boolean;
  doubt: Doubt | null;
  counters: Partial<Record<CounterName, number>>;
};

/** Of a node whose figures are not all measured; `isPartly` = some are. */
export type DerivedPart = { nodeId: string; doubt: Doubt | null; isPartly: boolean };

/** What is to be charted besides what was measured. */
export type Filled = { rows: FilledRow[]; source: Source; derived: DerivedPart[] };
type FilledRow = Pick<NodeRollup, "nodeId" | "at" | "simulated" | "data">;

/**
 * Puts what was derived where nothing was measured: a counter that a node exports in a step stays as it is.
 * @param wanted the counters that are charted
 */
export function fillWithDerived(
  measured: Pick<NodeChart, "isMeasured" | "hasSpoken">,
  derived: readonly DerivedStep[],
  wanted: readonly CounterName[],
): Filled {
  const rows: FilledRow[] = [];
  const doubts = new Map<string, Doubt | null>();
  for (const { nodeId, at, seconds, simulated, doubt, counters } of derived) {
    // a node that was not seen all along still counted what it was seen to count
    const missing = wanted.filter((name) => !measured.isMeasured(nodeId, at, name));
    if (missing.length === 0 || seconds === 0) continue;
    const filled = Object.fromEntries(missing.map((name) => [name, counters[name] ?? 0]));
    rows.push({ nodeId, at, simulated, data: { seconds, counters: filled, gauges: {}, histograms: {} } });
    doubts.set(nodeId, worseDoubt(doubts.get(nodeId) ?? null, doubt));
  }
  const parts = [...doubts].map(([nodeId, doubt]) => ({ nodeId, doubt, isPartly: measured.hasSpoken(nodeId) }));
  return { rows, source: weakestOf(parts), derived: parts };
}

/** A figure that is put together takes the weakest mark of its parts. */
const weakestOf = (parts: readonly DerivedPart[]): Source =>
  parts.some(({ doubt }) => doubt !== null) ? "inferred" : parts.length > 0 ? "derived" : "measured";

export const worseDoubt = (one: Doubt | null, other: Doubt | null): Doubt | null =>
  DOUBTS.find((doubt) => doubt === one || doubt === other) ?? null;

/** Why figures are only inferred, to follow a node's name. */
export const DOUBT_WORDS: Record<Doubt, string> = {
  foreign: "others than Switchyard send it requests, which nobody here sees",
  late: "some of its requests were told of only after minutes",
  start: "nobody saw its process begin, so adapters may lie in its tiers that no request asked for",
};
