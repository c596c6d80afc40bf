import type { Measurement } from "#lib/http/schema.ts";
import type { NodeChart } from "../charts/node-chart.ts";
import type { CounterName } from "../scrape/node-samples.ts";
import { type ComparedCount, createComparison } from "./compare-counts.ts";
import { type DerivedCounter, UNCERTAINTIES, type Uncertainty } from "./derived-rows.ts";

type Source = Measurement["source"];

/** What followed for a node over one step. */
export type DerivedSample = {
  nodeId: string;
  /** Where the step begins, in Unix milliseconds. */
  at: number;
  seconds: number;
  simulated: boolean;
  uncertainty: Uncertainty | null;
  /** In the order in which they were asked for. */
  values: readonly number[];
};

/** The same as counters. */
export type DerivedStep = {
  nodeId: string;
  at: Date;
  seconds: number;
  simulated: boolean;
  uncertainty: Uncertainty | null;
  counters: Partial<Record<CounterName, number>>;
};

/** Of a node whose figures are not all measured; `isPartly` = some are. */
export type DerivedPart = { nodeId: string; uncertainty: Uncertainty | null; isPartly: boolean };

/** How sure a chart is after what was derived was put into it; `compared` is of what was also measured. */
export type Filled = { source: Source; derived: DerivedPart[]; compared: ComparedCount[] };
type FilledChart = Pick<
  NodeChart,
  "placeOf" | "cellOf" | "unreported" | "measured" | "measuredSeconds" | "hasSpoken" | "seen" | "counter"
>;

/**
 * Puts what was derived where nothing was measured: a counter that a node exports in a step stays as it is, and is set beside
 * what was derived. Its loop runs for each node and step of a month.
 * @param derived at most once for each node and step
 * @param wanted the counters that are charted, in the order of the derived values
 * @param untilMs what is younger is charted, but not set beside what was measured
 */
export function fillWithDerived(
  chart: FilledChart,
  derived: Iterable<DerivedSample>,
  wanted: readonly DerivedCounter[],
  { stepSeconds, untilMs }: { stepSeconds: number; untilMs: number },
): Filled {
  const parts = new Map<string, DerivedPart>();
  const comparison = createComparison(wanted, stepSeconds, untilMs);
  const all = (1 << wanted.length) - 1;
  let [current, place]: [string | null, number] = [null, -1];
  let part: DerivedPart | undefined;
  for (const sample of derived) {
    const { nodeId, at, seconds, simulated, uncertainty } = sample;
    if (nodeId !== current) [current, place, part] = [nodeId, chart.placeOf(nodeId), parts.get(nodeId)];
    // a node that was not seen all along still counted what it was seen to count
    if (place < 0 || seconds === 0) continue;
    const cell = chart.cellOf(place, at);
    const unreported = chart.unreported(cell);
    // what is only inferred is in no contest with what was counted
    const isComparable = uncertainty === null && comparison.isWhole(seconds) && comparison.hasEnded(at);
    if (unreported !== all && isComparable) compare(chart, cell, sample, all & ~unreported, comparison);
    if (unreported === 0) continue;
    if (part === undefined) {
      part = { nodeId, uncertainty, isPartly: chart.hasSpoken(place) };
      parts.set(nodeId, part);
    } else if (part.uncertainty !== uncertainty) part.uncertainty = worseUncertainty(part.uncertainty, uncertainty);
    for (let index = 0; index < wanted.length; index += 1) {
      const name = wanted[index];
      if (name !== undefined && (unreported & (1 << index)) !== 0)
        chart.counter(place, at, name, sample.values[index] ?? 0, seconds);
    }
    chart.seen(place, at, simulated);
  }
  const filled = [...parts.values()];
  return { source: weakestOf(filled), derived: filled, compared: comparison.counts() };
}

/** @param told a bit for each counter that the node told of */
function compare(
  chart: FilledChart,
  cell: number,
  { at, values }: DerivedSample,
  reported: number,
  comparison: ReturnType<typeof createComparison>,
): void {
  for (let index = 0; index < values.length; index += 1)
    if ((reported & (1 << index)) !== 0 && comparison.isWhole(chart.measuredSeconds(cell, index)))
      comparison.add(index, at, chart.measured(cell, index), values[index] ?? 0);
}

/** A figure that is put together takes the weakest mark of its parts. */
const weakestOf = (parts: readonly DerivedPart[]): Source =>
  parts.some(({ uncertainty }) => uncertainty !== null) ? "inferred" : parts.length > 0 ? "derived" : "measured";

export const worseUncertainty = (one: Uncertainty | null, other: Uncertainty | null): Uncertainty | null =>
  UNCERTAINTIES.find((uncertainty) => uncertainty === one || uncertainty === other) ?? null;

/** Why figures are only inferred, to follow a node's name. */
export const UNCERTAINTY_WORDS: Record<Uncertainty, string> = {
  foreign: "other clients send it requests that Switchyard does not see",
  late: "some of its requests were reported minutes late",
  start: "its process started unobserved, so its tiers may hold other adapters",
};
