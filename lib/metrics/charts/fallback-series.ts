import type { Measurement } from "#lib/http/schema.ts";
import type { Uncertainty } from "../derived/derived-rows.ts";
import { type DerivedSample, UNCERTAINTY_WORDS, worseUncertainty } from "../derived/fill-chart.ts";
import type { GaugeSummary } from "../rollup.ts";
import { createGaugeCells, type When, type Who } from "./chart-cells.ts";
import { namedNodes } from "./named-nodes.ts";

/**
 * Adapters that were asked for at once on nodes that do not count their batches. A request that waits is among them, so no
 * batch holds more: an upper bound. The mean is of scrapes of `vllm:lora_requests_info`, the most also of our own requests.
 */
export function createFallbackSeries(steps: number, nodes: number) {
  const [means, most] = [createGaugeCells(steps, nodes), createGaugeCells(steps, nodes)];
  const [counting, named, asked] = [new Uint8Array(nodes), new Uint8Array(nodes), new Uint8Array(nodes)];
  /** A node that counts its batches anywhere in the range is left to them. */
  const uncounted = ({ nodes: some, parts }: Who): Who => ({
    parts,
    nodes: some.filter((node) => counting[node] !== 1),
  });
  return {
    counts(node: number): void {
      counting[node] = 1;
    },
    sample(step: number, node: number, value: GaugeSummary): void {
      named[node] = 1;
      means.add(step, node, value);
      most.add(step, node, value);
    },
    peak(step: number, node: number, adapters: number): void {
      asked[node] = 1;
      most.add(step, node, { max: adapters, total: adapters, samples: 1 });
    },
    meanOf: (when: When, who: Who) => means.levelOf(when, uncounted(who), "mean", "mean"),
    mostOf: (when: When, who: Who) => most.levelOf(when, uncounted(who), "max", "max"),
    isCounting: (node: number) => counting[node] === 1,
    /** Whether its engine named adapters with a request. */
    isNamed: (node: number) => named[node] === 1,
    /** Whether anybody stands in, and whether everybody does. */
    isUsed: () => counting.some((is, node) => is !== 1 && (named[node] === 1 || asked[node] === 1)),
    isAll: () => !counting.includes(1),
  };
}
export type FallbackSeries = ReturnType<typeof createFallbackSeries>;

/** Of nodes that do not count their batches, how their figures are known. */
export type FallbackFill = { source: Measurement["source"]; notes: string[] };

/** Takes what stands in for nodes. */
export type FallbackChart = {
  placeOf(nodeId: string): number;
  isCounting(place: number): boolean;
  isNamed(place: number): boolean;
  peak(place: number, at: number, adapters: number, isSimulated: boolean): void;
};

/**
 * Puts the most adapters that our requests asked for at once where a node does not count its batches, and says how sure the
 * chart is then: what the engine names at a scrape is only inferred, and so is what others or late reports may have changed.
 * @param derived at most once for each node and step, with the peak alone
 */
export function fillWithPeaks(
  chart: FallbackChart,
  derived: Iterable<DerivedSample>,
  nodes: readonly { id: string; name: string }[],
): FallbackFill {
  const uncertainties = new Map<string, Uncertainty | null>();
  for (const { nodeId, at, seconds, simulated, uncertainty, values } of derived) {
    const place = chart.placeOf(nodeId);
    if (place < 0 || seconds === 0 || chart.isCounting(place)) continue;
    chart.peak(place, at, values[0] ?? 0, simulated);
    // who asked at once is known whatever lay in the tiers when the process was first seen
    uncertainties.set(
      nodeId,
      worseUncertainty(uncertainties.get(nodeId) ?? null, uncertainty === "start" ? null : uncertainty),
    );
  }
  const own = nodes.filter(({ id }) => {
    const place = chart.placeOf(id);
    return !chart.isCounting(place) && (chart.isNamed(place) || uncertainties.has(id));
  });
  const inferred = own.filter(({ id }) => chart.isNamed(chart.placeOf(id)) || (uncertainties.get(id) ?? null) !== null);
  return {
    source: inferred.length > 0 ? "inferred" : own.length > 0 ? "derived" : "measured",
    notes: notesOn(own, uncertainties),
  };
}

function notesOn(
  nodes: readonly { id: string; name: string }[],
  uncertainties: ReadonlyMap<string, Uncertainty | null>,
): string[] {
  if (nodes.length === 0) return [];
  const notes = [
    `${namedNodes(nodes)} ${nodes.length === 1 ? "does" : "do"} not count batches; only the Switchyard plugin for vLLM does. The chart shows adapters requested at the same time, running or waiting. No batch holds more. The mean is inferred from vllm:lora_requests_info in each scrape. The maximum is derived from Switchyard's requests, unless the engine named more.`,
  ];
  for (const uncertainty of new Set(uncertainties.values())) {
    if (uncertainty === null) continue;
    const own = nodes.filter(({ id }) => uncertainties.get(id) === uncertainty);
    notes.push(`The maximum is also only inferred for ${namedNodes(own)}: ${UNCERTAINTY_WORDS[uncertainty]}.`);
  }
  return notes;
}
