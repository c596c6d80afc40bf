import type { Figure } from "#lib/http/schema.ts";
import type { RollupRow } from "../node-chart.ts";
import type { CounterName } from "../node-samples.ts";
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

export type FilledRows = { rows: RollupRow[]; source: Source; derived: DerivedPart[] };

/**
 * Puts what was derived where nothing was measured: a counter that a node exports in a step stays as it is.
 * @param wanted the counters that are charted
 */
export function fillWithDerived(
  measured: readonly RollupRow[],
  derived: readonly DerivedStep[],
  wanted: readonly CounterName[],
): FilledRows {
  const keyOf = ({ nodeId, at }: { nodeId: string; at: Date }) => `${nodeId} ${at.getTime()}`;
  const byStep = new Map(measured.map((row) => [keyOf(row), row]));
  const filled: RollupRow[] = [];
  const isMeasured = new Set(
    measured.flatMap(({ nodeId, seconds, counters }) =>
      seconds > 0 && wanted.some((name) => counters[name] !== undefined) ? nodeId : [],
    ),
  );
  const doubts = new Map<string, Doubt | null>();
  for (const step of derived) {
    const own = byStep.get(keyOf(step));
    // a node that was not seen all along still counted what it was seen to count
    const missing = wanted.filter((name) => (own?.seconds ?? 0) === 0 || own?.counters[name] === undefined);
    if (missing.length === 0 || step.seconds === 0) continue;
    const counters = Object.fromEntries(missing.map((name) => [name, step.counters[name] ?? 0]));
    const { nodeId, at, seconds, simulated } = step;
    filled.push({ nodeId, at, seconds, simulated, counters, gauges: {}, histogram: null });
    doubts.set(nodeId, worseDoubt(doubts.get(nodeId) ?? null, step.doubt));
  }
  const parts = [...doubts].map(([nodeId, doubt]) => ({ nodeId, doubt, isPartly: isMeasured.has(nodeId) }));
  return { rows: [...measured, ...filled], source: weakestOf(parts), derived: parts };
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
