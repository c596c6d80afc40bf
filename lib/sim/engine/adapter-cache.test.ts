import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AdapterCache, type SwapSource } from "./adapter-cache.ts";

/** vllm.md §4.3: without pins, unloads and in-place loads both tiers are one LRU stack. */
function byStackDistance(trace: readonly number[], slots: number, host: number): SwapSource[] {
  let stack: number[] = [];
  return trace.map((id) => {
    const position = stack.indexOf(id);
    stack = [id, ...stack.filter((other) => other !== id)];
    if (position >= 0 && position < slots) return "gpu";
    return position >= 0 && position < host ? "cpu" : "disk";
  });
}

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 6 }))
  .map(([slots, extra]) => ({ slots, host: slots + extra }));
const traces = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 120 });

describe("AdapterCache", () => {
  it("finds every adapter where the stack distance says it is", () => {
    fc.assert(
      fc.property(sizes, traces, ({ slots, host }, trace) => {
        const cache = new AdapterCache(slots, host);
        expect(trace.map((id) => cache.touch(id).source)).toEqual(byStackDistance(trace, slots, host));
      }),
      { numRuns: 300 },
    );
  });

  it("evicts once per move into a full tier, and frees a slot with its host copy", () => {
    fc.assert(
      fc.property(sizes, traces, ({ slots, host }, trace) => {
        const cache = new AdapterCache(slots, host);
        for (const id of trace) {
          const [gpu, cpu] = [cache.gpu().length, cache.cpu().length];
          const touch = cache.touch(id);
          const cpuVictims = touch.source === "disk" && cpu === host ? 1 : 0;
          expect(touch.evictedFromCpu).toHaveLength(cpuVictims);
          const freedSlot = cpuVictims === 1 && host === slots;
          expect(touch.evictedFromGpu).toHaveLength(touch.source !== "gpu" && gpu === slots && !freedSlot ? 1 : 0);
          expect(cache.cpu()).toEqual(expect.arrayContaining([...cache.gpu()]));
          expect(new Set(cache.gpu().map((held) => cache.slotOf(held))).size).toBe(cache.gpu().length);
          expect([cache.gpu().at(-1), cache.cpu().at(-1)]).toEqual([id, id]);
        }
      }),
    );
  });

  it("depends on the order inside a step, as the source does", () => {
    const diskReads = (order: readonly number[]) => {
      const cache = new AdapterCache(2, 2);
      for (const id of [1, 2]) cache.touch(id);
      const sources = order.map((id) => cache.touch(id).source);
      return sources.filter((source) => source === "disk").length;
    };
    expect(diskReads([1, 3])).toBe(1);
    expect(diskReads([3, 1])).toBe(2);
  });

  it("reads again at every touch of an in-place load, without an eviction", () => {
    const cache = new AdapterCache(1, 2);
    cache.touch(1);
    expect(cache.needsRead(1)).toBe(false);
    expect(cache.touch(1, true)).toEqual({ source: "disk", evictedFromGpu: [], evictedFromCpu: [] });
    expect(cache.needsRead(1, true)).toBe(true);
  });

  it("takes the lowest free slot", () => {
    const cache = new AdapterCache(3, 3);
    for (const id of [1, 2, 3]) cache.touch(id);
    cache.touch(4);
    expect([cache.slotOf(1), cache.slotOf(2), cache.slotOf(3), cache.slotOf(4)]).toEqual([null, 1, 2, 0]);
  });

  it("refuses a host tier smaller than the slots", () => {
    expect(() => new AdapterCache(4, 3)).toThrow(RangeError);
  });
});
