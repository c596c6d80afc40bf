import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideYield as decide, type Pressure } from "./decide-yield.ts";

const LIMITS = { waiting: 4, deferred: 0 };
const decideYield = (pressure: Pressure, isYielding: boolean) => decide(pressure, isYielding, LIMITS);

const calm: Pressure = {
  ...{ poolName: "main", waiting: 0, deferred: [0, 0, 0], latency: null, slower: null },
  ...{ hasCustomers: false, servingNodes: 2 },
};

describe("a run", () => {
  it("asks while customers do not wait, and yields once more of them wait than the limit", () => {
    expect(decideYield(calm, false)).toEqual({ kind: "go_on", most: null });
    expect(decideYield({ ...calm, waiting: 4 }, false)).toEqual({ kind: "go_on", most: null });
    expect(decideYield({ ...calm, waiting: 14 }, false)).toEqual({
      kind: "yield",
      message: "Yields to customers: 14 requests wait in pool main (limit 4). Resumes automatically.",
    });
  });

  it("that yields goes on only once there is clearly room", () => {
    for (const [waiting, kind] of [
      [4, "yield"],
      [3, "yield"],
      [2, "go_on"],
    ] as const)
      expect(decideYield({ ...calm, waiting }, true).kind).toBe(kind);
    const latency = { p95Ms: 950, objectiveMs: 1_000 };
    expect(decideYield({ ...calm, latency }, false).kind).toBe("go_on");
    expect(decideYield({ ...calm, latency }, true).kind).toBe("yield");
    expect(decideYield({ ...calm, latency: { ...latency, p95Ms: 900 } }, true).kind).toBe("go_on");
  });

  it("yields to requests that wait for a slot at two checks in a row, and to a p95 above what was promised", () => {
    expect(decideYield({ ...calm, deferred: [0, 3] }, false).kind).toBe("go_on");
    expect(decideYield({ ...calm, deferred: [9] }, false).kind).toBe("go_on");
    expect(decideYield({ ...calm, deferred: [0, 1, 3] }, false)).toMatchObject({
      message:
        "Yields to customers: 1 request waits for an adapter's slot in pool main (limit 0). Resumes automatically.",
    });
    expect(decideYield({ ...calm, latency: { p95Ms: 1_200.4, objectiveMs: 1_000 } }, false)).toMatchObject({
      message: "Yields to customers: their p95 in pool main is 1200 ms (objective 1000 ms). Resumes automatically.",
    });
  });

  it("yields to customers that are slower than before it, and has two requests a node in flight beside them", () => {
    expect(decideYield({ ...calm, slower: { p95Ms: 260.2, beforeMs: 199.8 } }, false)).toMatchObject({
      kind: "yield",
      message: "Yields to customers: their p95 in pool main is 260 ms, 200 ms before this run. Resumes automatically.",
    });
    expect(decideYield({ ...calm, hasCustomers: true }, false)).toEqual({ kind: "go_on", most: 4 });
    expect(decideYield({ ...calm, hasCustomers: true, servingNodes: 0 }, false)).toEqual({ kind: "go_on", most: 2 });
  });

  it("goes on slowly, and says so, while nobody knows; one of the two views is enough", () => {
    expect(decideYield({ ...calm, waiting: null, deferred: null }, true)).toMatchObject({ kind: "slowly", most: 4 });
    expect(decideYield({ ...calm, waiting: null }, false)).toEqual({ kind: "go_on", most: null });
    expect(decideYield({ ...calm, deferred: null }, false)).toEqual({ kind: "go_on", most: null });
  });

  it("never goes on at a pressure at which one that asks would yield", () => {
    const pressure = fc.record({
      poolName: fc.constant("main"),
      waiting: fc.option(fc.integer({ min: 0, max: 12 })),
      deferred: fc.option(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 })),
      slower: fc.constantFrom(null, { p95Ms: 260, beforeMs: 200 }),
      hasCustomers: fc.boolean(),
      servingNodes: fc.nat({ max: 3 }),
      latency: fc.option(fc.record({ p95Ms: fc.integer({ min: 1, max: 200 }), objectiveMs: fc.constant(100) })),
    });
    fc.assert(
      fc.property(pressure, (one) => {
        if (decideYield(one, false).kind === "yield") expect(decideYield(one, true).kind).toBe("yield");
      }),
    );
  });
});
