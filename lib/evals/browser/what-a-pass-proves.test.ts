import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearsonUpper, passProbability, promptsToClaim } from "../verdict/statistics.ts";
import { excludedRate, missRate, promptsToExclude } from "./what-a-pass-proves.ts";

describe("what a pass proves", () => {
  it("is what the statistics of the gate say, for any number of prompts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.double({ min: 0.0005, max: 0.3, noNaN: true }),
        (prompts, rate) => {
          expect(excludedRate(prompts)).toBeCloseTo(clopperPearsonUpper(0, prompts), 9);
          expect(missRate(prompts, rate)).toBeCloseTo(passProbability({ prompts, allowed: 0, rate }), 9);
        },
      ),
    );
    expect(excludedRate(0)).toBe(1);
  });

  it.each([
    [200, 1.49],
    [600, 0.5],
    [1000, 0.3],
  ])("%i prompts exclude %f %%", (prompts, percent) => {
    expect(excludedRate(prompts) * 100).toBeCloseTo(percent, 2);
  });

  it.each([0.005, 0.01, 0.02])("as many as a claim below %f takes", (rate) => {
    expect(promptsToExclude(rate)).toBe(promptsToClaim(rate, 0));
  });
});
