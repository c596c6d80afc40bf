import { expect, it } from "vitest";
import type { Chart } from "#lib/telemetry/schema.ts";
import { rankRows } from "./rank-rows.ts";

const chart = (wholes: Record<string, number | null>): Chart => ({
  ...{ metric: "latency", title: "Latency", unit: "ms", by: "tenant", source: "measured", simulated: true },
  ...{ asOf: null, coverage: null, annotations: [], note: null, stepSeconds: 60, from: "", to: "" },
  series: Object.entries(wholes).map(([key, whole]) => ({ key, label: `The ${key}`, points: [], counts: null, whole })),
});

it("ranks by the first chart, then the next, and calls what a chart does not know unknown", () => {
  const rows = rankRows([chart({ a: 5, b: 9, c: null, other: 99, none: 50 }), chart({ c: 1, d: 2, a: 0 })], 3);
  expect(rows.map(({ name, figures }) => [name, figures.map(({ value }) => value)])).toEqual([
    ["The b", [9, null]],
    ["The a", [5, 0]],
    ["The d", [null, 2]],
  ]);
  expect(rows[0]?.figures[0]).toMatchObject({ unit: "ms", source: "measured", simulated: true });
});
