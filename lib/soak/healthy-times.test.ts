import { expect, it } from "vitest";
import { HealthyTimes } from "./healthy-times.ts";

it("knows when at least one node could have answered from beginning to end", () => {
  const times = new HealthyTimes(2, 100, 0);
  expect(times.wasAnyWell(0, 50)).toBe(true);
  times.ill(0, 50);
  expect(times.wasAnyWell(40, 60)).toBe(true); // the other one
  times.ill(1, 70);
  expect(times.wasAnyWell(60, 70)).toBe(true);
  expect(times.wasAnyWell(60, 71)).toBe(false);
  times.well(0, 80);
  expect(times.wasAnyWell(100, 120)).toBe(false); // it came back a moment ago
  expect(times.wasAnyWell(180, 200)).toBe(true);
  times.ill(0, 190);
  expect(times.wasAnyWell(180, 200)).toBe(false);
  expect(times.wasAnyWell(10, 45)).toBe(true);
  times.well(0, 200, 10);
  expect([times.wasAnyWell(209, 220), times.wasAnyWell(210, 220)]).toEqual([false, true]);
});
