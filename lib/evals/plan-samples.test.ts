import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planSamples, samplesNeeded } from "./plan-samples.ts";
import { samplingOf, seedAt } from "./sampling.ts";

const ordinals = Array.from({ length: 30 }, (_, index) => index + 1);
const all = planSamples(ordinals, []);

describe("planSamples", () => {
  it("goes side by side, the baseline's second turn last, each mode in the suite's order", () => {
    expect(all).toHaveLength(samplesNeeded(30));
    const blocks = all.filter(({ ordinal }) => ordinal === 1).map(({ side, mode }) => `${side} ${mode}`);
    expect(blocks).toEqual([
      "baseline greedy",
      "baseline sampled",
      "candidate greedy",
      "candidate sampled",
      "baseline_repeat greedy",
      "baseline_repeat sampled",
    ]);
    expect(all.slice(0, 30).map(({ ordinal }) => ordinal)).toEqual(ordinals);
  });

  it("leaves out exactly what is there, whatever that is", () => {
    fc.assert(
      fc.property(fc.subarray(all), (done) => {
        const left = planSamples(ordinals, done);
        expect(left).toHaveLength(all.length - done.length);
        expect(left).toEqual(all.filter((key) => !done.includes(key)));
      }),
    );
  });
});

describe("samplingOf", () => {
  it("gives a prompt the same seed on every side and in every run of a suite, and none to greedy decoding", () => {
    const { greedy, sampled } = samplingOf("fffffff0123");
    expect(seedAt(greedy, 7)).toBeNull();
    expect(seedAt(sampled, 7)).toBe(0xfffffff + 7);
    expect(samplingOf("fffffff9999")).toEqual(samplingOf("fffffff0123"));
    expect(samplingOf("0000001")).not.toEqual(samplingOf("0000002"));
  });

  it("stays inside the catalog's integers for the largest suite", () => {
    expect(seedAt(samplingOf("f".repeat(64)).sampled, 1000)).toBeLessThan(2 ** 31);
  });
});
