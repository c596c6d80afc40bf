import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Schedulable, Scheduler } from "./scheduler.ts";

const LIMITS = { maxLoras: 2, maxNumSeqs: 8, maxBatchedTokens: 1000, kvBlocks: 100 };
const request = (id: string, loraId: number | null, more: Partial<Schedulable> = {}): Schedulable => ({
  id,
  loraId,
  prefillLeft: 10,
  kvBlocks: 1,
  ...more,
});
const ids = (list: readonly Schedulable[]) => list.map((entry) => entry.id);

describe("Scheduler", () => {
  it("lets base requests and admitted adapters overtake one adapter too many", () => {
    const scheduler = new Scheduler<Schedulable>(LIMITS);
    for (const [id, lora] of [
      ["a", 1],
      ["b", 2],
      ["c", 3],
      ["d", 1],
      ["base", null],
    ] as const)
      scheduler.add(request(id, lora));
    expect(ids(scheduler.plan().admitted)).toEqual(["a", "b", "d", "base"]);
    expect(ids(scheduler.deferred)).toEqual(["c"]);
    expect(ids(scheduler.waiting)).toEqual([]);
  });

  it("looks at skipped requests first once a slot is free, and never ages them", () => {
    const scheduler = new Scheduler<Schedulable>(LIMITS);
    const [a, b] = [request("a", 1), request("b", 2)];
    for (const entry of [a, b, request("c", 3)]) scheduler.add(entry);
    scheduler.plan();
    scheduler.add(request("a2", 1));
    expect(ids(scheduler.plan().admitted)).toEqual(["a2"]);
    scheduler.remove(b);
    scheduler.add(request("e", 4));
    expect(ids(scheduler.plan().admitted)).toEqual(["c"]);
    expect(ids(scheduler.deferred)).toEqual(["e"]);
  });

  it("keeps requests waiting for capacity apart from deferred ones", () => {
    const scheduler = new Scheduler<Schedulable>({ ...LIMITS, maxNumSeqs: 2 });
    for (const [id, lora] of [
      ["a", 1],
      ["b", 2],
      ["c", 1],
      ["d", 3],
    ] as const)
      scheduler.add(request(id, lora));
    scheduler.plan();
    expect([ids(scheduler.waiting), ids(scheduler.deferred)]).toEqual([["c", "d"], []]);
  });

  it("computes a long prompt in pieces of the batch budget", () => {
    const scheduler = new Scheduler<Schedulable>({ ...LIMITS, maxBatchedTokens: 64 });
    scheduler.add(request("long", null, { prefillLeft: 100 }));
    scheduler.add(request("short", null));
    expect(scheduler.plan().scheduled.map((entry) => [entry.request.id, entry.prefillTokens])).toEqual([["long", 64]]);
  });

  it("admits nothing that could run out of KV blocks", () => {
    const scheduler = new Scheduler<Schedulable>(LIMITS);
    scheduler.add(request("big", null, { kvBlocks: 90 }));
    scheduler.add(request("next", null, { kvBlocks: 20 }));
    expect(ids(scheduler.plan().admitted)).toEqual(["big"]);
    expect(scheduler.usedKvBlocks).toBe(90);
  });
});

describe("Scheduler, whatever comes and goes", () => {
  const arrivals = fc.record({
    loraId: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
    steps: fc.integer({ min: 1, max: 6 }),
    kvBlocks: fc.integer({ min: 1, max: 30 }),
    atStep: fc.integer({ min: 0, max: 20 }),
  });

  it("keeps every limit, loses nobody, and is first come first served within one adapter", () => {
    fc.assert(
      fc.property(fc.array(arrivals, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (specs, maxLoras) => {
        const limits = { ...LIMITS, maxLoras, kvBlocks: 60 };
        const scheduler = new Scheduler<Schedulable & { left: number }>(limits);
        const waiting = specs.map((spec, at) => ({ ...request(`${at}`, spec.loraId, spec), left: spec.steps, spec }));
        const admitted: (Schedulable & { left: number })[] = [];
        let finished = 0;
        for (let step = 0; step < 400 && finished < waiting.length; step += 1) {
          for (const entry of waiting) if (entry.spec.atStep === step) scheduler.add(entry);
          const plan = scheduler.plan();
          admitted.push(...plan.admitted);
          const running = plan.scheduled.map((entry) => entry.request);
          expect(new Set(running.flatMap(({ loraId }) => loraId ?? [])).size).toBeLessThanOrEqual(maxLoras);
          expect(scheduler.running.length).toBeLessThanOrEqual(limits.maxNumSeqs);
          expect(scheduler.usedKvBlocks).toBeLessThanOrEqual(limits.kvBlocks);
          for (const entry of running) {
            entry.left -= 1;
            if (entry.left > 0) continue;
            scheduler.remove(entry);
            finished += 1;
          }
        }
        expect(finished).toBe(waiting.length);
        const order = waiting.toSorted((a, b) => a.spec.atStep - b.spec.atStep).map(({ id }) => id);
        for (const lora of new Set(admitted.map(({ loraId }) => loraId))) {
          const places = admitted.filter(({ loraId }) => loraId === lora).map(({ id }) => order.indexOf(id));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 200 },
    );
  });
});
