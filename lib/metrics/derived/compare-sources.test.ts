import { expect, it } from "vitest";
import type { NodeRollup } from "../rollup.ts";
import { compareSources } from "./compare-sources.ts";
import type { DerivedStep } from "./fill-chart.ts";

const at = (minute: number) => new Date(minute * 60_000);
const counted = (minute: number, counters: NodeRollup["data"]["counters"], seconds = 60): NodeRollup => ({
  ...{ nodeId: "n", stepSeconds: 60, at: at(minute), scrapes: 6, simulated: false },
  data: { seconds, counters, gauges: {}, histograms: {} },
});
const followed = (minute: number, counters: DerivedStep["counters"], seconds = 60): DerivedStep => ({
  ...{ nodeId: "n", at: at(minute), seconds, simulated: false, uncertainty: null },
  counters,
});

/** Minutes in which both saw nothing. */
const QUIET = Array.from({ length: 8 }, (_, minute) => minute + 10);
const AFTER = [20, 21];

it("compares whole minutes that both know, counter by counter", () => {
  const measured = [
    ...[...QUIET, ...AFTER].map((minute) => counted(minute, { "evictions.gpu": 0 })),
    counted(18, { "evictions.gpu": 20, "swaps.gpu": 50 }),
    counted(19, { "evictions.gpu": 21 }),
    counted(2, { "evictions.gpu": 99 }, 20),
    counted(3, { "evictions.gpu": 99 }),
  ];
  const derived = [
    ...[...QUIET, ...AFTER].map((minute) => followed(minute, {})),
    followed(18, { "evictions.gpu": 20, "swaps.gpu": 0 }),
    followed(19, { "evictions.gpu": 20, "swaps.gpu": 7 }),
    followed(2, { "evictions.gpu": 1 }),
    followed(3, { "evictions.gpu": 1 }, 30),
  ];
  expect(compareSources(measured, derived)).toEqual({
    minutes: 12,
    apart: { of: "evictions.gpu", share: 1 / 41 },
    figures: [
      { of: "evictions.gpu", measured: 41, derived: 40 },
      { of: "swaps.gpu", measured: 50, derived: 0 },
    ],
  });
});

it("does not call sources apart for loads at the edge of the minutes that both know", () => {
  const minutes = Array.from({ length: 14 }, (_, minute) => minute);
  const loads = (edge: number) => (minute: number) => ({ "swaps.disk": minute === edge ? 20 : 2 });
  const compare = (edge: number) =>
    compareSources(
      minutes.map((minute) => counted(minute, loads(edge)(minute))),
      minutes.map((minute) => followed(minute, { "swaps.disk": 2 })),
    );
  expect([compare(0)?.apart, compare(13)?.apart]).toEqual([
    { of: "swaps.disk", share: 0 },
    { of: "swaps.disk", share: 0 },
  ]);
  expect(compare(7)?.apart?.share).toBeCloseTo(18 / 42, 6);
});

it("says no distance of less than ten minutes", () => {
  const few = QUIET.map(
    (minute) => [counted(minute, { "swaps.disk": 30 }), followed(minute, { "swaps.disk": 9 })] as const,
  );
  const compared = compareSources(
    few.map(([measured]) => measured),
    few.map(([, derived]) => derived),
  );
  expect(compared).toMatchObject({ minutes: 8, apart: null });
});

it("says nothing of few, and nothing at all where one source is missing", () => {
  expect(compareSources([counted(0, { "swaps.disk": 3 })], [followed(0, { "swaps.disk": 9 })])?.apart).toBeNull();
  expect(compareSources([counted(0, { requests: 3 })], [followed(0, { "swaps.disk": 9 })])).toBeNull();
  expect(compareSources([counted(0, { "swaps.disk": 3 })], [])).toBeNull();
});

it("holds nothing that is only inferred against what was counted: a young node, whose loads we did not see", () => {
  const minutes = Array.from({ length: 12 }, (_, minute) => minute);
  const measured = minutes.map((minute) => counted(minute, { "swaps.disk": minute === 0 ? 11 : 0 }));
  const young = minutes.map((minute) => ({
    ...followed(minute, {}),
    uncertainty: minute < 3 ? ("start" as const) : null,
  }));
  expect(compareSources(measured, young)).toEqual({
    minutes: 9,
    apart: null,
    figures: [{ of: "swaps.disk", measured: 0, derived: 0 }],
  });
});
