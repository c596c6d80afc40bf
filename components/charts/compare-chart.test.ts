import { expect, it } from "vitest";
import { asShares } from "#lib/metrics/browser/as-shares.ts";
import type { Chart } from "#lib/metrics/schema.ts";
import { changeOf, withReference } from "./compare-chart.ts";
import { prepareSeries } from "./prepare-series.ts";

const NOON = Date.UTC(2026, 10, 12, 12);
const iso = (minute: number) => new Date(NOON + minute * 60_000).toISOString();
type Line = { key: string; values: (number | null)[]; whole: number | null };
const chart = (fromMinute: number, lines: readonly Line[], change: Partial<Chart> = {}): Chart => ({
  ...{ metric: "latency", title: "Latency", unit: "ms", by: null, source: "measured", simulated: false },
  ...{ asOf: null, coverage: null, annotations: [], note: null, secondSource: null, stepSeconds: 60 },
  from: iso(fromMinute),
  to: iso(fromMinute + 3),
  series: lines.map(({ key, values, whole }) => ({
    ...{ key, label: key, counts: null, whole },
    points: values.map((value, index) => [iso(fromMinute + index), value]),
  })),
  ...change,
});
const words = "the 3 min before";

it("lays the period before over this one as a fainter dashed line of the same colour", () => {
  const now = chart(0, [
    { key: "p50", values: [1, 1, 1], whole: 1 },
    { key: "p95", values: [5, 6, 7], whole: 6 },
  ]);
  const before = chart(-3, [
    { key: "p50", values: [1, 1, 1], whole: 1 },
    { key: "p95", values: [3, null, 4], whole: 4 },
  ]);
  const { lines, rows } = prepareSeries(withReference(now, { chart: before, words }));
  expect(lines.map(({ label }) => label)).toEqual(["p50", "p95", "p95 before"]);
  expect(rows.map(({ values }) => values[2])).toEqual([3, null, 4]);
  expect(lines[2]).toMatchObject({ colour: lines[1]?.colour, isFaint: true });
  expect(lines[2]?.dash).toBeDefined();
});

it("says what the change means for this metric, and nothing where one of them is unknown", () => {
  const of = (whole: number | null, change: Partial<Chart> = {}) =>
    chart(0, [{ key: "p95", values: [], whole }], change);
  expect(changeOf(of(6), of(4))).toEqual({ label: "p95", now: 6, before: 4, tone: "bad" });
  expect(changeOf(of(4), of(6))?.tone).toBe("good");
  expect(changeOf(of(100), of(101))?.tone).toBe("neutral");
  expect(changeOf(of(6, { metric: "throughput" }), of(4))?.tone).toBe("good");
  expect(changeOf(of(6, { metric: "requests" }), of(4))?.tone).toBe("neutral");
  expect(changeOf(of(null), of(4))).toBeNull();
  expect(changeOf(of(4), of(null))).toBeNull();
  expect(changeOf(of(4, { by: "node" }), of(4))).toBeNull();
});

it("shares what was seen in a step, and has a gap where nothing was", () => {
  const { series, unit, title } = asShares(
    chart(
      0,
      [
        { key: "cpu", values: [3, 0, null], whole: 6 },
        { key: "disk", values: [1, 0, 2], whole: 2 },
      ],
      { title: "Swap source" },
    ),
  );
  expect({ unit, title }).toEqual({ unit: "ratio", title: "Swap source, share" });
  expect(series.map(({ points }) => points.map(([, value]) => value))).toEqual([
    [0.75, null, null],
    [0.25, null, 1],
  ]);
  expect(series.map(({ whole }) => whole)).toEqual([0.75, 0.25]);
});
