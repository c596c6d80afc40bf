import { expect, it } from "vitest";
import { createNodeChart, type NodeSplit } from "./node-chart.ts";
import { figuresOfChart, NODE_CHARTS, type NodeChartDef } from "./node-chart-defs.ts";
import type { NodeRollup, RollupData } from "./rollup.ts";
import { tellRow } from "./series/read-columns.ts";

const NOON = Date.UTC(2026, 10, 25, 12);
const at = (minute: number) => new Date(NOON + minute * 60_000);
const grid = { stepSeconds: 60, rollupStep: 60, starts: [at(0), at(1), at(2)] };
const nodes = ["a", "b", "c"].map((id) => ({ id, name: `node-${id}` }));
const row = (nodeId: string, minute: number, data: Partial<RollupData>): NodeRollup => ({
  ...{ nodeId, at: at(minute), stepSeconds: 60, scrapes: 6, simulated: false },
  data: { seconds: 60, counters: {}, gauges: {}, histograms: {}, ...data },
});
function chartOf(def: NodeChartDef, rows: readonly NodeRollup[], split: NodeSplit | null = null) {
  const chart = createNodeChart(def, nodes, grid, split);
  for (const each of rows) tellRow(each, figuresOfChart(def.shape), chart);
  return chart.build();
}
const gauge = (value: number) => ({ last: value, max: value, total: value, samples: 1 });
const valuesOf = (points: readonly (readonly [string, number | null])[]) => points.map(([, value]) => value);
const le = [1, 2, 4];
const partOf = new Map([
  ["a", { key: "p1", label: "one" }],
  ["b", { key: "p1", label: "one" }],
  ["c", { key: "p2", label: "two" }],
]);

it("splits by pool from summed buckets, the worst first, and keeps gaps of one part apart from the other", () => {
  const rows = [
    row("a", 0, { histograms: { batchAdapters: { le, counts: [10, 0, 0, 0] } } }),
    row("b", 0, { histograms: { batchAdapters: { le, counts: [0, 10, 0, 0] } } }),
    row("c", 0, { histograms: { batchAdapters: { le, counts: [0, 0, 10, 0] } } }),
    row("c", 2, { histograms: { batchAdapters: { le, counts: [0, 0, 30, 0] } } }),
  ];
  const { series, seen } = chartOf(NODE_CHARTS["batch-adapters"], rows, {
    quantile: "p50",
    first: [],
    partOf,
  });
  expect(seen).toBe(3);
  expect(
    series.map(({ key, label, points, counts, whole }) => ({ key, label, values: valuesOf(points), counts, whole })),
  ).toEqual([
    { key: "p2", label: "two", values: [3, null, 3], counts: [10, null, 30], whole: 3 },
    { key: "p1", label: "one", values: [1, null, null], counts: [20, null, null], whole: 1 },
  ]);
});

it("never adds up shares of nodes: the fullest and the mean", () => {
  const rows = [
    row("a", 0, { gauges: { kvCacheUsage: gauge(0.2) } }),
    row("b", 0, { gauges: { kvCacheUsage: gauge(0.8) } }),
  ];
  const { series } = chartOf(NODE_CHARTS["kv-cache"], rows);
  expect(series.map(({ key, whole, points }) => [key, whole, points[0]?.[1]])).toEqual([
    ["most", 0.8, 0.8],
    ["mean", 0.5, 0.5],
  ]);
});

it("takes a rate over the whole range from what was counted and the seconds seen, not from the points", () => {
  const rows = [row("a", 0, { counters: { requests: 60 } }), row("a", 1, { counters: { requests: 0 }, seconds: 6 })];
  const { series } = chartOf(NODE_CHARTS.requests, rows);
  expect(valuesOf(series[0]?.points ?? [])).toEqual([60, 0, null]);
  expect(series[0]?.whole).toBeCloseTo((60 / 66) * 60);
});
