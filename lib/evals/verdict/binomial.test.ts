import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialCdf, binomialPmf, normalQuantile } from "./binomial.ts";

const rate = fc.double({ min: 0, max: 1, noNaN: true });

describe("binomial distribution", () => {
  it("sums to one and rises with k", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), rate, (n, p) => {
        let sum = 0;
        for (let k = 0; k <= n; k += 1) {
          sum += binomialPmf(n, k, p);
          expect(binomialCdf(n, k, p)).toBeCloseTo(Math.min(1, sum), 9);
        }
        expect(sum).toBeCloseTo(1, 9);
      }),
      { numRuns: 40 },
    );
  });

  it("agrees with the exact coin", () => {
    expect(binomialPmf(10, 5, 0.5)).toBeCloseTo(252 / 1024, 12);
    expect(binomialCdf(5, 4, 0.5)).toBeCloseTo(31 / 32, 12);
  });

  it("refuses a probability outside 0..1 and a broken count", () => {
    expect(() => binomialPmf(10, 1, 1.2)).toThrow(RangeError);
    expect(() => binomialCdf(1.5, 1, 0.2)).toThrow(RangeError);
  });
});

describe("normalQuantile", () => {
  it.each([
    [0.95, 1.644853627],
    [0.975, 1.9599639845],
    [0.8, 0.8416212336],
    [0.9, 1.2815515655],
    [0.999, 3.0902323062],
    [0.5, 0],
  ])("knows the quantile of %s", (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 7);
  });

  it("is odd around one half", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.5, noNaN: true }), (p) => {
        expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(p), 6);
      }),
    );
  });
});
