import {
  addHistograms,
  type Histogram,
  mergeHistograms,
  type Quantile,
  quantile,
  sameBounds,
  totalOf,
} from "../histogram.ts";
import type { GaugeSummary } from "../rollup.ts";
import type { Across } from "./node-chart-defs.ts";

/** Whose figure is asked for: some nodes, and the parts of a chart that they make up. */
export type Who = { nodes: readonly number[]; parts: readonly number[] };
/** A step of the chart by its number; null = all of them. */
export type When = number | null;

/**
 * Histograms by step and part, summed as they arrive, the whole range as one more step. Nearly all have the same bounds: those
 * lie in one list of counts.
 */
export function createHistogramCells(steps: number, parts: number) {
  const filled = new Uint8Array((steps + 1) * parts);
  let usual: { le: readonly number[]; counts: Float64Array } | null = null;
  const odd = new Map<number, Histogram>(); // of other bounds
  /** Over some parts in a step; null where nobody told of one. */
  const sumOver = (step: number, own: readonly number[]): Histogram | null => {
    const others: Histogram[] = [];
    const places: number[] = [];
    for (const part of own) {
      const place = step * parts + part;
      const other = odd.get(place);
      if (other !== undefined) others.push(other);
      if (filled[place] === 1) places.push(place);
    }
    if (usual === null || places.length === 0) return addHistograms(others);
    const sum = { le: usual.le, counts: sumOfRows(usual.counts, places, usual.le.length + 1) };
    return others.length === 0 ? sum : addHistograms([sum, ...others]);
  };
  const [each, whole] = [remembered<Histogram | null>(), remembered<Histogram | null>()]; // three quantiles of each sum
  const sumOf = (when: When, who: Who): Histogram | null =>
    when === null ? whole(who, 0, () => sumOver(steps, who.parts)) : each(who, when, () => sumOver(when, who.parts));
  const addTo = (place: number, { le, counts }: Histogram): void => {
    usual ??= { le, counts: new Float64Array(filled.length * counts.length) };
    if (!sameBounds(usual.le, le)) {
      const more = { le, counts: [...counts] };
      odd.set(place, mergeHistograms(odd.get(place) ?? { le, counts: counts.map(() => 0) }, more));
      return;
    }
    filled[place] = 1;
    addToRow(usual.counts, place * counts.length, counts);
  };
  return {
    add(step: number, part: number, histogram: Histogram): void {
      addTo(step * parts + part, histogram);
      addTo(steps * parts + part, histogram);
    },
    quantileOf(when: When, who: Who, q: number): Quantile | null {
      const sum = sumOf(when, who);
      return sum && quantile(sum, q);
    },
    countOf(step: number, who: Who): number | null {
      const sum = sumOf(step, who);
      return sum && totalOf(sum);
    },
  };
}

function addToRow(rows: Float64Array, from: number, counts: readonly number[]): void {
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index] ?? 0;
    if (count !== 0) rows[from + index] = (rows[from + index] ?? 0) + count;
  }
}

/** @param places which of the rows, each as wide */
function sumOfRows(rows: Float64Array, places: readonly number[], width: number): number[] {
  const sum = new Array<number>(width).fill(0);
  for (const place of places) {
    const from = place * width;
    for (let index = 0; index < width; index += 1) sum[index] = (sum[index] ?? 0) + (rows[from + index] ?? 0);
  }
  return sum;
}

/** What was made for someone under a number. */
function remembered<Value>(): (who: Who, number: number, make: () => Value) => Value {
  const kept = new WeakMap<Who, Map<number, Value>>();
  return (who, number, make) => {
    const own = kept.get(who) ?? new Map<number, Value>();
    kept.set(who, own);
    const known = own.get(number);
    if (known !== undefined) return known;
    const value = make();
    own.set(number, value);
    return value;
  };
}

/** A rate of a step needs so much of it: six times what came in the ten seconds since the minute began is no rate. */
const LEAST_SEEN_SECONDS = 20;

/**
 * Increases of one counter by step and node, each with the seconds in which it was seen.
 * @param stepSeconds of which a third is enough where steps are short
 */
export function createRateCells(steps: number, nodes: number, stepSeconds: number) {
  const least = Math.min(LEAST_SEEN_SECONDS, stepSeconds / 3);
  const sums = new Float64Array((steps + 1) * nodes); // the last row is the whole range
  const seconds = new Float64Array((steps + 1) * nodes);
  const addTo = (place: number, value: number, seen: number): void => {
    sums[place] = (sums[place] ?? 0) + value;
    seconds[place] = (seconds[place] ?? 0) + seen;
  };
  return {
    add(step: number, node: number, value: number, seen: number): void {
      addTo(step * nodes + node, value, seen);
      addTo(steps * nodes + node, value, seen);
    },
    /** In so many seconds, summed over nodes; null when none has it. */
    rateOf(when: When, { nodes: asked }: Who, perSeconds: number): number | null {
      const row = (when ?? steps) * nodes;
      let [count, sum] = [0, 0];
      for (const node of asked) {
        const seen = seconds[row + node] ?? 0;
        if (seen === 0 || (when !== null && seen < least)) continue;
        count += 1;
        sum += ((sums[row + node] ?? 0) / seen) * perSeconds;
      }
      return count === 0 ? null : sum;
    },
  };
}

/** Levels of one gauge by step and node. */
export function createGaugeCells(steps: number, nodes: number) {
  const size = (steps + 1) * nodes; // the last row is the whole range
  const max = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  const total = new Float64Array(size);
  const samples = new Float64Array(size);
  const addTo = (place: number, value: GaugeSummary): void => {
    max[place] = Math.max(max[place] ?? 0, value.max);
    total[place] = (total[place] ?? 0) + value.total;
    samples[place] = (samples[place] ?? 0) + value.samples;
  };
  return {
    add(step: number, node: number, value: GaugeSummary): void {
      addTo(step * nodes + node, value);
      addTo(steps * nodes + node, value);
    },
    /** One figure a node, put together; null when none has it. */
    levelOf(when: When, { nodes: asked }: Who, take: "mean" | "max", across: Across): number | null {
      const row = (when ?? steps) * nodes;
      let [count, sum, most] = [0, 0, Number.NEGATIVE_INFINITY];
      for (const node of asked) {
        const seen = samples[row + node] ?? 0;
        if (seen === 0) continue;
        const value = take === "max" ? (max[row + node] ?? 0) : (total[row + node] ?? 0) / seen;
        count += 1;
        sum += value;
        most = Math.max(most, value);
      }
      if (count === 0) return null;
      switch (across) {
        case "max":
          return most;
        case "sum":
          return sum;
        case "mean":
          return sum / count;
      }
    },
  };
}
