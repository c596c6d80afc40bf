import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MissCurveBuilder, missCurve } from "./miss-curve.ts";
import { TwoTierCache } from "./two-tier-cache.ts";

const RESTART = -1;
/** Adapters, and now and then a restart. */
const trace = fc.array(
  fc.oneof({ weight: 30, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.constant(RESTART) }),
  { maxLength: 300 },
);
const MAX = 12;

describe("missCurve", () => {
  it("is what simulating every pair of limits one by one gives", () => {
    fc.assert(
      fc.property(trace, (events) => {
        const builder = new MissCurveBuilder(MAX, 1);
        for (const event of events) event === RESTART ? builder.restart() : builder.touch(event);
        const curve = builder.result();
        for (let maxLoras = 1; maxLoras <= MAX; maxLoras += 1)
          for (let maxCpuLoras = maxLoras; maxCpuLoras <= MAX; maxCpuLoras += 1) {
            const cache = new TwoTierCache({ maxLoras, maxCpuLoras });
            for (const event of events) event === RESTART ? cache.restart() : cache.touch(event);
            expect(curve.at({ maxLoras, maxCpuLoras })).toEqual(cache.totals());
          }
      }),
      { numRuns: 100 },
    );
  });

  it("stays so when its window is packed many times, with far more adapters than it looks at", () => {
    let state = 7;
    const touches = Array.from({ length: 40_000 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor(900 * (state / 2 ** 32) ** 3); // a few are hot
    });
    const curve = missCurve(touches, 600);
    for (const [maxLoras, maxCpuLoras] of [
      [1, 600],
      [8, 32],
      [37, 511],
      [600, 600],
    ] as const) {
      const cache = new TwoTierCache({ maxLoras, maxCpuLoras }, 900);
      cache.touchAll(touches);
      expect(curve.at({ maxLoras, maxCpuLoras })).toEqual(cache.totals());
    }
    expect(curve.touches).toBe(40_000);
    expect(curve.misses[600]).toBeGreaterThan(0);
  });

  it("never misses more with more room", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(15), { maxLength: 200 }), (touches) => {
        const { misses } = missCurve(touches, 16);
        for (let capacity = 1; capacity <= 16; capacity += 1)
          expect(misses[capacity]).toBeLessThanOrEqual(misses[capacity - 1] ?? 0);
        expect(misses[16]).toBe(new Set(touches).size); // with room for all, each is read once
      }),
    );
  });

  it("goes on after a result, and ends at its largest capacity", () => {
    const builder = new MissCurveBuilder(2);
    builder.touchAll([1, 2, 1]);
    expect(builder.result().at({ maxLoras: 2 }).gpuHits).toBe(1);
    builder.touch(2);
    expect(builder.result().at({ maxLoras: 2 }).gpuHits).toBe(2);
    expect(() => builder.result().at({ maxLoras: 3 })).toThrow(RangeError);
    expect(() => new MissCurveBuilder(0)).toThrow(RangeError);
  });
});

describe("TwoTierCache", () => {
  it("tells who is where, and grows with the adapters it meets", () => {
    const cache = new TwoTierCache({ maxLoras: 2, maxCpuLoras: 3 }, 1);
    cache.touchAll([500, 3, 500, 9, 7]);
    expect(cache.residents()).toEqual({ gpu: [7, 9], cpu: [7, 9, 500] });
    expect([7, 500, 3, 9999].map((adapter) => cache.tierOf(adapter))).toEqual(["gpu", "cpu", "absent", "absent"]);
    expect([cache.evictedGpu, cache.evictedCpu]).toEqual([500, 3]);
    cache.remove(9999);
    cache.remove(7);
    expect(cache.residents()).toEqual({ gpu: [9], cpu: [9, 500] });
    cache.restart();
    expect(cache.residents()).toEqual({ gpu: [], cpu: [] });
  });
});
