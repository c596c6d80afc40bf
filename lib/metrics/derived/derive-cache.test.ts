import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pythonSetOrder } from "#lib/platform/python-set-order.ts";
import { HASH_SEED } from "#lib/vllm/launch-command.ts";
import {
  type CacheState,
  countUses,
  type DerivedCounts,
  deriveCache,
  followCache,
  stateBefore,
} from "./derive-cache.ts";
import type { NodeAct, NodeRequest } from "./node-timeline.ts";

const stepOrder = pythonSetOrder(HASH_SEED);
let asks = 0;
const asked = (loraName: string | null, arrivedMs: number, endedMs: number): NodeRequest => ({
  id: `request-${asks++}`,
  loraName,
  arrivedMs,
  endedMs,
});
const load = (loraName: string, atMs: number): NodeAct => ({ kind: "load", loraName, atMs });
const LIMITS = { maxLoras: 2, maxCpuLoras: 3 };

describe("deriveCache", () => {
  it("says who was fetched from where, and who had to go for it", () => {
    const requests = [asked("a", 10, 20), asked("b", 30, 40), asked("c", 50, 60), asked("a", 70, 80)];
    const { uses, settledMs } = deriveCache(requests, [load("a", 1), load("b", 2), load("c", 3)], LIMITS, "empty");
    expect(settledMs).toBe(1);
    expect(uses.filter(({ by }) => by === "request")).toEqual([
      { atMs: 10, adapter: "a", by: "request", source: "cpu", evicted: { gpu: "b", cpu: null } },
      { atMs: 30, adapter: "b", by: "request", source: "cpu", evicted: { gpu: "c", cpu: null } },
      { atMs: 50, adapter: "c", by: "request", source: "cpu", evicted: { gpu: "a", cpu: null } },
      { atMs: 70, adapter: "a", by: "request", source: "cpu", evicted: { gpu: "b", cpu: null } },
    ]);
  });

  it("knows that who runs on is more recent than who left", () => {
    // a runs all along, so b goes for c although a began first
    const { uses } = deriveCache([asked("a", 0, 100), asked("b", 10, 20), asked("c", 30, 40)], [], LIMITS, "empty");
    expect(uses.at(-1)).toMatchObject({ adapter: "c", evicted: { gpu: "b" } });
  });

  it("lets who finds no slot wait for one, and passes over it for who needs none", () => {
    const requests = [asked("c", 0, 100), asked("b", 1, 50), asked("a", 2, 120), asked("c", 3, 10)];
    const { uses } = deriveCache(requests, [], LIMITS, "empty");
    expect(uses.map(({ adapter, atMs, evicted }) => [adapter, atMs, evicted.gpu])).toEqual([
      ["c", 0, null],
      ["b", 1, null],
      ["a", 50, "b"],
    ]);
  });

  it("lets who runs lose its slot to a newcomer that the engine comes to first, and fetch itself another", () => {
    // a set of a and b is walked from a, one of a and c from c: so c finds a, not b, to be the least recent
    const { uses } = deriveCache([asked("a", 0, 100), asked("b", 10, 20), asked("c", 20, 90)], [], LIMITS, "empty");
    expect(uses.slice(2).map(({ adapter, atMs, source, evicted }) => [adapter, atMs, source, evicted.gpu])).toEqual([
      ["c", 20, "disk", "a"],
      ["a", 20, "cpu", "b"],
    ]);
  });

  it("counts nothing of a group that runs already, and a new entry when the batch was without it", () => {
    const requests = [asked("a", 0, 10), asked("a", 5, 15), asked(null, 12, 30), asked("a", 20, 25)];
    expect(countUses(deriveCache(requests, [], LIMITS, "empty").uses).swaps).toEqual({ gpu: 1, cpu: 0, disk: 1 });
  });

  it("begins anew with a restart, and a load whose answer was lost counts once", () => {
    const acts: NodeAct[] = [load("a", 1), load("a", 2), { kind: "restart", atMs: 10 }, load("a", 11)];
    expect(countUses(deriveCache([], acts, LIMITS, "unknown").uses)).toEqual({
      evictions: { gpu: 0, cpu: 0 },
      swaps: { gpu: 0, cpu: 0, disk: 2 },
    });
  });

  it.each<[string, Parameters<typeof deriveCache>[3], number | null]>([
    ["from its start, at once", "empty", 0],
    ["with host memory known, when every slot was taken anew", ["a", "b", "c"], 20],
    ["with nothing known, when all of host memory was", "unknown", 30],
  ])("is exact of a node that is watched %s", (_what, before, settledMs) => {
    const requests = ["a", "b", "c", "d"].map((name, at) => asked(name, 10 * at, 10 * at + 5));
    expect(deriveCache(requests, [], LIMITS, before).settledMs).toBe(settledMs);
  });

  it("refuses more adapters in host memory than it holds", () => {
    expect(() => deriveCache([], [], LIMITS, ["a", "b", "c", "d"])).toThrow(RangeError);
  });
});

// --- a plain engine that makes a step a millisecond ----------------------------------------------------------------

/** vLLM's rules as they are written down: lists, least recent first, and one step after the other. */
function runEngine(requests: readonly NodeRequest[], maxLoras: number, maxCpuLoras: number, before: string[]) {
  let [gpu, cpu] = [[] as string[], [] as string[]];
  const counts: DerivedCounts = { evictions: { gpu: 0, cpu: 0 }, swaps: { gpu: 0, cpu: 0, disk: 0 } };
  const touch = (name: string, entered: boolean) => {
    const source = gpu.includes(name) ? "gpu" : cpu.includes(name) ? "cpu" : "disk";
    if (source !== "gpu" || entered) counts.swaps[source] += 1;
    cpu = [...cpu.filter((one) => one !== name), name];
    if (cpu.length > maxCpuLoras) {
      gpu = gpu.filter((one) => one !== cpu[0]);
      cpu = cpu.slice(1);
      counts.evictions.cpu += 1;
    }
    gpu = [...gpu.filter((one) => one !== name), name];
    if (gpu.length > maxLoras) {
      gpu = gpu.slice(1);
      counts.evictions.gpu += 1;
    }
  };
  for (const name of before) touch(name, true);
  Object.assign(counts, { evictions: { gpu: 0, cpu: 0 }, swaps: { gpu: 0, cpu: 0, disk: 0 } });
  let running: NodeRequest[] = [];
  let batch: string[] = [];
  let stepBefore: string[] = [];
  const last = Math.max(0, ...requests.map(({ endedMs }) => endedMs));
  for (let now = 0; now <= last; now += 1) {
    const alive = requests.filter(({ arrivedMs, endedMs }) => arrivedMs <= now && now < endedMs);
    running = running.filter((one) => alive.includes(one));
    batch = batch.filter((name) => running.some(({ loraName }) => loraName === name));
    for (const one of alive) {
      if (running.includes(one)) continue;
      const isNew = one.loraName !== null && !batch.includes(one.loraName);
      if (isNew && batch.length >= maxLoras) continue;
      running.push(one);
      if (isNew && one.loraName !== null) batch.push(one.loraName);
    }
    if (running.length === 0) continue;
    for (const name of stepOrder(batch)) touch(name, !stepBefore.includes(name));
    stepBefore = [...batch];
  }
  return counts;
}

it("comes to what an engine counts that really makes every step", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const request = fc
    .tuple(fc.constantFrom(...names, null), fc.nat(60), fc.integer({ min: 1, max: 12 }))
    .map(([loraName, from, length]) => asked(loraName, from, from + length));
  fc.assert(
    fc.property(
      fc.array(request, { maxLength: 25 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(3),
      fc.boolean(),
      (all, maxLoras, more, isKnown) => {
        // in the order in which they came; of the same moment, as listed
        const requests = [...all].sort((one, other) => one.arrivedMs - other.arrivedMs);
        const limits = { maxLoras, maxCpuLoras: maxLoras + more };
        const before = isKnown ? names.slice(0, limits.maxCpuLoras) : [];
        const derived = deriveCache(requests, [], limits, isKnown ? before : "empty");
        expect(countUses(derived.uses)).toEqual(runEngine(requests, maxLoras, limits.maxCpuLoras, before));
      },
    ),
    { numRuns: 5_000 },
  );
});

describe("followCache", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const request = fc
    .tuple(fc.constantFrom(...names, null), fc.nat(60), fc.integer({ min: 0, max: 15 }))
    .map(([loraName, from, length]) => asked(loraName, from, from + length));
  const act = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...names), fc.nat(70)).map(([name, at]) => load(name, at)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...names), fc.nat(70))
        .map(([loraName, atMs]): NodeAct => ({ kind: "unload", loraName, atMs })),
    },
    { weight: 1, arbitrary: fc.nat(70).map((atMs): NodeAct => ({ kind: "restart", atMs })) },
  );
  const scene = {
    requests: fc.array(request, { maxLength: 30 }),
    acts: fc.array(act, { maxLength: 8 }),
    maxLoras: fc.integer({ min: 1, max: 4 }),
    more: fc.nat(3),
    cuts: fc.uniqueArray(fc.nat(80), { maxLength: 6 }),
    before: fc.constantFrom("empty" as const, "unknown" as const, ["c", "a"]),
  };

  it("comes to the same in pieces, each from what was kept of the one before, as at once", () => {
    fc.assert(
      fc.property(fc.record(scene), ({ requests: all, acts: given, maxLoras, more, cuts, before }) => {
        const limits = { maxLoras, maxCpuLoras: Math.max(2, maxLoras + more) };
        const requests = [...all].sort((one, other) => one.arrivedMs - other.arrivedMs);
        const acts = [...given].sort((one, other) => one.atMs - other.atMs);
        const whole = deriveCache(requests, acts, limits, before);
        let state: CacheState = stateBefore(before, limits);
        let settledMs: number | null = null;
        const uses = [];
        const ends = [...cuts.sort((one, other) => one - other), Number.POSITIVE_INFINITY];
        for (const [index, cutMs] of ends.entries()) {
          const fromMs = ends[index - 1] ?? Number.NEGATIVE_INFINITY;
          const alive = requests.filter(({ arrivedMs, endedMs }) => Math.max(endedMs, arrivedMs + 0.5) >= fromMs);
          const since = acts.filter(({ atMs }) => atMs >= fromMs);
          const part = followCache(state, alive, since, limits, { fromMs, cutMs });
          expect(part.lateMs).toBeNull();
          uses.push(...part.uses.filter(({ atMs }) => atMs < cutMs));
          state = JSON.parse(JSON.stringify(part.after));
          settledMs = part.settledMs;
        }
        expect(uses).toEqual(whole.uses);
        expect(settledMs).toEqual(whole.settledMs);
      }),
      { numRuns: 5_000 },
    );
  });

  it("lets a request run on whose adapter was unloaded while it waited, and loaded again", () => {
    const acts = [
      { kind: "unload" as const, loraName: "b", atMs: 1 },
      { kind: "load" as const, loraName: "b", atMs: 2 },
    ];
    const { uses } = deriveCache([asked("a", 0, 1), asked("b", 0, 3)], acts, { maxLoras: 1, maxCpuLoras: 2 }, "empty");
    expect(uses.map(({ adapter, atMs }) => [adapter, atMs])).toEqual([
      ["a", 0],
      ["b", 1],
      ["b", 2],
    ]);
  });

  it("knows in the next part that a name was unloaded while a request for it waited", () => {
    const requests = [asked("a", 0, 3), asked("b", 1, 4)];
    const acts = [
      { kind: "unload" as const, loraName: "b", atMs: 2 },
      { kind: "load" as const, loraName: "b", atMs: 4 },
    ];
    const limits = { maxLoras: 1, maxCpuLoras: 2 };
    const first = followCache(stateBefore("empty", limits), requests, acts, limits, { fromMs: 0, cutMs: 3 });
    const next = followCache(first.after, requests, acts.slice(1), limits, { fromMs: 3, cutMs: 50 });
    expect(next.uses.map(({ adapter, by, atMs }) => [adapter, by, atMs])).toEqual([
      ["b", "request", 3],
      ["b", "load", 4],
    ]);
  });

  it("lets who was not known of begin with the part, and tells since when it ran", () => {
    const state = stateBefore("empty", LIMITS);
    const requests = [asked("a", 5, 30), asked("b", 12, 20), asked(null, 1, 40)];
    const { uses, lateMs } = followCache(state, requests, [], LIMITS, { fromMs: 10, cutMs: 50 });
    expect(lateMs).toBe(5);
    expect(uses.map(({ adapter, atMs }) => [adapter, atMs])).toEqual([
      ["a", 10],
      ["b", 12],
    ]);
  });

  it("forgets who runs but of whose end nobody tells", () => {
    const first = followCache(stateBefore("empty", LIMITS), [asked("a", 5, 30)], [], LIMITS, { fromMs: 0, cutMs: 10 });
    expect(first.after.work.running).toHaveLength(1);
    const next = followCache(first.after, [asked("b", 12, 20)], [], LIMITS, { fromMs: 10, cutMs: 15 });
    expect(next.after.work.running.map(({ name }) => name)).toEqual(["b"]);
  });

  it("takes a load that is told after the first request for the same adapter, and one after an unload for another", () => {
    const told = (acts: NodeAct[]) => deriveCache([asked("a", 1, 2)], acts, LIMITS, "unknown").uses.map(({ by }) => by);
    expect(told([load("a", 5)])).toEqual(["request"]);
    expect(told([{ kind: "unload", loraName: "a", atMs: 4 }, load("a", 5)])).toEqual(["request", "load"]);
  });
});
