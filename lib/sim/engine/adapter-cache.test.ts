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

/** The four steps of vllm.md §4.2 once more, with plain lists instead of ordered sets. */
function bySteps(slots: number, host: number) {
  let cpu: number[] = [];
  let gpu: number[] = [];
  let pinned: number[] = [];
  const slotIds: (number | null)[] = Array.from({ length: slots }, () => null);
  const without = (list: readonly number[], id: number) => list.filter((other) => other !== id);
  const leaveSlot = (id: number) => {
    gpu = without(gpu, id);
    for (let slot = 0; slot < slots; slot += 1) if (slotIds[slot] === id) slotIds[slot] = null;
  };
  const drop = (id: number) => {
    [cpu, pinned] = [without(cpu, id), without(pinned, id)];
    leaveSlot(id);
  };
  const leastRecent = (list: readonly number[]) => {
    const victim = list.find((id) => !pinned.includes(id));
    if (victim === undefined) throw new Error("all pinned");
    return victim;
  };
  const activate = (id: number): number[] => {
    const victims = gpu.length >= slots ? [leastRecent(gpu)] : [];
    for (const victim of victims) leaveSlot(victim);
    slotIds[slotIds.indexOf(null)] = id;
    gpu = [...gpu, id];
    return victims;
  };
  return {
    state: () => ({ cpu, gpu, slotIds: [...slotIds] }),
    touch(id: number, inplace: boolean) {
      const reads = inplace || !cpu.includes(id);
      let fromCpu: number[] = [];
      if (reads) {
        drop(id);
        if (cpu.length + 1 > host) {
          fromCpu = [leastRecent(cpu)];
          for (const victim of fromCpu) drop(victim);
        }
        cpu = [...cpu, id];
      } else cpu = [...without(cpu, id), id];
      const isInSlot = gpu.includes(id);
      const fromGpu = isInSlot ? [] : activate(id);
      gpu = [...without(gpu, id), id];
      return { source: reads ? "disk" : isInSlot ? "gpu" : "cpu", evictedFromGpu: fromGpu, evictedFromCpu: fromCpu };
    },
    remove(id: number) {
      const isKnown = cpu.includes(id);
      drop(id);
      return isKnown;
    },
    pin(id: number) {
      if (!cpu.includes(id)) throw new Error("unknown");
      const victims = gpu.includes(id) ? [] : activate(id);
      pinned = [...without(pinned, id), id];
      return victims;
    },
  };
}

describe("AdapterCache, step by step", () => {
  const operation = fc.tuple(
    fc.constantFrom("touch", "touch", "touch", "touch", "in-place", "remove", "pin"),
    fc.integer({ min: 1, max: 9 }),
  );

  it("does what the four steps say, also with in-place loads, removals and pins", () => {
    fc.assert(
      fc.property(sizes, fc.array(operation, { minLength: 1, maxLength: 150 }), ({ slots, host }, operations) => {
        const cache = new AdapterCache(slots, host);
        const steps = bySteps(slots, host);
        const outcomeOf = (work: () => unknown) => {
          try {
            return work();
          } catch {
            return "refused";
          }
        };
        for (const [what, id] of operations) {
          const [ours, theirs] = [cache, steps].map((side) =>
            outcomeOf(() => {
              switch (what) {
                case "remove":
                  return side.remove(id);
                case "pin":
                  return side.pin(id);
                default:
                  return side.touch(id, what === "in-place");
              }
            }),
          );
          expect(ours).toEqual(theirs);
          const { gpu, cpu, slotIds } = steps.state();
          expect({ gpu: cache.gpu(), cpu: cache.cpu() }).toEqual({ gpu, cpu });
          for (const held of gpu) expect(cache.slotOf(held)).toBe(slotIds.indexOf(held));
          expect([cpu.length <= host, gpu.length <= slots, gpu.every((held) => cpu.includes(held))]).toEqual([
            true,
            true,
            true,
          ]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("never evicts a pinned adapter, and refuses when there is nothing else", () => {
    const cache = new AdapterCache(1, 2);
    cache.touch(1);
    cache.pin(1);
    expect(() => cache.touch(2)).toThrow("All items are pinned");
    expect(cache.gpu()).toEqual([1]);
    expect(() => cache.pin(9)).toThrow(RangeError);
    expect([cache.remove(1), cache.remove(1)]).toEqual([true, false]);
    expect(cache.touch(3).source).toBe("disk");
  });
});
