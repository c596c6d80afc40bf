import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryDelayMs } from "./backoff.ts";

const half = () => 0.5;

describe("retryDelayMs", () => {
  it("doubles from one second to a cap of 100", () => {
    expect([1, 2, 3, 4, 8, 50].map((attempts) => retryDelayMs("transient", attempts, half))).toEqual([
      1_000, 2_000, 4_000, 8_000, 100_000, 100_000,
    ]);
  });

  it("waits a minute while a load may still be running, and an hour after a permanent fault", () => {
    expect(retryDelayMs("pending", 1, half)).toBe(60_000);
    expect(retryDelayMs("permanent", 1, half)).toBe(3_600_000);
  });

  it("stays within 20 % of that", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempts, random) => {
          const exact = retryDelayMs("transient", attempts, half);
          const jittered = retryDelayMs("transient", attempts, () => random);
          expect(Math.abs(jittered - exact)).toBeLessThanOrEqual(0.2 * exact + 1e-6);
        },
      ),
    );
  });
});
