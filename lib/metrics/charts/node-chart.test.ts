import { describe, expect, it } from "vitest";
import type { Uncertainty } from "../derived/derived-rows.ts";
import type { DerivedSample } from "../derived/fill-chart.ts";
import type { NodeRollup, RollupData } from "../rollup.ts";
import { fillWithPeaks } from "./fallback-series.ts";
import { emitRow } from "./metric-sink.ts";
import { createNodeChart, type NodeSplit } from "./node-chart.ts";
import { metricsOfChart, NODE_CHARTS, type NodeChartDef } from "./node-chart-defs.ts";

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
  for (const each of rows) emitRow(each, metricsOfChart(def.shape), chart);
  return chart.build();
}
const gauge = (value: number) => ({ max: value, total: value, samples: 1 });
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
  const rows = [
    row("a", 0, { counters: { generationTokens: 60 } }),
    row("a", 1, { counters: { generationTokens: 0 }, seconds: 30 }),
  ];
  const { series } = chartOf(NODE_CHARTS.throughput, rows);
  expect(valuesOf(series[0]?.points ?? [])).toEqual([1, 0, null]);
  expect(series[0]?.whole).toBeCloseTo(60 / 90);
});

it("draws no rate of a minute that has hardly begun; what it counted is in the whole all the same", () => {
  const rows = [
    row("a", 0, { counters: { generationTokens: 60 } }),
    row("a", 1, { counters: { generationTokens: 60 }, seconds: 10 }),
  ];
  const { series } = chartOf(NODE_CHARTS.throughput, rows);
  expect(valuesOf(series[0]?.points ?? [])).toEqual([1, null, null]);
  expect(series[0]?.whole).toBeCloseTo(120 / 70);
});

describe("adapters in a batch, of nodes that do not count them", () => {
  const derived = (
    nodeId: string,
    minute: number,
    peak: number,
    uncertainty: Uncertainty | null = null,
  ): DerivedSample => ({
    ...{ nodeId, at: at(minute).getTime(), seconds: 60, simulated: false, uncertainty, values: [peak] },
  });
  function drawn(rows: readonly NodeRollup[], peaks: readonly DerivedSample[], split: NodeSplit | null = null) {
    const def: NodeChartDef = NODE_CHARTS["batch-adapters"];
    const chart = createNodeChart(def, nodes, grid, split);
    for (const each of rows) emitRow(each, metricsOfChart(def.shape), chart);
    return { ...fillWithPeaks(chart, peaks, nodes), ...chart.build() };
  }
  const linesOf = ({ series }: ReturnType<typeof drawn>) =>
    series.map(({ key, points, whole }) => [key, ...valuesOf(points), whole]);
  const counted = row("a", 0, { histograms: { batchAdapters: { le, counts: [0, 0, 10, 0] } } });
  const named = (nodeId: string, minute: number, total: number, max: number) =>
    row(nodeId, minute, { gauges: { adaptersInUse: { max, total, samples: 4 } } });

  it("are those asked for at once: the most by our own requests or by the engine, the mean by its scrapes", () => {
    const chart = drawn([named("b", 0, 12, 5), named("b", 1, 20, 9)], [derived("b", 0, 7), derived("b", 1, 8)]);
    expect(linesOf(chart)).toEqual([
      ["most", 7, 9, null, 9],
      ["mean", 3, 5, null, 4],
    ]);
    expect(chart).toMatchObject({ source: "inferred", seen: 1 });
  });

  it("are derived where our own requests alone tell of them, unless others use the node", () => {
    expect(drawn([], [derived("b", 0, 7, "start")])).toMatchObject({ source: "derived" });
    expect(drawn([], [derived("b", 0, 7, "foreign")])).toMatchObject({ source: "inferred" });
  });

  it("never stand in for a node that counts its batches, and have lines of their own beside it", () => {
    const alone = drawn([counted, named("a", 1, 40, 10)], [derived("a", 0, 9)]);
    expect(alone).toMatchObject({ source: "measured", seen: 1 });
    expect(alone.series.map(({ key }) => key)).toEqual(["p50", "p95", "p99"]);
    const mixed = drawn([counted, named("c", 0, 12, 5)], []);
    expect(linesOf(mixed).map(([key, first]) => [key, first])).toEqual([
      ["p50", 3],
      ["p95", 3.9],
      ["p99", 3.98],
      ["most", 5],
      ["mean", 3],
    ]);
    expect(mixed.source).toBe("inferred");
  });

  it("are one line a part in a split, the larger where a part has both", () => {
    const split: NodeSplit = { quantile: "p50", first: [], partOf };
    const plain = drawn([named("b", 0, 12, 5), named("c", 0, 12, 6)], [], split);
    expect([plain.drawn, ...linesOf(plain)]).toEqual([
      "Most at once",
      ["p2", 6, null, null, 6],
      ["p1", 5, null, null, 5],
    ]);
    const mixed = drawn([counted, named("b", 0, 12, 5)], [], split);
    expect([mixed.drawn, ...linesOf(mixed)]).toEqual(["p50", ["p1", 5, null, null, 5], ["p2", null, null, null, null]]);
  });
});

it("gives a bound where a quantile lies in the first or the open bucket, and the value where it is known", () => {
  const counts = (...each: number[]) => ({ histograms: { queueSeconds: { le: [0.3, 0.5, 7_680], counts: each } } });
  const rows = [row("a", 0, counts(100, 0, 0, 0)), row("a", 1, counts(0, 10, 0, 0)), row("a", 2, counts(0, 0, 0, 5))];
  const { series } = chartOf(NODE_CHARTS["queue-time"], rows);
  const p50 = series.find(({ key }) => key === "p50");
  expect(p50 && valuesOf(p50.points)).toEqual([300, 400, 7_680_000]);
  expect(p50?.bounds).toEqual(["at_most", null, "more_than"]);
  expect(p50).toMatchObject({ whole: 300, wholeBound: "at_most" });
  const exact = chartOf(NODE_CHARTS["queue-time"], [row("a", 1, counts(0, 10, 0, 0))]).series[0];
  expect(exact).not.toHaveProperty("bounds");
  expect(exact).not.toHaveProperty("wholeBound");
});
