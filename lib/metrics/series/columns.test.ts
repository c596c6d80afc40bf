import fc from "fast-check";
import { expect, it } from "vitest";
import { createNodeChart, type NodeSplit } from "../charts/node-chart.ts";
import { NODE_CHARTS } from "../charts/node-chart-defs.ts";
import type { NodeRollup } from "../rollup.ts";
import type { CounterName, GaugeName, HistogramName } from "../scrape/node-samples.ts";
import { collectFigures } from "../testing/collect-figures.ts";
import { PackError } from "./bytes.ts";
import { COUNTER_CODES, GAUGE_CODES, HISTOGRAM_CODES, KNOWN_BOUNDS } from "./codes.ts";
import { type FigureNames, packColumns, partsOf, SEEN } from "./columns.ts";
import { beginStep, type FigureSink, readColumn, readSum, tellRow } from "./read-columns.ts";

const STEP = { stepSeconds: 60, at: new Date("2026-11-25T12:00:00.000Z") } as const;
const ROSTER = Array.from({ length: 12 }, (_, index) => `node_${index}`);
const ALL: FigureNames = {
  counters: Object.keys(COUNTER_CODES) as CounterName[],
  gauges: Object.keys(GAUGE_CODES) as GaugeName[],
  histograms: Object.keys(HISTOGRAM_CODES) as HistogramName[],
};

const figure = fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }));
const among = <Value>(names: readonly string[], value: fc.Arbitrary<Value>) =>
  fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true });
const bounds = fc.oneof(
  fc.constantFrom(...KNOWN_BOUNDS),
  fc.uniqueArray(fc.nat(50), { maxLength: 5 }).map((all) => all.sort((a, b) => a - b)),
);
const histogram = bounds.chain((le) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.nat()), { minLength: le.length + 1, maxLength: le.length + 1 })
    .map((counts) => ({ le: [...le], counts })),
);
const gauge = fc.record({ last: figure, max: figure, total: figure, samples: fc.nat(400) });
const rows: fc.Arbitrary<NodeRollup[]> = fc.uniqueArray(
  fc.record({
    nodeId: fc.constantFrom(...ROSTER),
    stepSeconds: fc.constant(STEP.stepSeconds),
    at: fc.constant(STEP.at),
    scrapes: fc.nat(400),
    simulated: fc.boolean(),
    data: fc.record({
      seconds: fc.nat(3_600_000).map((ms) => ms / 1000),
      counters: among(ALL.counters, figure),
      gauges: among(ALL.gauges, gauge),
      histograms: among(ALL.histograms, histogram),
    }),
  }),
  { selector: ({ nodeId }) => nodeId },
);
type Columns = ReturnType<typeof packColumns>;
const stepOf = (sink: FigureSink, roster = ROSTER) =>
  beginStep(STEP.stepSeconds, STEP.at.getTime(), Int32Array.from(roster, sink.placeOf));
function tellColumns(columns: Columns, sink: FigureSink, roster = ROSTER): void {
  const step = stepOf(sink, roster);
  for (const column of columns) readColumn(column, step, sink);
}

it("tell every figure of every node to the last bit, and of a few columns theirs alone", () => {
  const wanted = fc.record({
    counters: fc.subarray([...ALL.counters]),
    gauges: fc.subarray([...ALL.gauges]),
    histograms: fc.subarray([...ALL.histograms]),
  });
  fc.assert(
    fc.property(rows, wanted, fc.subarray(ROSTER), (given, names, asked) => {
      const columns = packColumns(given, ROSTER);
      const [told, whole] = [collectFigures(asked), collectFigures(asked)];
      const parts = partsOf(names);
      tellColumns(
        columns.filter(({ part }) => parts.includes(part)),
        told.sink,
      );
      for (const row of given) tellRow(row, names, whole.sink);
      expect(told.figures()).toEqual(whole.figures());
    }),
    { numRuns: 300 },
  );
});

it("add up to the sums beside them, whoever was removed, moved to another pool or silent since", () => {
  const groups = fc.array(fc.constantFrom("a", "b", "c"), { minLength: ROSTER.length, maxLength: ROSTER.length });
  const counted = histogram.map(({ le, counts }) => ({ le, counts: counts.map((count) => count % 1000) }));
  const told = rows.chain((some) =>
    fc.tuple(
      ...some.map((row) =>
        counted.map((e2eSeconds) => ({ ...row, data: { ...row.data, histograms: { e2eSeconds } } })),
      ),
    ),
  );
  const nodes = (ids: readonly string[]) => ids.map((id) => ({ id, name: id }));
  fc.assert(
    fc.property(told, groups, groups, fc.subarray(ROSTER), fc.boolean(), (given, then, now, asked, isSplit) => {
      const grid = { stepSeconds: 60, rollupStep: 60, starts: [STEP.at] };
      const split: NodeSplit = {
        ...{ quantile: "p95", first: [] },
        partOf: new Map(asked.map((id) => [id, { key: now[ROSTER.indexOf(id)] ?? "", label: "" }])),
      };
      const chart = () => createNodeChart(NODE_CHARTS.latency, nodes(asked), grid, isSplit ? split : null);
      const [summed, single] = [chart(), chart()];
      const columns = packColumns(given, ROSTER, new Map(ROSTER.map((id, place) => [id, then[place] ?? ""])));
      for (const { part, data, sum } of columns) {
        if (part !== SEEN && part !== partsOf({ ...ALL, counters: [], gauges: [], histograms: ["e2eSeconds"] })[1])
          continue;
        const isTold = sum !== null && readSum({ part, data: sum }, stepOf(summed), summed);
        if (!isTold) readColumn({ part, data }, stepOf(summed), summed);
      }
      for (const row of given) tellRow(row, { counters: [], gauges: [], histograms: ["e2eSeconds"] }, single);
      expect(summed.build()).toEqual(single.build());
    }),
    { numRuns: 500 },
  );
});

it("give no figures once a byte of them is wrong, and say which row it is", () => {
  fc.assert(
    fc.property(rows, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, to) => {
      const wrong = (data: Uint8Array) => data.map((byte, place) => (place === at % data.length ? byte ^ to : byte));
      const { sink } = collectFigures(ROSTER);
      for (const { part, data, sum } of packColumns(given, ROSTER)) {
        const read = [() => readColumn({ part, data: wrong(data) }, stepOf(sink), sink)];
        if (sum !== null) read.push(() => void readSum({ part, data: wrong(sum) }, stepOf(sink), sink));
        for (const one of read) {
          expect(one).toThrow(PackError);
          expect(one).toThrow(/columns 60 at 2026-11-25T12:00:00.000Z/);
        }
      }
    }),
  );
});

it("never speak of a node that is not on the roster", () => {
  const row: NodeRollup = {
    ...{ nodeId: "node_1", ...STEP, scrapes: 6, simulated: false },
    data: { seconds: 60, counters: { requests: 1 }, gauges: {}, histograms: {} },
  };
  const { sink } = collectFigures(ROSTER);
  expect(() => tellColumns(packColumns([row], ROSTER), sink, ["node_0"])).toThrow(/roster/);
});
