import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundReplay } from "./bound-replay.ts";
import { resolveLimits } from "./limits.ts";
import { type Replay, replay } from "./replay.ts";
import { arbitraryStackTrace, arbitraryTrace } from "./testing/arbitrary-trace.ts";
import { plainReplay } from "./testing/plain-cache.ts";
import type { CacheTotals } from "./two-tier-cache.ts";

const totalsOf = ({ gpuHits, swaps, gpuEvictions, cpuEvictions, slotsFreedByCpu }: Replay): CacheTotals => ({
  gpuHits,
  swaps,
  gpuEvictions,
  cpuEvictions,
  slotsFreedByCpu,
});

describe("replay", () => {
  it("is, event by event, what vLLM's four rules say", () => {
    fc.assert(
      fc.property(arbitraryTrace, ({ trace, limits }) => {
        const plain = plainReplay(trace, limits.maxLoras, limits.maxCpuLoras);
        const ours = replay(trace, limits);
        expect(totalsOf(ours)).toEqual(plain.totals);
        expect(ours.perEvent.map(({ adapter, source, evicted }) => ({ adapter, source, evicted }))).toEqual(
          plain.touches,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("goes gpu, cpu, disk by how recently an adapter was used", () => {
    const seen = replay(["a", "b", "a", "c", "b", "c"], { maxLoras: 1, maxCpuLoras: 2 });
    expect(seen.perEvent.map(({ source }) => source)).toEqual(["disk", "disk", "cpu", "disk", "disk", "cpu"]);
    expect(seen).toMatchObject({ gpuHits: 0, swaps: { cpu: 2, disk: 4 }, gpuEvictions: 5, cpuEvictions: 2 });
    expect(seen.perEvent[3]?.evicted).toEqual({ gpu: "a", cpu: "b" });
  });

  it("fetches into a slot again what became the most recent only because another was removed", () => {
    const seen = replay(["h", "c", { kind: "remove", adapter: "c" }, "h", "h"], { maxLoras: 1, maxCpuLoras: 2 });
    expect(seen.perEvent.map(({ source }) => source)).toEqual(["disk", "disk", "cpu", "gpu"]);
    expect(seen).toMatchObject({ gpuHits: 1, swaps: { cpu: 1, disk: 2 }, gpuEvictions: 1 });
  });

  it("counts no eviction of a slot where the host copy had to go with it (max_cpu_loras = max_loras)", () => {
    const seen = replay(["a", "b", "a"], { maxLoras: 1 });
    expect(seen).toMatchObject({ gpuEvictions: 0, cpuEvictions: 2, slotsFreedByCpu: 2, swaps: { cpu: 0, disk: 3 } });
  });

  it("loads into a slot, and out of it whoever was used longest ago, running or not", () => {
    const seen = replay([{ kind: "load", adapter: "a" }, "a", { kind: "load", adapter: "b" }, "a"], {
      maxLoras: 1,
      maxCpuLoras: 4,
    });
    expect(seen.perEvent.map(({ by, source }) => `${by} ${source}`)).toEqual([
      "load disk",
      "step gpu",
      "load disk",
      "step cpu",
    ]);
    expect(seen).toMatchObject({ loads: 2, gpuHits: 1, gpuEvictions: 2 });
  });

  it("keeps what was unloaded, and takes the same name loaded again for another adapter", () => {
    const [load, unload] = [
      { kind: "load", adapter: "a" },
      { kind: "unload", adapter: "a" },
    ] as const;
    const limits = { maxLoras: 2, maxCpuLoras: 2 };
    expect(replay([load, unload, "a"], limits).perEvent.map(({ source }) => source)).toEqual(["disk", "gpu"]);
    const again = replay([load, unload, load, "b"], limits);
    expect(again.swaps.disk).toBe(3);
    expect(again.perEvent[2]?.evicted.cpu).toBe("a"); // the old copy
    expect(() => replay([load, load], limits)).toThrow("a is loaded already");
  });

  it("starts empty after a restart", () => {
    expect(replay(["a", { kind: "restart" }, "a"], { maxLoras: 2 })).toMatchObject({
      swaps: { disk: 2 },
      cpuEvictions: 0,
    });
  });

  it("frees the slot on the engine's own removal, and reads anew on a reload in place", () => {
    const limits = { maxLoras: 2, maxCpuLoras: 3 };
    const removed = replay(["a", "b", { kind: "remove", adapter: "b" }, "c"], limits);
    expect(removed).toMatchObject({ gpuEvictions: 0, swaps: { disk: 3 } });
    const reloaded = replay(["a", "b", { kind: "reload", adapter: "a" }, "a"], limits);
    expect(reloaded).toMatchObject({ gpuEvictions: 0, cpuEvictions: 0, swaps: { disk: 3 }, gpuHits: 1, loads: 1 });
  });

  it("tells who entered a batch from who stayed in it", () => {
    const steps = [["a"], ["a", "b"], ["a"], ["b"], ["b"]].map((adapters) => ({ kind: "step" as const, adapters }));
    const seen = replay(steps, { maxLoras: 2 });
    expect(seen).toMatchObject({ touches: 6, gpuHits: 4, gpuEntries: 1 }); // b comes back once, from its slot
  });

  it("refuses what vLLM refuses", () => {
    expect(() => replay([], { maxLoras: 2, maxCpuLoras: 1 })).toThrow(RangeError);
    expect(() => replay([], { maxLoras: 0 })).toThrow(RangeError);
    expect(() => replay([{ kind: "step", adapters: ["a", "b"] }], { maxLoras: 1 })).toThrow("max_loras allows 1");
    expect(resolveLimits({ maxLoras: 3, maxCpuLoras: 0 })).toEqual({ maxLoras: 3, maxCpuLoras: 3 });
  });
});

describe("the order inside a step", () => {
  const trace = ["a", "b", { kind: "step" as const, adapters: ["a", "c"] }];
  const limits = { maxLoras: 2, maxCpuLoras: 2 };

  it("decides what is fetched: the reference's own example", () => {
    expect(replay(trace, limits, { order: "given" }).swaps.disk).toBe(3);
    expect(replay(trace, limits, { order: (step) => [...step].reverse() }).swaps.disk).toBe(4);
    expect(replay(trace, limits, { order: "recent-first" }).swaps.disk).toBe(3);
    expect(replay(trace, limits, { order: "stale-first" }).swaps.disk).toBe(4);
    expect(boundReplay(trace, limits)).toMatchObject({
      swaps: { disk: { least: 3, most: 4 }, cpu: { least: 0, most: 0 } },
      cpuEvictions: { least: 1, most: 2 },
    });
  });

  it("cannot leave the bounds, whatever it is", () => {
    fc.assert(
      fc.property(arbitraryStackTrace(60), fc.infiniteStream(fc.nat(1000)), ({ trace, limits }, chance) => {
        const bounds = boundReplay(trace, limits);
        const shuffled = (step: readonly string[]) =>
          step.map((adapter) => ({ adapter, key: chance.next().value ?? 0 })).sort((a, b) => a.key - b.key);
        const orders = [
          "given",
          "recent-first",
          "stale-first",
          (step: readonly string[]) => shuffled(step).map(({ adapter }) => adapter),
        ] as const;
        for (const order of orders) {
          const seen = replay(trace, limits, { order });
          for (const [value, bound] of [
            [seen.gpuHits, bounds.gpuHits],
            [seen.swaps.cpu, bounds.swaps.cpu],
            [seen.swaps.disk, bounds.swaps.disk],
            [seen.gpuEvictions, bounds.gpuEvictions],
            [seen.cpuEvictions, bounds.cpuEvictions],
          ] as const) {
            expect(value).toBeGreaterThanOrEqual(bound.least);
            expect(value).toBeLessThanOrEqual(bound.most);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("makes no difference with one adapter a step, and the last step's best and worst order reach the bounds", () => {
    fc.assert(
      fc.property(arbitraryStackTrace(40), ({ trace, limits }) => {
        const alone = trace.flatMap((event) =>
          typeof event !== "string" && event.kind === "step" ? [...event.adapters] : [event],
        );
        const last = trace.find((event) => typeof event !== "string" && event.kind === "step");
        const whole = last ? [...alone, last] : alone;
        const bounds = boundReplay(whole, limits);
        const [best, worst] = [
          replay(whole, limits, { order: "recent-first" }),
          replay(whole, limits, { order: "stale-first" }),
        ];
        expect([best.gpuHits, worst.gpuHits]).toEqual([bounds.gpuHits.most, bounds.gpuHits.least]);
        expect([best.swaps.disk, worst.swaps.disk]).toEqual([bounds.swaps.disk.least, bounds.swaps.disk.most]);
        expect([best.cpuEvictions, worst.cpuEvictions]).toEqual([bounds.cpuEvictions.least, bounds.cpuEvictions.most]);
      }),
      { numRuns: 300 },
    );
  });
});
