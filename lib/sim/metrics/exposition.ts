/**
 * Prometheus' text format as Python's client writes it: sorted labels, floats with a point, `_total` and `_created`.
 * Our own writer, because `vllm:lora_requests_info` and `_created` are quirks a clean client library would not copy.
 */
export type Labels = Readonly<Record<string, string>>;

type Family = { render(lines: string[]): void };

export type Counter = { inc(by?: number, extra?: Labels): void };
export type Gauge = { set(value: number, extra?: Labels): void };
export type Histogram = { observe(value: number, extra?: Labels): void };

export class Exposition {
  readonly #families: Family[] = [];
  readonly #createdSeconds: number | null;

  /** @param createdSeconds unix time of the process's start, for `_created`; null = a collector that tells none */
  constructor(createdSeconds: number | null) {
    this.#createdSeconds = createdSeconds;
  }

  /** @param name without `_total` @param series label sets that exist before the first increment */
  counter(name: string, help: string, labels: Labels, series: readonly Labels[] = [{}]): Counter {
    const values = new Series(labels, series);
    this.#families.push({
      render: (lines) => {
        lines.push(`# HELP ${name}_total ${help}`, `# TYPE ${name}_total counter`);
        for (const [key, value] of values.entries()) lines.push(`${name}_total${key} ${formatFloat(value)}`);
        this.#renderCreated(
          lines,
          name,
          help,
          [...values.entries()].map(([key]) => key),
        );
      },
    });
    return { inc: (by = 1, extra = {}) => values.add(by, extra) };
  }

  gauge(name: string, help: string, labels: Labels, series: readonly Labels[] = [{}]): Gauge {
    const values = new Series(labels, series);
    this.#families.push({
      render: (lines) => {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
        for (const [key, value] of values.entries()) lines.push(`${name}${key} ${formatFloat(value)}`);
      },
    });
    return { set: (value, extra = {}) => values.set(value, extra) };
  }

  histogram(
    name: string,
    help: string,
    labels: Labels,
    buckets: readonly number[],
    series: readonly Labels[] = [{}],
  ): Histogram {
    const cells = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>();
    const cellOf = (extra: Labels) => {
      const key = formatLabels({ ...labels, ...extra });
      const cell = cells.get(key) ?? {
        labels: { ...labels, ...extra },
        counts: buckets.map(() => 0),
        sum: 0,
        count: 0,
      };
      cells.set(key, cell);
      return cell;
    };
    for (const extra of series) cellOf(extra);
    this.#families.push({
      render: (lines) => {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} histogram`);
        for (const [key, cell] of cells) {
          let cumulative = 0;
          for (const [at, bound] of buckets.entries()) {
            cumulative += cell.counts[at] ?? 0;
            lines.push(
              `${name}_bucket${formatLabels({ ...cell.labels, le: formatFloat(bound) })} ${formatFloat(cumulative)}`,
            );
          }
          lines.push(
            `${name}_bucket${formatLabels({ ...cell.labels, le: "+Inf" })} ${formatFloat(cell.count)}`,
            `${name}_count${key} ${formatFloat(cell.count)}`,
            `${name}_sum${key} ${formatFloat(cell.sum)}`,
          );
        }
        this.#renderCreated(lines, name, help, [...cells.keys()]);
      },
    });
    return {
      observe(value, extra = {}) {
        const cell = cellOf(extra);
        const at = buckets.findIndex((bound) => value <= bound);
        if (at >= 0) cell.counts[at] = (cell.counts[at] ?? 0) + 1;
        cell.sum += value;
        cell.count += 1;
      },
    };
  }

  /** A gauge read when scraped. */
  live(name: string, help: string, type: "gauge" | "counter", read: () => number): void {
    this.#families.push({
      render: (lines) =>
        void lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${formatFloat(read())}`),
    });
  }

  /** A gauge whose series are read when scraped, and may come and go. */
  liveSeries(name: string, help: string, read: () => readonly (readonly [Labels, number])[]): void {
    this.#families.push({
      render: (lines) => {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
        for (const [labels, value] of read()) lines.push(`${name}${formatLabels(labels)} ${formatFloat(value)}`);
      },
    });
  }

  /** Another collector's families, after ours. */
  include(other: Exposition): void {
    this.#families.push({ render: (lines) => other.#renderInto(lines) });
  }

  #renderCreated(lines: string[], name: string, help: string, keys: readonly string[]): void {
    if (this.#createdSeconds === null) return;
    lines.push(`# HELP ${name}_created ${help}`, `# TYPE ${name}_created gauge`);
    for (const key of keys) lines.push(`${name}_created${key} ${formatFloat(this.#createdSeconds)}`);
  }

  #renderInto(lines: string[]): void {
    for (const family of this.#families) family.render(lines);
  }

  render(): string {
    const lines: string[] = [];
    this.#renderInto(lines);
    return `${lines.join("\n")}\n`;
  }
}

/** Values by label set, in order of first appearance. */
class Series {
  readonly #values = new Map<string, number>();
  readonly #labels: Labels;

  constructor(labels: Labels, series: readonly Labels[]) {
    this.#labels = labels;
    for (const extra of series) this.set(0, extra);
  }

  set(value: number, extra: Labels): void {
    this.#values.set(formatLabels({ ...this.#labels, ...extra }), value);
  }

  add(by: number, extra: Labels): void {
    const key = formatLabels({ ...this.#labels, ...extra });
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  entries(): IterableIterator<[string, number]> {
    return this.#values.entries();
  }
}

const escapeValue = (value: string) => value.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/"/g, '\\"');

function formatLabels(labels: Labels): string {
  const names = Object.keys(labels).sort();
  if (names.length === 0) return "";
  return `{${names.map((name) => `${name}="${escapeValue(labels[name] ?? "")}"`).join(",")}}`;
}

/** Python's `repr`, with an exponent from a million on, as its client does for Go's sake. */
export function formatFloat(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (Number.isNaN(value)) return "NaN";
  const text = Number.isInteger(value) ? `${value}.0` : `${value}`;
  const dot = text.indexOf(".");
  if (value <= 0 || dot <= 6) return text;
  const mantissa = `${text[0]}.${text.slice(1, dot)}${text.slice(dot + 1)}`.replace(/[0.]+$/, "");
  return `${mantissa}e+0${dot - 1}`;
}
