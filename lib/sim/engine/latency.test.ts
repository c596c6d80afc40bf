import { describe, expect, it } from "vitest";
import { cpuSwapMs, diskReadMs, stepMs, TOKENS_PER_STEP } from "./latency.ts";

/** 256 tokens after a prompt of 200 for each of the batch's requests, at the middle of the jitter. */
function request256(shape: { distinctAdapters: number; hasBase: boolean; sequences: number }): number {
  const prefill = stepMs({ ...shape, prefillTokens: 200 * shape.sequences }, 0.5);
  return prefill + (256 / TOKENS_PER_STEP) * stepMs({ ...shape, prefillTokens: 0 }, 0.5);
}

describe("latency", () => {
  it("reaches the product's figures: 410 ms on the base, 470 ms in a mixed batch", () => {
    expect(request256({ distinctAdapters: 0, hasBase: true, sequences: 1 })).toBeCloseTo(406, -1);
    expect(request256({ distinctAdapters: 2, hasBase: false, sequences: 2 })).toBeCloseTo(470, -1);
  });

  it("swaps in 30-50 ms from the host and in over 500 ms from disk", () => {
    for (const unit of [0, 0.5, 0.999]) {
      expect(cpuSwapMs(unit)).toBeGreaterThanOrEqual(30);
      expect(cpuSwapMs(unit)).toBeLessThanOrEqual(50);
      expect(diskReadMs(unit)).toBeGreaterThan(500);
    }
  });

  it("grows with the batch and with the adapters in it", () => {
    const step = (sequences: number, distinctAdapters: number) =>
      stepMs({ sequences, distinctAdapters, prefillTokens: 0, hasBase: false }, 0.5);
    expect(step(8, 1)).toBeGreaterThan(step(1, 1));
    expect(step(8, 2)).toBeGreaterThan(step(8, 1));
    expect(step(12, 12)).toBeGreaterThan(step(12, 2));
  });
});
