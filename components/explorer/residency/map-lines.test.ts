import { expect, it } from "vitest";
import type { ResidencyMap } from "#lib/metrics/browser/residency-map-schema.ts";
import { cellAt, mapLines, mapRange, momentAt, nextCell, runText } from "./map-lines.ts";

const ours = { tenantId: "ten_1", tenantSlug: "acme", adapterSlug: "bot", versionNumber: 3, measured: null };
const none = { tenantId: null, tenantSlug: null, adapterSlug: null, versionNumber: null, measured: null };
const map: ResidencyMap = {
  ...{ from: "2026-11-25T12:00:00.000Z", to: "2026-11-25T12:00:55.000Z", stepSeconds: 10, columns: 6, others: 0 },
  ...{ slots: 1, places: 2, source: "inferred", simulated: true, asOf: "2026-11-25T12:00:55.000Z" },
  ...{ measured: null, note: null },
  sources: [
    { source: "inferred", columns: 2 },
    { source: "derived", columns: 4 },
  ],
  rows: [
    {
      ...{ loraName: "acme--bot--v3-0123456789ab", ...ours },
      runs: [
        { tier: "unknown", columns: 3 },
        { tier: "gpu", columns: 3 },
      ],
    },
    {
      ...{ loraName: "stranger", ...none },
      runs: [
        { tier: "gpu", columns: 1 },
        { tier: "cpu", columns: 4 },
        { tier: "absent", columns: 1 },
      ],
    },
  ],
};

it("places runs in time; the last step may be shorter, and what began before the map says so", () => {
  const lines = mapLines(map);
  expect(lines.map(({ name }) => name)).toEqual(["Source", "acme / bot v3", "stranger"]);
  expect(lines.flatMap(({ runs }) => runs).map((run) => runText(run, map, "UTC"))).toEqual([
    "Inferred since 25 Nov, 12:00:00 UTC or before, until 25 Nov, 12:00:20 UTC",
    "Derived, exact since 25 Nov, 12:00:20 UTC, to the end",
    "Unknown since 25 Nov, 12:00:00 UTC or before, until 25 Nov, 12:00:30 UTC",
    "GPU slot since 25 Nov, 12:00:30 UTC, to the end",
    "GPU slot since 25 Nov, 12:00:00 UTC or before, until 25 Nov, 12:00:10 UTC",
    "CPU cache since 25 Nov, 12:00:10 UTC, until 25 Nov, 12:00:50 UTC",
    "On disk only since 25 Nov, 12:00:50 UTC, to the end",
  ]);
});

it("leads by arrow keys to the run beside it, and above and below to the same moment", () => {
  const lines = mapLines(map);
  const go = (...keys: string[]) => keys.reduce((cell, key) => nextCell(lines, cell, key) ?? cell, { line: 0, run: 0 });
  expect(go("ArrowLeft", "ArrowUp")).toEqual({ line: 0, run: 0 });
  expect(go("ArrowRight", "ArrowDown")).toEqual({ line: 1, run: 0 }); // column 2 is still unknown there
  expect(go("ArrowDown", "End", "ArrowDown")).toEqual({ line: 2, run: 1 });
  expect(go("ArrowDown", "ArrowDown", "ArrowDown", "End", "ArrowRight")).toEqual({ line: 2, run: 2 });
  expect(go("End", "Home", "x")).toEqual({ line: 0, run: 0 });
});

it("stays with a version and its moment when the map is read again: rows change places, columns move on", () => {
  const before = mapLines(map);
  const picked = momentAt(before, { line: 1, run: 1 });
  if (picked === null) throw new Error("nothing picked");
  expect(cellAt(before, picked)).toEqual({ line: 1, run: 1 });
  const [first, second] = map.rows;
  if (!first || !second) throw new Error("the map has two rows");
  const moved = { ...map, from: "2026-11-25T12:00:20.000Z", to: "2026-11-25T12:01:15.000Z" };
  const again = {
    ...first,
    runs: [
      { tier: "unknown" as const, columns: 1 },
      { tier: "gpu" as const, columns: 5 },
    ],
  };
  expect(cellAt(mapLines({ ...moved, rows: [second, again] }), picked)).toEqual({ line: 2, run: 1 });
  expect(cellAt(mapLines({ ...moved, rows: [second] }), picked)).toBeNull();
  const later = { from: "2026-11-25T12:10:00.000Z", to: "2026-11-25T12:10:55.000Z" };
  expect(cellAt(mapLines({ ...map, ...later }), picked)).toBeNull();
  expect(momentAt(before, { line: 9, run: 0 })).toBeNull();
});

it("covers at most the last six hours of a range, and says when it is cut", () => {
  const now = Date.parse("2026-11-25T12:00:30.000Z");
  const open = { from: "2026-11-25T05:59:24.000Z" };
  expect(mapRange(open, now)).toEqual({ query: open, isCut: false }); // a range of six hours, as charts round it
  expect(mapRange({ from: "2026-11-24T12:00:00.000Z" }, now)).toEqual({
    query: { from: "2026-11-25T06:01:00.000Z" },
    isCut: true,
  });
  const past = { from: "2026-11-20T00:00:00.000Z", to: "2026-11-20T12:00:00.000Z" };
  expect(mapRange(past, now).query).toEqual({ from: "2026-11-20T06:00:00.000Z", to: past.to });
});
