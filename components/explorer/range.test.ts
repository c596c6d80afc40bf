import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixedOf, QUICK_RANGES, REFRESH_KEYS, rangeBefore, rangeOf, refreshMsOf, zoomTo } from "./range.ts";

const NOW = Date.parse("2026-11-24T16:20:37.500Z");
const MINUTE = 60_000;

describe("rangeOf", () => {
  it("keeps asking the same question while a step lasts, and covers the whole quick range", () => {
    for (const { key, ms } of QUICK_RANGES) {
      const { from, to } = rangeOf(key, null, NOW);
      expect(to).toBeUndefined();
      const early = NOW - ms - Date.parse(from ?? "");
      expect(early).toBeGreaterThanOrEqual(0);
      expect(early).toBeLessThan(Math.max(MINUTE, ms / 300));
      expect(rangeOf(key, null, NOW - early).from).toBe(from);
    }
  });

  it("takes a fixed range as it is", () => {
    const fixed = { from: new Date(NOW - MINUTE), to: new Date(NOW) };
    expect(rangeOf("1h", fixed, NOW)).toEqual({ from: fixed.from.toISOString(), to: fixed.to.toISOString() });
  });
});

describe("fixedOf", () => {
  it("needs both ends, in order", () => {
    const [from, to] = [new Date(NOW - MINUTE), new Date(NOW)];
    expect(fixedOf(from, to)).toEqual({ from, to });
    expect(fixedOf(to, from)).toBeNull();
    expect(fixedOf(from, null)).toBeNull();
    expect(fixedOf(null, to)).toBeNull();
  });
});

describe("zoomTo", () => {
  it("covers what was dragged, in whole minutes and at least five of them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400_000 }), fc.integer({ min: 0, max: 86_400_000 }), (start, length) => {
        const dragged = { from: NOW - start - length, to: NOW - start };
        const { from, to } = zoomTo(dragged);
        expect(from.getTime()).toBeLessThanOrEqual(dragged.from);
        expect(to.getTime()).toBeGreaterThanOrEqual(dragged.to);
        expect(to.getTime() - from.getTime()).toBeGreaterThanOrEqual(5 * MINUTE);
        expect(from.getTime() % MINUTE).toBe(0);
      }),
    );
  });
});

describe("rangeBefore", () => {
  it("is as long, ends where the range begins, and has a name", () => {
    for (const { key, ms } of QUICK_RANGES) {
      const { range } = rangeBefore(key, null, NOW);
      expect(range.to).toBe(rangeOf(key, null, NOW).from);
      expect(Date.parse(range.to) - Date.parse(range.from)).toBe(ms);
    }
    const fixed = { from: new Date(NOW - 10 * MINUTE), to: new Date(NOW) };
    expect(rangeBefore("1h", fixed, NOW)).toEqual({
      range: { from: new Date(NOW - 20 * MINUTE).toISOString(), to: fixed.from.toISOString() },
      words: "the previous 10\u202fmin",
    });
  });
});

describe("refreshMsOf", () => {
  it("knows every choice, and reads no more when it is off", () => {
    expect(REFRESH_KEYS.map(refreshMsOf)).toEqual([false, 10_000, 30_000, 60_000]);
  });
});
