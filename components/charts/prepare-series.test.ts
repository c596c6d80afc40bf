import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeChart } from "./describe-chart.ts";
import { prepareSeries } from "./prepare-series.ts";
import { styleSeries } from "./series-style.ts";

const FROM = Date.UTC(2026, 10, 12, 12);
const STEP = 60;
const iso = (step: number): string => new Date(FROM + step * STEP * 1000).toISOString();

type Series = Parameters<typeof prepareSeries>[0]["series"][number];
const series = (key: string, values: (number | null)[], counts: number[] | null = null): Series => ({
  key,
  label: key,
  points: values.map((value, index) => [iso(index), value]),
  counts,
});
const chart = (list: Series[], steps: number, unit: "ms" | "requests/min" = "ms") => ({
  series: list,
  from: iso(0),
  to: iso(steps),
  stepSeconds: STEP,
  unit,
});

describe("prepareSeries", () => {
  it("puts every series on one grid and leaves what is missing as a gap, never a zero", () => {
    const sparse: Series = { key: "p95", label: "p95", points: [[iso(2), 30]], counts: null };
    const prepared = prepareSeries(chart([series("p50", [1, 2, null, 4]), sparse], 4));
    expect(prepared.rows.map((row) => row.values)).toEqual([
      [1, null],
      [2, null],
      [null, 30],
      [4, null],
    ]);
  });

  it("keeps which values are only bounds, on the grid and in words", () => {
    const bounded: Series = { ...series("p50", [300, 400]), bounds: ["at_most", null] };
    const prepared = prepareSeries(chart([bounded, series("p99", [500, null])], 2));
    expect(prepared.rows.map(({ bounds }) => bounds)).toEqual([
      ["at_most", null],
      [null, null],
    ]);
    const said = describeChart(prepared, 0, { unit: "ms", locale: "en-US", zone: "UTC" }).replaceAll("\u202f", " ");
    expect(said).toContain("p50: latest 400 ms, lowest \u2264 300 ms, highest 400 ms");
  });

  it("hatches only where no series has a value", () => {
    const prepared = prepareSeries(
      chart([series("a", [1, null, null, 4, null]), series("b", [1, 2, null, 4, null])], 5),
    );
    expect(prepared.gaps).toEqual([
      { from: FROM + 2 * 60_000, to: FROM + 3 * 60_000 },
      { from: FROM + 4 * 60_000, to: FROM + 5 * 60_000 },
    ]);
  });

  it("calls a chart without one value empty, and a zero a value", () => {
    expect(prepareSeries(chart([series("a", [null, null])], 2)).isEmpty).toBe(true);
    expect(prepareSeries(chart([], 2)).isEmpty).toBe(true);
    expect(prepareSeries(chart([series("a", [0, null])], 2)).isEmpty).toBe(false);
  });

  it("marks windows of fewer than 100 requests, but not those whose count is unknown", () => {
    const prepared = prepareSeries(chart([series("p95", [1, 2, 3], [99, 100, 5])], 3));
    expect(prepared.rows.map((row) => row.isThin[0])).toEqual([true, false, true]);
    expect(prepareSeries(chart([series("p95", [1])], 1)).hasThin).toBe(false);
  });

  it("gives a point to a value between two gaps, which a line alone would not show", () => {
    const prepared = prepareSeries(chart([series("a", [1, null, 3, null, 5, 6])], 6));
    expect(prepared.rows.map((row) => row.isLone[0])).toEqual([true, false, true, false, false, false]);
  });

  const many = Array.from({ length: 12 }, (_, index) => series(`tenant-${index}`, [index, index === 0 ? null : 1]));

  it("draws the ten largest in their own order and sums the rest where sums mean something", () => {
    const prepared = prepareSeries(chart(many, 2, "requests/min"));
    expect(prepared.lines.map((line) => line.key)).toEqual([
      ...Array.from({ length: 10 }, (_, index) => `tenant-${index + 2}`),
      "other",
    ]);
    expect(prepared.rows.map((row) => row.values.at(-1))).toEqual([1, 1]);
    expect(prepared.leftOut).toBe(0);
  });

  it("never sums quantiles: it says how many it left out", () => {
    const prepared = prepareSeries(chart(many, 2, "ms"));
    expect(prepared.lines).toHaveLength(10);
    expect(prepared.leftOut).toBe(2);
  });

  it("measures the peak of the stack when series are stacked", () => {
    const list = [series("gpu", [3, 1]), series("cpu", [4, 1])];
    expect(prepareSeries(chart(list, 2)).peak).toBe(4);
    expect(prepareSeries(chart(list, 2), true).peak).toBe(7);
  });

  it("keeps every value of at most ten series, whatever the input", () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(values, { maxLength: 10 }), (lists) => {
        const prepared = prepareSeries(
          chart(
            lists.map((list, index) => series(`s${index}`, list)),
            5,
          ),
        );
        expect(lists.map((_, index) => prepared.rows.map((row) => row.values[index]))).toEqual(lists);
      }),
    );
  });
});

describe("styleSeries", () => {
  it("gives a series the same look whoever stands beside it in whatever order", () => {
    const alone = styleSeries(["acme"]).get("acme");
    expect(styleSeries(["zeta", "acme"]).get("acme")).toEqual(alone);
    expect([...styleSeries(["zeta", "acme", "beta"])].sort()).toEqual(
      [...styleSeries(["acme", "beta", "zeta"])].sort(),
    );
  });

  it("takes no key for what every object has", () => {
    expect(styleSeries(["valueOf", "constructor"]).get("valueOf")).toHaveProperty("colour");
  });

  it("never draws two of twelve alike", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 12 }), (keys) => {
        const drawn = keys.map((key) => JSON.stringify(styleSeries(keys).get(key)));
        expect(new Set(drawn).size).toBe(keys.length);
      }),
    );
  });

  it("keeps quantiles in one hue, told apart by their stroke", () => {
    const styles = styleSeries(["p50", "p95", "p99"]);
    expect(new Set([...styles.values()].map((style) => style.colour)).size).toBe(1);
    expect(styles.get("p99")?.dash).toBe("4 3");
    expect(styles.get("p95")?.width).toBe(2);
  });

  it("gives tiers their own colours, never those of a state", () => {
    expect(styleSeries(["gpu", "cpu", "disk"]).get("disk")?.colour).toBe("var(--tier-disk)");
  });
});
