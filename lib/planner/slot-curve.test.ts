import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveCache } from "#lib/metrics/derived/derive-cache.ts";
import type { NodeAct, NodeRequest } from "#lib/metrics/derived/node-timeline.ts";
import type { NodeTrace } from "./pool-facts.ts";
import { fewestSlots, slotCurve } from "./slot-curve.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];
let asks = 0;
const asked = (loraName: string | null, arrivedMs: number, endedMs: number): NodeRequest => ({
  id: `request-${asks++}`,
  loraName,
  arrivedMs,
  endedMs,
});
const request = fc
  .tuple(fc.constantFrom(...NAMES, null), fc.nat(120), fc.integer({ min: 1, max: 15 }))
  .map(([loraName, from, length]) => asked(loraName, from, from + length));
const act = fc
  .tuple(fc.constantFrom("load", "unload", "restart"), fc.constantFrom(...NAMES), fc.nat(120))
  .map(
    ([kind, loraName, atMs]): NodeAct =>
      kind === "restart" ? { kind, atMs } : { kind: kind as "load", loraName, atMs },
  );
const byTime = <T>(items: T[], at: (item: T) => number): T[] => [...items].sort((a, b) => at(a) - at(b));
const traceOf = (requests: NodeRequest[], acts: NodeAct[]): NodeTrace => ({
  requests: byTime(requests, ({ arrivedMs }) => arrivedMs),
  acts: byTime(acts, ({ atMs }) => atMs),
  tenantOf: new Map(),
});

describe("slotCurve", () => {
  it("never loses more with more slots, and never reads more with more places", () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 60 }),
        fc.array(act, { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(120),
        (requests, acts, slots, fromMs) => {
          const curve = slotCurve(traceOf(requests, acts), slots, fromMs);
          for (let count = 1; count < 12; count += 1) {
            expect(curve.lostWith(count + 1)).toBeLessThanOrEqual(curve.lostWith(count));
            expect(curve.readWith(count + 1)).toBeLessThanOrEqual(curve.readWith(count));
          }
          expect(curve.lostWith(curve.adapters)).toBe(0);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("comes, at the slots there are, to what the model of the node counts itself", () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(3),
        fc.nat(120),
        (requests, maxLoras, more, fromMs) => {
          const trace = traceOf(requests, []);
          const limits = { maxLoras, maxCpuLoras: maxLoras + more + 1 };
          const uses = deriveCache(trace.requests, [], limits, "empty").uses.filter(({ atMs }) => atMs >= fromMs);
          const curve = slotCurve(trace, maxLoras, fromMs);
          expect(curve.lostWith(maxLoras)).toBe(uses.filter(({ evicted }) => evicted.gpu !== null).length);
          expect(curve.readWith(limits.maxCpuLoras)).toBe(uses.filter(({ source }) => source === "disk").length);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("takes a request that came a moment before its load for the same adapter", () => {
    const trace = traceOf([asked("a", 1, 9)], [{ kind: "load", loraName: "a", atMs: 2 }]);
    expect(slotCurve(trace, 1, 0).readWith(4)).toBe(1);
  });

  it("loses nothing of a node that nobody asked", () => {
    const curve = slotCurve(traceOf([], []), 4, 0);
    expect([curve.lostWith(1), curve.readWith(1)]).toEqual([0, 0]);
  });
});

describe("fewestSlots", () => {
  const curve = (...lost: number[]) => ({
    adapters: lost.length - 1,
    lostWith: (slots: number) => lost[Math.min(slots, lost.length - 1)] ?? 0,
    readWith: () => 0,
  });

  it("is the first size that is enough for every node, and never more than there are adapters", () => {
    expect(fewestSlots([curve(90, 60, 30, 8, 2, 0), curve(90, 9, 8, 7, 6, 0)], 2, 8)).toBe(3);
    expect(fewestSlots([curve(90, 60, 30, 8)], 1, 0)).toBe(3);
  });
});
