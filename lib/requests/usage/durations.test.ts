import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addStored,
  bucketMs,
  bucketOf,
  countOf,
  countWithin,
  type Durations,
  lastBucketWithin,
  mergeDurations,
  noDurations,
  quantileOf,
} from "./durations.ts";

/** From microseconds to hours, evenly over the magnitudes. */
const Ms = fc.oneof(
  fc.double({ min: -4, max: 7, noNaN: true }).map((power) => 10 ** power),
  fc.nat(60_000),
);
const Q = fc.constantFrom(0.5, 0.9, 0.95, 0.99, 1);

/** As a gateway stores it. */
function stored(values: readonly number[], space = ""): string {
  const counts: Record<string, number> = {};
  for (const value of values) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1;
  return JSON.stringify(counts).replaceAll(/([:,])/g, `$1${space}`);
}
function durations(...texts: string[]): Durations {
  const sum = noDurations();
  addStored(sum, texts.join(""));
  return sum;
}
const exact = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length - 1e-9)) - 1] ?? Number.NaN;

describe("durations", () => {
  it("have quantiles that are at most 5 % (or 0.1 ms) off, however they were summed", () => {
    fc.assert(
      fc.property(fc.array(fc.array(Ms, { maxLength: 200 }), { minLength: 1, maxLength: 4 }), Q, (parts, q) => {
        const all = parts.flat();
        const sum = durations(...parts.map((part, index) => stored(part, index % 2 === 0 ? "" : " ")));
        const merged = noDurations();
        for (const part of parts) mergeDurations(merged, durations(stored(part)));
        expect(merged).toEqual(sum);
        expect(countOf(sum)).toBe(all.length);
        const found = quantileOf(sum, q);
        if (all.length === 0) expect(found).toBeNull();
        else {
          const value = exact(all, q);
          expect(Math.abs((found ?? Number.NaN) - value)).toBeLessThanOrEqual(Math.max(value * 0.05, 0.1));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("count what is within a limit, which is at most 5 % off", () => {
    fc.assert(
      fc.property(fc.array(Ms, { maxLength: 300 }), Ms, (values, limit) => {
        const within = (ms: number) => values.filter((value) => value <= ms).length;
        const found = countWithin(durations(stored(values)), limit);
        expect(found).toBeGreaterThanOrEqual(within(limit / 1.05 - 0.1));
        expect(found).toBeLessThanOrEqual(within(limit * 1.05 + 0.1));
      }),
      { numRuns: 500 },
    );
  });

  it("agree with themselves: a quantile is within a limit when as many durations are", () => {
    const sum = durations(stored([100, 200, 300, 400]));
    const median = quantileOf(sum, 0.5) ?? Number.NaN;
    expect(countWithin(sum, median)).toBe(2);
    expect(bucketMs(lastBucketWithin(median))).toBe(median);
    expect([lastBucketWithin(-1), countWithin(sum, -1)]).toEqual([-1, 0]);
  });
});
