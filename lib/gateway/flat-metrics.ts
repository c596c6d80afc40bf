import { Counter, Histogram, type Registry } from "prom-client";

/**
 * Labels with all the values they may have. Every combination has a number, its cell, as in an array of arrays whose last
 * axis moves fastest: nothing is looked up by text on a request's path.
 */
export type Axes = readonly { name: string; values: readonly string[] }[];

const sizeOf = (axes: Axes): number => axes.reduce((size, { values }) => size * values.length, 1);

function labelsOf(axes: Axes, cell: number): Record<string, string> {
  let rest = cell;
  const labels = axes.toReversed().map(({ name, values }): [string, string] => {
    const value = values[rest % values.length] ?? "";
    rest = Math.floor(rest / values.length);
    return [name, value];
  });
  return Object.fromEntries(labels.toReversed());
}

type Named = { name: string; help: string; axes: Axes; registry: Registry };

/** A counter whose combinations are cells of an array; the registry reads them when somebody scrapes. */
export class FlatCounter {
  readonly #counts: Float64Array;

  constructor({ name, help, axes, registry }: Named) {
    const counts = new Float64Array(sizeOf(axes));
    this.#counts = counts;
    new Counter({
      name,
      help,
      labelNames: axes.map((axis) => axis.name),
      registers: [registry],
      collect() {
        this.reset();
        counts.forEach((count, cell) => {
          if (count > 0) this.inc(labelsOf(axes, cell), count);
        });
      },
    });
  }

  add(cell: number): void {
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
  }
}

/** The same for a histogram. */
export class FlatHistogram {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;

  constructor({ name, help, axes, registry }: Named, bounds: readonly number[]) {
    const width = bounds.length + 1;
    this.#bounds = bounds;
    this.#counts = new Float64Array(sizeOf(axes) * width);
    this.#sums = new Float64Array(sizeOf(axes));
    const read = () =>
      [...this.#sums.keys()].flatMap((cell) =>
        valuesOf(
          name,
          labelsOf(axes, cell),
          bounds,
          this.#counts.subarray(cell * width, (cell + 1) * width),
          this.#sums[cell] ?? 0,
        ),
      );
    registry.registerMetric(new ReadHistogram({ name, help, axes }, read));
  }

  observe(cell: number, value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
    const at = cell * (bounds.length + 1) + bucket;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sums[cell] = (this.#sums[cell] ?? 0) + value;
  }
}

type Value = {
  metricName: string;
  labels: Record<string, string | number>;
  sharedLabels: Record<string, string>;
  value: number;
};

/** Cumulative buckets, sum and count, as the text format wants them; a combination that never occurred is left out. */
function valuesOf(
  name: string,
  labels: Record<string, string>,
  bounds: readonly number[],
  counts: Float64Array,
  sum: number,
): Value[] {
  let total = 0;
  const buckets = [...counts].map((count, index): Value => {
    total += count;
    return {
      metricName: `${name}_bucket`,
      labels: { le: bounds[index] ?? "+Inf" },
      sharedLabels: labels,
      value: total,
    };
  });
  if (total === 0) return [];
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, sharedLabels: {}, value: sum },
    { metricName: `${name}_count`, labels, sharedLabels: {}, value: total },
  ];
}

/** A histogram whose values are somewhere else. */
class ReadHistogram extends Histogram {
  readonly #named: { name: string; help: string };
  readonly #read: () => Value[];

  constructor({ name, help, axes }: Omit<Named, "registry">, read: () => Value[]) {
    super({ name, help, labelNames: axes.map((axis) => axis.name), registers: [] });
    this.#named = { name, help };
    this.#read = read;
  }

  /** What the registry asks for when it writes text, and what `get` goes by. */
  async getForPromString() {
    const { name, help } = this.#named;
    return { name, help, type: "histogram", values: this.#read(), aggregator: "sum" };
  }
}
