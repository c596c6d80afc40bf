import { describe, expect, it } from "vitest";
import { seededChance } from "#lib/lora-cache/bursty-trace.ts";
import { type Pair, quantileRatio } from "./bootstrap.ts";

/** Ten pairs of exponential latencies, those of `on` stretched. */
function pairsOf(stretch: number, seed: number): Pair[] {
  const chance = seededChance(seed);
  const draw = (factor: number) => Array.from({ length: 60 }, () => -Math.log(1 - chance()) * 200 * factor);
  return Array.from({ length: 10 }, () => ({ off: draw(1), on: draw(stretch) }));
}

describe("the ratio of two arms' p95", () => {
  it("is exact where both are alike, and of no width", () => {
    const [pair] = pairsOf(1, 1);
    const same = [1, 2, 3].map(() => ({ off: pair?.off ?? [], on: pair?.off ?? [] }));
    expect(quantileRatio(same, 0.95, { seed: 1, resamples: 20 })).toEqual({ ratio: 1, lower: 1, upper: 1 });
  });

  it.each([1, 1.1, 2])("of %f lies in its interval in nearly all of 20 experiments", (stretch) => {
    const found = Array.from({ length: 20 }, (_, at) =>
      quantileRatio(pairsOf(stretch, at + 1), 0.95, { seed: 7, resamples: 100 }),
    );
    const covered = found.filter(({ lower, upper }) => lower <= stretch && stretch <= upper);
    expect(covered.length).toBeGreaterThanOrEqual(16);
    for (const { ratio, lower, upper } of found) expect(lower <= ratio && ratio <= upper).toBe(true);
  });
});
