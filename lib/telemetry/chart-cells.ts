import { addHistograms, type Histogram, mergeHistograms, quantile, sameBounds, totalOf } from "./histogram.ts";
import type { Across } from "./node-chart-defs.ts";
import type { GaugeSummary } from "./rollup.ts";

/** Whose figure is asked for: some nodes, and the parts of a chart that they make up. */
export type Who = { nodes: readonly number[]; parts: readonly number[] };
/** A step of the chart by its number; null = all of them. */
export type When = number | null;

/** Histograms by step and part, summed as they arrive. Nearly all have the same bounds: those lie in one list of counts. */
export function createHistogramCells(steps: number, parts: number) {
  const filled = new Uint8Array(steps * parts);
  let usual: { le: readonly number[]; counts: Float64Array } | null = null;
  const odd = new Map<number, Histogram>(); // of other bounds
  /** Over some steps; null where nobody told of one. */
  const sumOver = (from: number, to: number, own: readonly number[]): Histogram | null => {
    const others: Histogram[] = [];
    const counts = usual && new Array<number>(usual.le.length + 1).fill(0);
    let isFound = false;
    for (let step = from; step < to; step += 1)
      for (const part of own) {
        const place = step * parts + part;
        const other = odd.get(place);
        if (other !== undefined) others.push(other);
        if (filled[place] !== 1 || usual === null || counts === null) continue;
        isFound = true;
        const first = place * counts.length;
        for (let index = 0; index < counts.length; index += 1)
          counts[index] = (counts[index] ?? 0) + (usual.counts[first + index] ?? 0);
      }
    if (!isFound || usual === null || counts === null) return addHistograms(others);
    return others.length === 0 ? { le: usual.le, counts } : addHistograms([{ le: usual.le, counts }, ...others]);
  };
  const [each, whole] = [remembered<Histogram | null>(), remembered<Histogram | null>()]; // three quantiles of each sum
  const sumOf = (when: When, who: Who): Histogram | null =>
    when === null
      ? whole(who, 0, () => sumOver(0, steps, who.parts))
      : each(who, when, () => sumOver(when, when + 1, who.parts));
  return {
    add(step: number, part: number, { le, counts }: Histogram): void {
      const place = step * parts + part;
      usual ??= { le, counts: new Float64Array(steps * parts * counts.length) };
      if (!sameBounds(usual.le, le)) {
        const more = { le, counts: [...counts] };
        odd.set(place, mergeHistograms(odd.get(place) ?? { le, counts: counts.map(() => 0) }, more));
        return;
      }
      filled[place] = 1;
      const from = place * counts.length;
      for (let index = 0; index < counts.length; index += 1) {
        const count = counts[index] ?? 0;
        if (count !== 0) usual.counts[from + index] = (usual.counts[from + index] ?? 0) + count;
      }
    },
    quantileOf(when: When, who: Who, q: number): number | null {
      const sum = sumOf(when, who);
      return sum && quantile(sum, q);
    },
    countOf(step: number, who: Who): number | null {
      const sum = sumOf(step, who);
      return sum && totalOf(sum);
    },
  };
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

/** Increases of one counter by step and node, each with the seconds in which it was seen. */
export function createRateCells(steps: number, nodes: number) {
  const sums = new Float64Array((steps + 1) * nodes); // the last row is the whole range
  const seconds = new Float64Array((steps + 1) * nodes);
  return {
    add(step: number, node: number, value: number, seen: number): void {
      for (const place of [step * nodes + node, steps * nodes + node]) {
        sums[place] = (sums[place] ?? 0) + value;
        seconds[place] = (seconds[place] ?? 0) + seen;
      }
    },
    /** In so many seconds, summed over nodes; null when none has it. */
    rateOf(when: When, { nodes: asked }: Who, perSeconds: number): number | null {
      const row = (when ?? steps) * nodes;
      let [count, sum] = [0, 0];
      for (const node of asked) {
        const seen = seconds[row + node] ?? 0;
        if (seen === 0) continue;
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
  return {
    add(step: number, node: number, value: GaugeSummary): void {
      for (const place of [step * nodes + node, steps * nodes + node]) {
        max[place] = Math.max(max[place] ?? 0, value.max);
        total[place] = (total[place] ?? 0) + value.total;
        samples[place] = (samples[place] ?? 0) + value.samples;
      }
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
