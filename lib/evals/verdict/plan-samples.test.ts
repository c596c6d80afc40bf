import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { samplingOf, seedAt } from "../conditions/sampling.ts";
import { createRandom } from "../random.ts";
import type { SampleKey } from "../stored-sample.ts";
import { planFirstTakes, planSamples, samplesNeeded } from "./plan-samples.ts";

const ordinals = Array.from({ length: 30 }, (_, index) => index + 1);
const all = planFirstTakes(ordinals, []);

describe("planSamples", () => {
  it("goes side by side, the baseline's second turn last, each mode in the suite's order", () => {
    expect(all).toHaveLength(samplesNeeded(30));
    const blocks = all.filter(({ ordinal }) => ordinal === 1).map(({ side, mode, take }) => `${side} ${mode} ${take}`);
    expect(blocks.filter((block) => / [15]$/.test(block))).toEqual([
      "baseline greedy 1",
      "baseline sampled 1",
      "baseline sampled 5",
      "candidate greedy 1",
      "candidate sampled 1",
      "candidate sampled 5",
      "baseline_repeat greedy 1",
      "baseline_repeat sampled 1",
      "baseline_repeat sampled 5",
    ]);
    expect(all.slice(0, 30).map(({ ordinal }) => ordinal)).toEqual(ordinals);
  });

  it("leaves out exactly what is there, whatever that is", () => {
    fc.assert(
      fc.property(fc.subarray(all), (done) => {
        const left = planFirstTakes(ordinals, done);
        expect(left).toHaveLength(all.length - done.length);
        expect(left).toEqual(all.filter((key) => !done.includes(key)));
      }),
    );
  });
});

describe("asking again", () => {
  const answered = all.map((key) => ({ ...key, status: "pass" as const }));
  const lost = (ordinal: number) => (key: SampleKey) =>
    key.ordinal === ordinal && key.side === "candidate" && key.mode === "greedy";

  it("starts once all first takes are there, and only where they differ", () => {
    expect(planSamples(ordinals, answered)).toEqual([]);
    const one = answered.map((key) => (lost(7)(key) ? { ...key, status: "wrong" as const } : key));
    expect(planSamples(ordinals, one.slice(1))).toEqual(all.slice(0, 1));
    expect(planSamples(ordinals, one)).toEqual([
      ...[2, 3, 4, 5, 6].map((take) => ({ ordinal: 7, side: "baseline", mode: "greedy", take })),
      ...[2, 3, 4, 5, 6].map((take) => ({ ordinal: 7, side: "candidate", mode: "greedy", take })),
    ]);
  });

  it("comes to an end, and asks nothing twice, whatever the answers are and wherever it is broken off", () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, rate) => {
        const random = createRandom(seed);
        const done = new Map<string, SampleKey & { status: "pass" | "wrong" }>();
        for (let round = 0; ; round += 1) {
          expect(round).toBeLessThan(60);
          const keys = planSamples(ordinals, [...done.values()]);
          if (keys.length === 0) break;
          for (const key of keys.slice(0, random.int(1, keys.length + 20))) {
            expect(done.has(JSON.stringify(key))).toBe(false);
            done.set(JSON.stringify(key), { ...key, status: random.next() < rate ? "pass" : "wrong" });
          }
        }
        expect(done.size).toBeLessThanOrEqual(all.length + 30 * 2 * 2 * 20);
      }),
      { numRuns: 25 },
    );
  });
});

describe("samplingOf", () => {
  it("gives a prompt the same seed on every side and in every run of a suite, and none to greedy decoding", () => {
    const { greedy, sampled } = samplingOf("fffffff0123");
    expect(seedAt(greedy, { ordinal: 7, take: 1 })).toBeNull();
    expect(seedAt(sampled, { ordinal: 7, take: 1 })).toBe(0xfffffff + 7);
    expect(samplingOf("fffffff9999")).toEqual(samplingOf("fffffff0123"));
    expect(samplingOf("0000001")).not.toEqual(samplingOf("0000002"));
  });

  it("stays inside the catalog's integers for the largest suite", () => {
    expect(seedAt(samplingOf("f".repeat(64)).sampled, { ordinal: 1000, take: 25 })).toBeLessThan(2 ** 31);
  });
});
