import fc from "fast-check";
import { expect, it } from "vitest";
import type { CounterName, GaugeName, HistogramName } from "../node-samples.ts";
import type { NodeRollup } from "../rollup.ts";
import { PackError } from "./bytes.ts";
import { COUNTER_CODES, GAUGE_CODES, HISTOGRAM_CODES, KNOWN_BOUNDS } from "./codes.ts";
import { type FigureNames, packColumns, partsOf, unpackColumns } from "./columns.ts";

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
const byRoster = (some: readonly NodeRollup[]) =>
  [...some].sort((a, b) => ROSTER.indexOf(a.nodeId) - ROSTER.indexOf(b.nodeId));
const only = <Value>(record: Partial<Record<string, Value>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
const all = () => true;

it("give back every row to the last bit, and of a few columns their figures alone", () => {
  const wanted = fc.record({
    counters: fc.subarray([...ALL.counters]),
    gauges: fc.subarray([...ALL.gauges]),
    histograms: fc.subarray([...ALL.histograms]),
  });
  fc.assert(
    fc.property(rows, wanted, fc.subarray(ROSTER), (given, names, asked) => {
      const columns = packColumns(given, ROSTER);
      expect(unpackColumns(columns, ROSTER, STEP, all, "row")).toEqual(byRoster(given));
      const parts = partsOf(names);
      const some = columns.filter(({ part }) => parts.includes(part));
      expect(unpackColumns(some, ROSTER, STEP, (id) => asked.includes(id), "row")).toEqual(
        byRoster(given)
          .filter(({ nodeId }) => asked.includes(nodeId))
          .map((row) => ({
            ...row,
            data: {
              seconds: row.data.seconds,
              counters: only(row.data.counters, names.counters),
              gauges: only(row.data.gauges, names.gauges),
              histograms: only(row.data.histograms, names.histograms),
            },
          })),
      );
    }),
    { numRuns: 300 },
  );
});

it("give no figures once a byte of them is wrong, and say which row it is", () => {
  fc.assert(
    fc.property(rows, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, to) => {
      const damaged = packColumns(given, ROSTER).map(({ part, data }, index) =>
        index === 0
          ? { part, data: data.map((byte, place) => (place === at % data.length ? byte ^ to : byte)) }
          : { part, data },
      );
      expect(() => unpackColumns(damaged, ROSTER, STEP, all, "columns 60 at noon")).toThrow(PackError);
      expect(() => unpackColumns(damaged, ROSTER, STEP, all, "columns 60 at noon")).toThrow(/columns 60 at noon/);
    }),
  );
});

it("never speak of a node that is not on the roster", () => {
  const row: NodeRollup = {
    ...{ nodeId: "node_1", ...STEP, scrapes: 6, simulated: false },
    data: { seconds: 60, counters: { requests: 1 }, gauges: {}, histograms: {} },
  };
  expect(() => unpackColumns(packColumns([row], ROSTER), ["node_0"], STEP, all, "row")).toThrow(/roster/);
  expect(unpackColumns([], ROSTER, STEP, all, "row")).toEqual([]);
});
