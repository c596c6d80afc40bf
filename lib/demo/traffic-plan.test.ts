import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEMO_TRAFFIC, TrafficPlan, zipf } from "./traffic-plan.ts";

/** Repeatable numbers in [0, 1). */
function counter(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
const TENANTS = Array.from({ length: 40 }, (_, at) => `tenant-${at}`);

describe("zipf", () => {
  it("stays in range, and low ranks come more often", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (count, unit) => {
          const at = zipf(count, 1.05, unit);
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThan(count);
        },
      ),
    );
    expect(zipf(40, 1.05, 0)).toBe(0);
    expect(zipf(40, 1.05, 0.999)).toBeGreaterThan(30);
  });
});

describe("TrafficPlan", () => {
  it("keeps its rate, its order of tenants and its bursts over an hour", () => {
    const plan = new TrafficPlan(DEMO_TRAFFIC, counter());
    const seen = new Map<string, number>();
    let ms = 0;
    let requests = 0;
    const perSecond = new Map<number, number>();
    while (ms < 3_600_000) {
      const arrival = plan.next(TENANTS);
      ms += arrival.afterMs;
      requests += 1;
      seen.set(arrival.tenantSlug, (seen.get(arrival.tenantSlug) ?? 0) + 1);
      const second = Math.floor(ms / 1000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    expect(requests / 3600).toBeGreaterThan(3);
    expect(requests / 3600).toBeLessThan(5);
    expect(seen.get("tenant-0") ?? 0).toBeGreaterThan(3 * (seen.get("tenant-10") ?? 0));
    expect(seen.size).toBe(40);
    expect(Math.max(...perSecond.values())).toBeGreaterThan(10);
  });

  it("asks only tenants it was given", () => {
    const plan = new TrafficPlan(DEMO_TRAFFIC, counter());
    const asked = new Set(Array.from({ length: 500 }, () => plan.next(["only"]).tenantSlug));
    expect([...asked]).toEqual(["only"]);
  });
});
