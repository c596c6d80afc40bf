import type { ChartPart } from "../schema.ts";
import type { Timed } from "../trace-chart.ts";
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

/** Counts the requests of a pack. @throws PackError */
export function tellPack(pack: ReadPack, ask: PackAsk): void {
  const row = `pack ${pack.tenantId} of ${new Date(pack.at).toISOString()}`;
  const numbers = (figure: PackedFigure): Float64Array | null => {
    const bytes = pack.figures[figure];
    return bytes ? unpackNumbers(bytes, row) : null;
  };
  const partOf = partsOf(pack, ask, numbers);
  const isAsked = nodesAsked(pack, ask, numbers("node"));
  const durations = ask.timed === "nothing" ? null : numbers(DURATIONS[ask.timed]);
  const scale = ask.timed === "token" ? 1000 : 1; // microseconds, where all others are milliseconds
  const [outcome, prompt, completion] = [numbers("outcome"), numbers("prompt"), numbers("completion")];
  eachMinute(pack, row, ask, (step, from, to) => {
    for (let at = from; at < to; at += 1) {
      if (!isAsked(at)) continue;
      const { counts, times } = partOf(at);
      add(counts, step, COUNTED.requests, 1);
      const duration = durations?.[at] ?? 0;
      if (duration > 0) times[step]?.push((duration - 1) / scale);
      const bits = outcome?.[at] ?? 0;
      if ((bits & OUTCOME.answered) !== 0) add(counts, step, COUNTED.answered, 1);
      if ((bits & OUTCOME.failed) !== 0) add(counts, step, COUNTED.failed, 1);
      if ((bits & OUTCOME.fellBack) !== 0) add(counts, step, COUNTED.fellBack, 1);
      if (prompt !== null) add(counts, step, COUNTED.promptTokens, prompt[at] ?? 0);
      if (completion !== null) add(counts, step, COUNTED.completionTokens, completion[at] ?? 0);
    }
  });
}

function add(counts: Float64Array, step: number, place: number, value: number): void {
  const at = step * COUNTS_SIZE + place;
  counts[at] = (counts[at] ?? 0) + value;
}

function eachMinute(
  pack: ReadPack,
  row: string,
  ask: PackAsk,
  tell: (step: number, from: number, to: number) => void,
): void {
  let from = 0;
  unpackNumbers(pack.minutes, row).forEach((count, minute) => {
    const step = count === 0 ? -1 : ask.stepOf(pack.at + minute * MINUTE_MS);
    if (step >= 0) tell(step, from, from + count);
    from += count;
  });
}

type Numbers = (figure: PackedFigure) => Float64Array | null;

/** The part that each request belongs to. */
function partsOf(pack: ReadPack, { by, poolOf, part }: PackAsk, numbers: Numbers): (at: number) => PartCells {
  const one = (key: string) => {
    let cells: PartCells | null = null; // a part without a request is none
    return () => {
      cells ??= part(key === "" && by !== null ? NONE : key);
      return cells;
    };
  };
  const listed = (keys: readonly string[], places: Float64Array | null) => {
    const parts = keys.map(one);
    return (at: number) => (parts[places?.[at] ?? 0] ?? one(""))();
  };
  switch (by) {
    case null:
      return one("");
    case "tenant":
      return one(pack.tenantId);
    case "adapter":
      return listed(pack.adapters, numbers("adapter"));
    case "node":
      return listed(pack.nodes, numbers("node"));
    case "pool":
      return listed(
        pack.nodes.map((node) => poolOf.get(node) ?? ""),
        numbers("node"),
      );
  }
}

function nodesAsked({ nodes }: ReadPack, { nodeIds }: PackAsk, places: Float64Array | null): (at: number) => boolean {
  if (nodeIds === null) return () => true;
  const flags = nodes.map((node) => nodeIds.has(node));
  return (at) => flags[places?.[at] ?? -1] ?? false;
}
