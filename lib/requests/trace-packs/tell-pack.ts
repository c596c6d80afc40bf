import type { ChartPart } from "#lib/metrics/browser/chart-metrics.ts";
import type { Timed } from "../charts/trace-chart.ts";
import type { PackedDurations } from "./duration-log.ts";
import { OUTCOME, type PackedFigure, unpackNumbers } from "./pack-requests.ts";
import { COUNTED, COUNTS_SIZE, type Counted, type PartCells } from "./trace-cells.ts";

/** What a chart asks of packs. */
export type PackAsk = {
  timed: Timed;
  counts: readonly Counted[];
  by: ChartPart | null;
  /** null = of any node, and of none. */
  nodeIds: ReadonlySet<string> | null;
  /** Of a split by pool. */
  poolOf: ReadonlyMap<string, string>;
  /** The step of the grid in which a minute lies, by its beginning in Unix milliseconds; -1 = outside. */
  stepOf(at: number): number;
  part(key: string): PartCells;
};

/** A pack, or what was read of it. */
export type ReadPack = {
  tenantId: string;
  /** The hour, in Unix milliseconds. */
  at: number;
  adapters: readonly string[];
  nodes: readonly string[];
  minutes: Uint8Array;
  figures: Partial<Record<PackedFigure, Uint8Array>>;
};

/** What a part is called while no object stands behind it. */
export const NONE = "none";
const MINUTE_MS = 60_000;
const DURATIONS = { whole: "whole", first_byte: "firstByte", token: "perToken" } as const;

/** The figures of a pack that a chart needs. */
export function figuresAsked({ timed, counts, by, nodeIds }: Pick<PackAsk, "timed" | "counts" | "by" | "nodeIds">) {
  const asked = new Set<PackedFigure>();
  if (timed !== "nothing") asked.add(DURATIONS[timed]);
  for (const counted of counts)
    asked.add(counted === "promptTokens" ? "prompt" : counted === "completionTokens" ? "completion" : "outcome");
  if (by === "adapter") asked.add("adapter");
  if (by === "node" || by === "pool" || nodeIds !== null) asked.add("node");
  return [...asked];
}

/** Counts the requests of a pack. Its loops run for each request of a day, and make nothing for one alone. @throws PackError */
export function tellPack(pack: ReadPack, ask: PackAsk): void {
  const row = `pack ${pack.tenantId} of ${new Date(pack.at).toISOString()}`;
  const numbers = (figure: PackedFigure): Float64Array | null => {
    const bytes = pack.figures[figure];
    return bytes ? unpackNumbers(bytes, row) : null;
  };
  const { timed, by, nodeIds } = ask;
  const nodes = numbers("node");
  const asked = nodeIds && pack.nodes.map((node) => nodeIds.has(node));
  const places = by === "adapter" ? numbers("adapter") : by === "node" || by === "pool" ? nodes : null;
  const partAt = partsOf(pack, ask);
  const durations = timed === "nothing" ? null : numbers(DURATIONS[timed]);
  const count = counterOf({
    // between tokens in microseconds, all others in milliseconds
    durations: durations && { values: durations, perMs: timed === "token" ? 1000 : 1 },
    outcome: numbers("outcome"),
    prompt: numbers("prompt"),
    completion: numbers("completion"),
  });
  eachStep(pack, row, ask, (step, from, to) => {
    if (asked === null && places === null) {
      count(partAt(0), step, from, to);
      return;
    }
    for (let at = from; at < to; at += 1)
      if (asked === null || asked[nodes?.[at] ?? -1] === true) count(partAt(places?.[at] ?? 0), step, at, at + 1);
  });
}

type Numbers = Record<"outcome" | "prompt" | "completion", Float64Array | null> & { durations: PackedDurations | null };

/** Counts some requests, one after the other in a pack, that belong to one part and step. */
const counterOf =
  ({ durations, outcome, prompt, completion }: Numbers) =>
  ({ counts, times }: PartCells, step: number, from: number, to: number): void => {
    const first = step * COUNTS_SIZE;
    add(counts, first + COUNTED.requests, to - from);
    if (durations !== null) times.addPacked(step, durations, from, to);
    if (outcome !== null)
      for (let at = from; at < to; at += 1) {
        const bits = outcome[at] ?? 0;
        if ((bits & OUTCOME.answered) !== 0) add(counts, first + COUNTED.answered, 1);
        if ((bits & OUTCOME.failed) !== 0) add(counts, first + COUNTED.failed, 1);
        if ((bits & OUTCOME.fellBack) !== 0) add(counts, first + COUNTED.fellBack, 1);
      }
    if (prompt !== null) add(counts, first + COUNTED.promptTokens, sumOf(prompt, from, to));
    if (completion !== null) add(counts, first + COUNTED.completionTokens, sumOf(completion, from, to));
  };

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += values[at] ?? 0;
  return sum;
}

const add = (counts: Float64Array, at: number, value: number): void => {
  counts[at] = (counts[at] ?? 0) + value;
};

/** Tells which requests of a pack arrived in which step; those of minutes outside the grid are left out. */
function eachStep(
  pack: ReadPack,
  row: string,
  ask: PackAsk,
  tell: (step: number, from: number, to: number) => void,
): void {
  const minutes = unpackNumbers(pack.minutes, row);
  let [step, from, to] = [-1, 0, 0];
  for (let minute = 0; minute < minutes.length; minute += 1) {
    const next = ask.stepOf(pack.at + minute * MINUTE_MS);
    if (next !== step) {
      if (step >= 0 && to > from) tell(step, from, to);
      [step, from] = [next, to];
    }
    to += minutes[minute] ?? 0;
  }
  if (step >= 0 && to > from) tell(step, from, to);
}

/** The part of a place in what a chart is split by; made with its first request, as a part without one is none. */
function partsOf(pack: ReadPack, { by, poolOf, part }: PackAsk): (place: number) => PartCells {
  const keys = keysOf(pack, by, poolOf);
  const made: (PartCells | undefined)[] = new Array(keys.length);
  return (place) => {
    const known = made[place];
    if (known !== undefined) return known;
    const key = keys[place] ?? "";
    const cells = part(key === "" && by !== null ? NONE : key);
    made[place] = cells;
    return cells;
  };
}

function keysOf(pack: ReadPack, by: ChartPart | null, poolOf: ReadonlyMap<string, string>): readonly string[] {
  switch (by) {
    case null:
      return [""];
    case "tenant":
      return [pack.tenantId];
    case "adapter":
      return pack.adapters;
    case "node":
      return pack.nodes;
    case "pool":
      return pack.nodes.map((node) => poolOf.get(node) ?? "");
  }
}
