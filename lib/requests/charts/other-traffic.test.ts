import { expect, it } from "vitest";
import { drawOtherTraffic } from "./other-traffic.ts";

const START = Date.parse("2026-11-28T10:00:00.000Z");
const at = (minute: number) => new Date(START + minute * 60_000);
const grid = { stepSeconds: 60, starts: [at(0), at(1), at(2)], to: at(3) };

it("draws each kind that occurred as a line of its own, in requests a minute", () => {
  const lines = drawOtherTraffic(
    [
      { kind: "eval", start: at(1), requests: 120 },
      { kind: "probe", start: at(2), requests: 3 },
    ],
    grid,
    at(-60),
  );
  expect(lines.map(({ key, label, points }) => [key, label, points.map(([, value]) => value)])).toEqual([
    ["eval", "Evaluation", [0, 120, 0]],
    ["probe", "Probe", [0, 0, 3]],
  ]);
  expect(lines.map(({ whole }) => whole)).toEqual([40, 1]);
});

it("leaves out kinds that did not occur, and shows nothing before the first request on record", () => {
  expect(drawOtherTraffic([], grid, at(-60))).toEqual([]);
  const [line] = drawOtherTraffic([{ kind: "shadow", start: at(2), requests: 6 }], grid, at(2));
  expect(line?.points.map(([, value]) => value)).toEqual([null, null, 6]);
});
