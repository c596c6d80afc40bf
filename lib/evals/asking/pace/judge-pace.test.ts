import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgePace, type PaceFacts } from "./judge-pace.ts";

const facts: PaceFacts = {
  done: 600,
  total: 3_600,
  counts: [100, 100, 50, 100, 150],
  windowMs: 300_000,
  asOf: "2026-11-26T06:00:00.000Z",
  simulated: true,
};

describe("the pace of a run", () => {
  it("is counted over the last minutes, and leaves a range of time", () => {
    expect(judgePace(facts)).toMatchObject({
      callsPerMinute: { value: 100, unit: "calls/min", source: "measured", simulated: true },
      leastLeft: { value: 20 * 60_000, source: "inferred" },
      mostLeft: { value: 60 * 60_000, source: "inferred" },
    });
  });

  it("is unknown before 20 answers or a tenth of them, and at a look of less than five seconds", () => {
    expect(judgePace({ ...facts, done: 19 })).toBeNull();
    expect(judgePace({ ...facts, done: 20 })).not.toBeNull();
    expect(judgePace({ ...facts, done: 19, total: 180 })).not.toBeNull();
    expect(judgePace({ ...facts, windowMs: 4_999 })).toBeNull();
  });

  it("leaves the slowest end open where it stood still, and both where nothing came at all", () => {
    expect(judgePace({ ...facts, counts: [0, 10, 10, 10, 10] })).toMatchObject({ mostLeft: { value: null } });
    const still = judgePace({ ...facts, counts: [0, 0, 0, 0, 0] });
    expect(still).toMatchObject({
      callsPerMinute: { value: 0 },
      leastLeft: { value: null },
      mostLeft: { value: null },
    });
  });

  it("has its mean pace between the two ends, and both ends shrink as answers come", () => {
    const some = fc.record({
      done: fc.integer({ min: 20, max: 5_000 }),
      more: fc.integer({ min: 0, max: 5_000 }),
      counts: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 }),
      windowMs: fc.integer({ min: 5_000, max: 300_000 }),
    });
    fc.assert(
      fc.property(some, ({ done, more, counts, windowMs }) => {
        const pace = judgePace({ ...facts, done, total: done + more, counts, windowMs });
        const [least, most] = [pace?.leastLeft.value ?? -1, pace?.mostLeft.value ?? -1];
        const mean = (more / (pace?.callsPerMinute.value ?? 0)) * 60_000;
        expect(least).toBeGreaterThanOrEqual(0);
        expect(least).toBeLessThanOrEqual(mean + 1e-6);
        expect(mean).toBeLessThanOrEqual(most + 1e-6);
        const later = judgePace({ ...facts, done: done + Math.min(1, more), total: done + more, counts, windowMs });
        expect(later?.leastLeft.value ?? -1).toBeLessThanOrEqual(least);
        expect(later?.mostLeft.value ?? -1).toBeLessThanOrEqual(most);
      }),
    );
  });
});
