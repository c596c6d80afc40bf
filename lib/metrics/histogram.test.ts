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
  // 10 requests up to 0.3 s, 80 up to 0.5 s, 10 above: inside a bucket what histogram_quantile gives.
  const buckets = { le: [0.3, 0.5], counts: [10, 80, 10] };
  it.each([
    [0.05, 0.3, "at_most"],
    [0.1, 0.3, "at_most"],
    [0.5, 0.4, null],
    [0.9, 0.5, null],
    [0.99, 0.5, "more_than"],
  ])("at %f is %f (%s): a bound where a bucket has one known side", (q, value, bound) => {
    const found = quantile(buckets, q);
    expect(found?.value).toBeCloseTo(value, 12);
    expect(found?.bound).toBe(bound);
  });

  it("says no more than the first bucket of an engine knows: not 150, 285 and 297 ms of 300", () => {
    const engine = { le: [0.3, 0.5, 7_680], counts: [100, 0, 0, 0] };
    for (const q of [0.5, 0.95, 0.99]) expect(quantile(engine, q)).toEqual({ value: 0.3, bound: "at_most" });
    expect(quantile({ ...engine, counts: [0, 0, 0, 3] }, 0.5)).toEqual({ value: 7_680, bound: "more_than" });
  });

  it("is unknown without a single observation", () => {
    expect(quantile({ le: [0.3, 0.5], counts: [0, 0, 0] }, 0.5)).toBeNull();
  });

  const share = fc.double({ min: 0.001, max: 1, noNaN: true });

  it("is true of the values behind the buckets, whatever they were", () => {
    const values = fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(histogram, values, share, ({ le }, seen, q) => {
        const counts = new Array<number>(le.length + 1).fill(0);
        for (const value of seen) {
          const index = le.findIndex((bound) => value <= bound);
          const bucket = index === -1 ? le.length : index;
          counts[bucket] = (counts[bucket] ?? 0) + 1;
        }
        const actual = seen.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * seen.length) - 1)] ?? 0;
        const found = quantile({ le, counts }, q);
        const bucketOf = (value: number) => le.findIndex((bound) => value <= bound);
        if (found?.bound === "at_most") expect(actual).toBeLessThanOrEqual(found.value);
        else if (found?.bound === "more_than") expect(actual).toBeGreaterThan(found.value);
        else expect([0, 1]).toContain(bucketOf(actual) - bucketOf(found?.value ?? -1));
      }),
    );
  });

  it("rises with q", () => {
    fc.assert(
      fc.property(histogram, share, share, (h, a, b) => {
        fc.pre(totalOf(h) > 0);
        const [low, high] = [quantile(h, Math.min(a, b))?.value ?? -1, quantile(h, Math.max(a, b))?.value ?? -1];
        expect(high).toBeGreaterThanOrEqual(low);
        expect(high).toBeLessThanOrEqual(h.le.at(-1) ?? 0);
      }),
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
