import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_POINTS, MAX_RANGE_SECONDS } from "../schema.ts";
import { chartRange } from "./chart-range.ts";

const NOW = new Date("2026-11-24T12:00:30.000Z");

describe("chartRange", () => {
  it("is the last hour by default, in minutes, the present one included", () => {
    const range = chartRange({}, NOW);
    expect([range.stepSeconds, range.rollupStep, range.starts.length]).toEqual([60, 60, 61]);
    expect(range.from.toISOString()).toBe("2026-11-24T11:00:00.000Z");
    expect(range.starts.at(-1)?.toISOString()).toBe("2026-11-24T12:00:00.000Z");
  });

  it("never looks into the future", () => {
    expect(chartRange({ from: "2026-11-24T11:00:00.000Z", to: "2027-01-01T00:00:00.000Z" }, NOW).to).toEqual(NOW);
  });

  it.each([
    ["a day", "2026-11-23T12:00:30.000Z", 300, 300],
    ["a week", "2026-11-17T12:00:30.000Z", 3600, 3600],
    ["thirty days", "2026-10-25T12:00:30.000Z", 10_800, 3600],
  ])("reads %s from the coarsest rollup that will do", (_name, from, stepSeconds, rollupStep) => {
    expect(chartRange({ from }, NOW)).toMatchObject({ stepSeconds, rollupStep });
  });

  it("raises the step where the fine rows are gone", () => {
    const range = chartRange(
      { from: "2026-10-20T10:00:00.000Z", to: "2026-10-20T11:00:00.000Z", stepSeconds: 60 },
      NOW,
    );
    expect(range).toMatchObject({ stepSeconds: 300, rollupStep: 300 });
  });

  it.each([
    ["backwards", { from: "2026-11-24T11:00:00.000Z", to: "2026-11-24T10:00:00.000Z" }, "empty_range"],
    ["in the future", { from: "2026-11-25T11:00:00.000Z" }, "empty_range"],
    ["too long", { from: "2026-01-01T00:00:00.000Z" }, "range_too_long"],
  ])("refuses a range that is %s", (_name, query, code) => {
    expect(() => chartRange(query, NOW)).toThrow(expect.objectContaining({ reason: code }));
  });

  it("always covers the range in at most 300 steps", () => {
    const seconds = fc.integer({ min: 1, max: MAX_RANGE_SECONDS });
    fc.assert(
      fc.property(
        seconds,
        seconds,
        fc.option(fc.integer({ min: 10, max: 86_400 }), { nil: undefined }),
        (ago, length, stepSeconds) => {
          const from = new Date(NOW.getTime() - ago * 1000);
          const to = new Date(from.getTime() + length * 1000);
          const range = chartRange({ from: from.toISOString(), to: to.toISOString(), stepSeconds }, NOW);
          expect(range.starts.length).toBeLessThanOrEqual(MAX_POINTS);
          expect(range.starts.length).toBeGreaterThan(0);
          expect(range.starts[0]?.getTime()).toBeLessThanOrEqual(from.getTime());
          const end = (range.starts.at(-1)?.getTime() ?? 0) + range.stepSeconds * 1000;
          expect(end).toBeGreaterThanOrEqual(range.to.getTime());
          expect(range.stepSeconds % range.rollupStep).toBe(0);
        },
      ),
    );
  });
});
