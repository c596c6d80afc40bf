import { expect, it } from "vitest";
import type { Chart } from "#lib/metrics/schema.ts";
import { rankRows, worstOf } from "./rank-rows.ts";

const chart = (wholes: Record<string, number | null>): Chart => ({
  ...{ metric: "latency", title: "Latency", unit: "ms", by: "tenant", source: "measured", simulated: true },
  ...{ asOf: null, coverage: null, annotations: [], note: null, secondSource: null, stepSeconds: 60, from: "", to: "" },
  series: Object.entries(wholes).map(([key, whole]) => ({ key, label: `The ${key}`, points: [], counts: null, whole })),
});

it("ranks by the first chart, and calls what a chart does not know unknown", () => {
  const first = chart({ a: 5, b: 9, c: null, d: 9, other: 99, none: 50 });
  const worst = worstOf(first, 3);
  expect(worst.map(({ id }) => id)).toEqual(["b", "d", "a"]);
  const rows = rankRows(worst, [first, chart({ c: 1, d: 2, a: 0 })]);
  expect(rows.map(({ name, values }) => [name, values.map(({ value }) => value)])).toEqual([
    ["The b", [9, null]],
    ["The d", [9, 2]],
    ["The a", [5, 0]],
  ]);
  expect(rows[0]?.values[0]).toMatchObject({ unit: "ms", source: "measured", simulated: true });
});
