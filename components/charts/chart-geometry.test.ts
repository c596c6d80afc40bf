import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Annotation } from "#lib/metrics/schema.ts";
import { axisUnit, formatTimeTick, niceTicks, timeTicks, zoneOffset } from "./axis.ts";
import { describeChart } from "./describe-chart.ts";
import { eventsByRow, groupAnnotations } from "./group-annotations.ts";
import { mostRelevant } from "./most-relevant.ts";
import { placeLabels } from "./place-labels.ts";
import { prepareSeries } from "./prepare-series.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 12, 12);

describe("the value axis", () => {
  it.each([
    [470, [0, 200, 400, 600]],
    [1240, [0, 500, 1000, 1500]],
    [0.004, [0, 0.001, 0.002, 0.003, 0.004]],
    [0, [0, 1]],
  ])("starts at zero and is round for a peak of %d", (peak, ticks) => {
    expect(niceTicks(peak)).toEqual(ticks);
  });

  it("always covers the peak with at most five ticks", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (peak) => {
        const ticks = niceTicks(peak);
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(peak * (1 - 1e-8));
      }),
    );
  });

  it("counts things in whole steps", () => {
    expect(niceTicks(2, true)).toEqual([0, 1, 2]);
  });

  it("picks one unit for the whole axis", () => {
    expect(axisUnit("ms", 900)).toEqual({ label: "ms", divisor: 1 });
    expect(axisUnit("ms", 20_000)).toEqual({ label: "s", divisor: 1000 });
    expect(axisUnit("bytes", 42e6)).toEqual({ label: "MB", divisor: 1e6 });
    expect(axisUnit("evictions/min", 3)).toEqual({ label: "evictions / min", divisor: 1 });
  });
});

describe("the time axis", () => {
  it("stands on round moments, at most five", () => {
    const ticks = timeTicks(NOON - HOUR + 17_000, NOON + 17_000, 0);
    expect(ticks.map(({ at, stepMs }) => formatTimeTick(at, stepMs, "UTC"))).toEqual([
      "11:15",
      "11:30",
      "11:45",
      "12:00",
    ]);
  });

  it("begins days at the reader's midnight", () => {
    const offset = zoneOffset(NOON, "Asia/Kolkata");
    expect(offset).toBe(5.5 * HOUR);
    const ticks = timeTicks(NOON, NOON + 4 * 24 * HOUR, offset);
    expect(ticks.map(({ at, stepMs }) => formatTimeTick(at, stepMs, "Asia/Kolkata"))).toEqual([
      "13 Nov",
      "14 Nov",
      "15 Nov",
      "16 Nov",
    ]);
    expect((ticks[0]?.at ?? 0) + offset).toBe(Math.ceil((NOON + offset) / (24 * HOUR)) * 24 * HOUR);
  });
});

describe("events on the axis", () => {
  const event = (id: string, at: number): Annotation => ({
    id,
    at: new Date(at).toISOString(),
    kind: "load",
    title: id,
    outcome: "ok",
    tenantId: null,
    nodeId: null,
    ref: null,
  });
  const range = { from: NOON, to: NOON + HOUR };

  it("are grouped when their marks would overlap, and dropped outside the range", () => {
    const events = [event("c", NOON + HOUR / 2), event("a", NOON), event("b", NOON + 60_000), event("x", NOON - 1)];
    const groups = groupAnnotations(events, range, 600);
    expect(groups.map((group) => group.events.map(({ id }) => id))).toEqual([["a", "b"], ["c"]]);
    expect(groups[1]?.x).toBe(300);
  });

  it("stand in the table at the end of the step that they fell in, and lose none inside the range", () => {
    const events = [event("b", NOON + 61_000), event("a", NOON + 60_000), event("first", NOON), event("x", NOON - 1)];
    const rows = eventsByRow(events, { ...range, stepMs: 60_000 });
    expect([...rows].map(([at, of]) => [(at - NOON) / 60_000, of.map(({ id }) => id)])).toEqual([
      [1, ["first", "a"]],
      [2, ["b"]],
    ]);
  });

  it("are told by those that tell most, in their order, where there is no room for all", () => {
    const of = (id: string, kind: Annotation["kind"]) => ({ ...event(id, NOON), kind });
    const events = [of("a", "load"), of("b", "settings"), of("c", "load"), of("d", "rollback"), of("e", "restart")];
    expect(mostRelevant(events, 3).map(({ id }) => id)).toEqual(["b", "d", "e"]);
    expect(mostRelevant(events, 1).map(({ id }) => id)).toEqual(["d"]);
    expect(mostRelevant(events, 5)).toEqual(events);
  });

  it("never leave two marks closer than their targets, and lose none", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: HOUR }), { maxLength: 80 }), (offsets) => {
        const groups = groupAnnotations(
          offsets.map((offset, index) => event(`e${index}`, NOON + offset)),
          range,
          500,
        );
        expect(groups.flatMap((group) => group.events)).toHaveLength(offsets.length);
        groups.slice(1).forEach((group, index) => {
          expect(group.x - (groups[index]?.x ?? 0)).toBeGreaterThanOrEqual(24);
        });
      }),
    );
  });
});

describe("labels at the end of lines", () => {
  it("stay where they want to when there is room", () => {
    expect([
      ...placeLabels(
        [
          { key: "a", y: 10 },
          { key: "b", y: 60 },
        ],
        100,
        16,
      ).values(),
    ]).toEqual([10, 60]);
  });

  it("never overlap and never leave the plot", () => {
    const wanted = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(wanted, (ys) => {
        const placed = [
          ...placeLabels(
            ys.map((y, index) => ({ key: `${index}`, y })),
            200,
            16,
          ).values(),
        ].sort((a, b) => a - b);
        for (const y of placed) {
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(200);
        }
        placed.slice(1).forEach((y, index) => {
          expect(y - (placed[index] ?? 0)).toBeGreaterThan(15.9);
        });
      }),
    );
  });
});

const prepared = prepareSeries({
  series: [
    {
      key: "p95",
      label: "p95",
      points: [
        [new Date(NOON).toISOString(), 400],
        [new Date(NOON + 60_000).toISOString(), 470],
      ],
      counts: null,
    },
    { key: "danger", label: "=cmd", points: [], counts: null },
  ],
  from: new Date(NOON).toISOString(),
  to: new Date(NOON + 180_000).toISOString(),
  stepSeconds: 60,
  unit: "ms",
});

it("says in words what the lines show", () => {
  const text = describeChart(prepared, 1, { unit: "ms", locale: "en-US", zone: "UTC" }).replaceAll("\u202f", " ");
  expect(text).toBe(
    "Last 3 min until 12 Nov, 12:03 UTC. p95: latest 470 ms, lowest 400 ms, highest 470 ms at 12 Nov, 12:02 UTC. " +
      "=cmd: no data. 1 gap without data. 1 event marked.",
  );
});
