import { describe, expect, it } from "vitest";
import { DrainRate } from "./drain-rate.ts";

/** A queue that drains at this pace for so long. */
function drain(rate: DrainRate, fromMs: number, forMs: number, everyMs: number): void {
  for (let at = fromMs + everyMs; at <= fromMs + forMs; at += everyMs) {
    rate.watch(at, true);
    rate.granted();
  }
}

describe("how fast a queue drains", () => {
  it("is believed until it was seen", () => {
    expect(new DrainRate().perMs(0.02)).toBeCloseTo(0.02);
  });

  it("is soon what was seen", () => {
    const rate = new DrainRate();
    drain(rate, 0, 5_000, 100);
    expect(rate.perMs(1)).toBeGreaterThan(0.01);
    expect(rate.perMs(0.01)).toBeCloseTo(0.01, 3);
  });

  it("falls while nothing moves", () => {
    const rate = new DrainRate();
    drain(rate, 0, 5_000, 100);
    rate.watch(15_000, true);
    expect(rate.perMs(0.01)).toBeLessThan(0.003);
  });

  it("is not learnt from times when nothing waited, which make it forget", () => {
    const rate = new DrainRate();
    drain(rate, 0, 5_000, 1_000);
    rate.watch(6_000, false);
    expect(rate.perMs(0.05)).toBeLessThan(0.01);
    rate.watch(60_000, false);
    expect(rate.perMs(0.05)).toBeCloseTo(0.05, 3);
  });
});
