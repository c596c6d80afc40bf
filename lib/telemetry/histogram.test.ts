import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addHistograms, type Histogram, histogramIncrease, mergeHistograms, quantile, totalOf } from "./histogram.ts";

const histogram: fc.Arbitrary<Histogram> = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })
  .chain((bounds) => {
    const le = bounds.sort((a, b) => a - b);
    const counts = fc.array(fc.nat(20), { minLength: le.length + 1, maxLength: le.length + 1 });
    return counts.map((filled) => ({ le, counts: filled }));
  });

const atMost = ({ le, counts }: Histogram, bound: number): number =>
  counts.reduce((sum, count, index) => (le[index] !== undefined && le[index] <= bound ? sum + count : sum), 0);

describe("quantile", () => {
  // 10 requests up to 0.3 s, 80 up to 0.5 s, 10 above: what histogram_quantile gives for the same buckets.
  const buckets = { le: [0.3, 0.5], counts: [10, 80, 10] };
  it.each([
    [0.05, 0.15],
    [0.5, 0.4],
    [0.9, 0.5],
    [0.99, 0.5],
  ])("interpolates like Prometheus at %f", (q, expected) => {
    expect(quantile(buckets, q)).toBeCloseTo(expected, 12);
  });

  it("is unknown without a single observation", () => {
    expect(quantile({ le: [0.3, 0.5], counts: [0, 0, 0] }, 0.5)).toBeNull();
  });

  it("lies inside the bounds and rises with q", () => {
    fc.assert(
      fc.property(
        histogram,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (h, a, b) => {
          fc.pre(totalOf(h) > 0);
          const [low, high] = [quantile(h, Math.min(a, b)) ?? -1, quantile(h, Math.max(a, b)) ?? -1];
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeGreaterThanOrEqual(low);
          expect(high).toBeLessThanOrEqual(h.le.at(-1) ?? 0);
        },
      ),
    );
  });
});

describe("mergeHistograms", () => {
  it("loses no count and keeps every cumulative value at the shared bounds", () => {
    fc.assert(
      fc.property(histogram, histogram, (a, b) => {
        const merged = mergeHistograms(a, b);
        expect(totalOf(merged)).toBe(totalOf(a) + totalOf(b));
        for (const bound of merged.le) expect(atMost(merged, bound)).toBe(atMost(a, bound) + atMost(b, bound));
      }),
    );
  });
});

describe("histogramIncrease", () => {
  it("is what was added", () => {
    fc.assert(
      fc.property(histogram, fc.array(fc.nat(9)), (before, added) => {
        const after = { le: before.le, counts: before.counts.map((count, index) => count + (added[index] ?? 0)) };
        const increase = histogramIncrease(before, after);
        expect(increase && mergeHistograms(before, increase)).toEqual(after);
      }),
    );
  });

  it("takes everything for new when a bucket shrank", () => {
    expect(histogramIncrease({ le: [1], counts: [5, 2] }, { le: [1], counts: [1, 3] })).toEqual({
      le: [1],
      counts: [1, 3],
    });
  });

  it("cannot compare histograms with other bounds", () => {
    expect(histogramIncrease({ le: [1], counts: [5, 2] }, { le: [2], counts: [6, 3] })).toBeNull();
  });
});

it("adds up many as it adds up two, whatever their bounds", () => {
  fc.assert(
    fc.property(fc.array(histogram, { maxLength: 6 }), (all) => {
      const [first, ...rest] = all;
      expect(addHistograms(all)).toEqual(first === undefined ? null : rest.reduce(mergeHistograms, first));
    }),
  );
});
