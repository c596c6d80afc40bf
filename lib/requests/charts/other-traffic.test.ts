import { expect, it } from "vitest";
import type { UsageSum } from "../usage/usage-sums-store.ts";
import { drawOtherTraffic } from "./other-traffic.ts";

const START = Date.parse("2026-11-28T10:00:00.000Z");
const at = (minute: number) => new Date(START + minute * 60_000);
const sum = (kind: string, start: Date, requests: number): UsageSum => ({
  ...{
    at: start,
    keys: [kind],
    requests,
    answered: requests,
    failed: 0,
    refused: 0,
    shed: 0,
    turnedAway: 0,
    fallbacks: 0,
  },
  ...{ uncounted: 0, promptTokens: 0, completionTokens: 0, busyMs: 0 },
  ...{ simulated: false, lastAt: start, lastOutcome: null, stored: {} },
});
const grid = { stepSeconds: 60, starts: [at(0), at(1), at(2)], to: at(3) };

it("draws each kind that occurred as a line of its own, in requests a minute", () => {
  const lines = drawOtherTraffic([sum("eval", at(1), 120), sum("probe", at(2), 3)], grid, at(-60));
  expect(lines.map(({ key, label, points }) => [key, label, points.map(([, value]) => value)])).toEqual([
    ["eval", "Evaluation", [0, 120, 0]],
    ["probe", "Probe", [0, 0, 3]],
  ]);
  expect(lines.map(({ whole }) => whole)).toEqual([40, 1]);
});

it("leaves out kinds that did not occur, and shows nothing before the first request on record", () => {
  expect(drawOtherTraffic([], grid, at(-60))).toEqual([]);
  const [line] = drawOtherTraffic([sum("shadow", at(2), 6)], grid, at(2));
  expect(line?.points.map(([, value]) => value)).toEqual([null, null, 6]);
});
