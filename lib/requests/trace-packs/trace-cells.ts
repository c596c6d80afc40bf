import { OTHER } from "#lib/metrics/charts/rank-parts.ts";
import type { TraceBucket } from "../charts/trace-chart.ts";
import { createDurationLog, type DurationLog } from "./duration-log.ts";
import { exactQuantiles } from "./quantiles.ts";

/** What is counted of requests, and its place in the counts of a step. */
export const COUNTED = {
  ...{ requests: 0, answered: 1, failed: 2, fellBack: 3 },
  ...{ promptTokens: 4, completionTokens: 5 },
} as const;
export type Counted = keyof typeof COUNTED;
export const COUNTS_SIZE = 6;

/** Requests of one part: its counts step by step, and its durations in ms. */
export type PartCells = { counts: Float64Array; times: DurationLog };

/** Quantiles that a chart draws; those that are left out are null. */
export type WantedQuantiles = readonly (0.5 | 0.95 | 0.99)[];

/** Sums requests by part and step as they come in. */
export function createTraceCells({ starts }: { starts: readonly Date[] }, wanted: WantedQuantiles) {
  const steps = starts.length;
  const parts = new Map<string, PartCells>();
  const wholeOf = (key: string, own: readonly PartCells[]) => bucketOf(own, 0, steps, null, key, wanted);
  return {
    part(key: string): PartCells {
      const known = parts.get(key);
      if (known !== undefined) return known;
      const made = { counts: new Float64Array(steps * COUNTS_SIZE), times: createDurationLog(steps) };
      parts.set(key, made);
      return made;
    },
    /** Of each part, over the whole range. */
    wholes: (): TraceBucket[] => [...parts].map(([key, own]) => wholeOf(key, [own])),
    /**
     * By part, each step of which there is a request and the whole range.
     * @param keys the parts that stand for themselves, all others are one; null = all do
     */
    buckets: (keys: readonly string[] | null): Map<string, TraceBucket[]> =>
      new Map(
        [...grouped(keys)].map(([key, own]) => [
          key,
          [
            ...starts.flatMap((start, step) =>
              own.some(({ counts }) => counts[step * COUNTS_SIZE] !== 0)
                ? bucketOf(own, step, step + 1, start, key, wanted)
                : [],
            ),
            wholeOf(key, own),
          ],
        ]),
      ),
  };

  function grouped(keys: readonly string[] | null): Map<string, PartCells[]> {
    const groups = new Map<string, PartCells[]>();
    for (const [key, own] of parts) {
      const group = keys === null || keys.includes(key) ? key : OTHER;
      groups.set(group, [...(groups.get(group) ?? []), own]);
    }
    return groups;
  }
}

function bucketOf(
  of: readonly PartCells[],
  from: number,
  to: number,
  start: Date | null,
  key: string,
  wanted: WantedQuantiles,
): TraceBucket {
  const sums = sumsOf(of, from, to);
  const times = wanted.length === 0 ? NO_TIMES : timesOf(of, from, to);
  // written out: to spread two fields into it takes longer than all the rest
  return {
    start,
    key,
    requests: sums[COUNTED.requests] ?? 0,
    answered: sums[COUNTED.answered] ?? 0,
    failed: sums[COUNTED.failed] ?? 0,
    fellBack: sums[COUNTED.fellBack] ?? 0,
    promptTokens: sums[COUNTED.promptTokens] ?? 0,
    completionTokens: sums[COUNTED.completionTokens] ?? 0,
    timed: times.length,
    durationsMs: times.length === 0 ? null : durationsOf(times, wanted),
  };
}

/** The counts of some parts over some steps. */
function sumsOf(of: readonly PartCells[], from: number, to: number): number[] {
  const sums = [0, 0, 0, 0, 0, 0];
  for (const { counts } of of)
    for (let at = from * COUNTS_SIZE, place = 0; at < to * COUNTS_SIZE; at += 1) {
      sums[place] = (sums[place] ?? 0) + (counts[at] ?? 0);
      place = place + 1 === COUNTS_SIZE ? 0 : place + 1;
    }
  return sums;
}

const QUANTILES = [0.5, 0.95, 0.99] as const;

/** @param times put in another order */
function durationsOf(times: Float64Array, wanted: WantedQuantiles): (number | null)[] | null {
  const asked = QUANTILES.filter((q) => wanted.includes(q));
  const found = exactQuantiles(times, asked);
  return found && QUANTILES.map((q) => found[asked.indexOf(q)] ?? null);
}

const NO_TIMES = new Float64Array();
/** Durations of several parts or steps, until the next ones: thousands of lists a chart are joined here. */
let joined = new Float64Array(1024);

/** Durations whose order may be changed: of one part and step as they lie in its log, else a copy that lasts until the next. */
function timesOf(of: readonly PartCells[], from: number, to: number): Float64Array {
  const [only] = of;
  if (only !== undefined && of.length === 1 && to - from === 1) return only.times.ofStep(from);
  let size = 0;
  for (const { times } of of) size += times.countIn(from, to);
  if (size > joined.length) joined = new Float64Array(size * 2);
  let at = 0;
  for (const { times } of of) {
    times.copyInto(joined, at, from, to);
    at += times.countIn(from, to);
  }
  return joined.subarray(0, size);
}
