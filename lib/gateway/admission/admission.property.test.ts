import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeSlots, Place } from "./ask.ts";
import { AdmissionWorld, type Asked, node } from "./testing/admission-world.ts";

const NODES = ["node-1", "node-2", "node-3"];
const index = fc.nat({ max: 1_000 });
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      tenant: fc.nat({ max: 6 }),
      second: fc.boolean(),
      isBase: fc.boolean(),
      isBackground: fc.boolean(),
      weight: fc.constantFrom(1, 2, 5),
      tokens: fc.nat({ max: 3_000 }),
      nodes: fc.subarray(NODES, { minLength: 1 }),
      maxWaitMs: fc.constantFrom(0, 30, 5_000, 1e6),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("release" as const), which: index, spent: fc.option(index) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), which: index }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat({ max: 200 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("restart" as const),
      node: fc.constantFrom(...NODES),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), nodes: fc.subarray(NODES) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("measure" as const),
      node: fc.constantFrom(...NODES),
      tiers: fc.dictionary(fc.constantFrom("t0", "t1", "t2", "t3"), fc.constantFrom("gpu", "cpu", "absent" as const)),
      agoMs: fc.nat({ max: 100 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
const limits = fc.record({
  maxLoras: fc.integer({ min: 1, max: 4 }),
  more: fc.nat({ max: 4 }),
  maxInFlight: fc.integer({ min: 1, max: 10 }),
  queueMax: fc.integer({ min: 1, max: 20 }),
  maxBatchWaitMs: fc.constantFrom(0, 50),
  saturationWaitMs: fc.constantFrom(500, 1e9),
});
type Limits = typeof limits extends fc.Arbitrary<infer L> ? L : never;

type Running = { place: Place; engine: string; name: string | null; isBackground: boolean };

/** Plays steps and keeps its own books of what runs where, by the answers alone. */
class Player {
  readonly world: AdmissionWorld;
  readonly all: Asked[] = [];
  readonly #limits: Limits;
  #fleet: NodeSlots[];
  readonly #waitingUsers = new Set<Asked>();
  #running: Running[] = [];

  constructor(limit: Limits) {
    const { maxLoras, more, maxInFlight } = limit;
    this.#limits = limit;
    this.#fleet = NODES.map((id) => node(id, { maxLoras, maxCpuLoras: maxLoras + more, maxInFlight }));
    this.world = new AdmissionWorld(this.#fleet, limit);
  }

  play(one: Step): void {
    const { clock, admission } = this.world;
    switch (one.do) {
      case "ask":
        this.#ask(one);
        break;
      case "release": {
        const [ended] = this.#running.splice(one.which % Math.max(1, this.#running.length), 1);
        ended?.place.release(one.spent ?? undefined);
        ended?.place.release();
        break;
      }
      case "cancel": {
        const asked = this.all[one.which % Math.max(1, this.all.length)];
        if (asked !== undefined) this.#waitingUsers.delete(asked);
        asked?.ticket.cancel();
        break;
      }
      case "wait":
        clock.advance(one.ms);
        break;
      case "restart":
        this.#renew([one.node]);
        this.world.configure(this.#fleet, this.#limits);
        break;
      case "remove": {
        const left = this.#fleet.filter(({ nodeId }) => !one.nodes.includes(nodeId));
        this.world.configure(left, this.#limits);
        this.#renew(one.nodes);
        this.world.configure(this.#fleet, this.#limits);
        break;
      }
      case "measure": {
        const tiers = new Map(Object.entries(one.tiers));
        const epoch = this.#fleet.find(({ nodeId }) => nodeId === one.node)?.epoch ?? 0;
        admission.observeResidency(one.node, epoch, tiers, clock.now() - one.agoMs);
      }
    }
  }

  /** Their engines are new ones. */
  #renew(nodes: readonly string[]): void {
    this.#fleet = this.#fleet.map((slots) =>
      nodes.includes(slots.nodeId) ? { ...slots, epoch: slots.epoch + 1 } : slots,
    );
  }

  #ask(one: Extract<Step, { do: "ask" }>): void {
    const name = one.isBase ? null : `t${one.tenant}${one.second ? "b" : ""}`;
    const isBackground = one.isBackground;
    let asked: Asked | null = null;
    asked = this.world.ask(
      `t${one.tenant}`,
      {
        name,
        priority: isBackground ? "background" : "user",
        weight: one.weight,
        tokens: one.tokens,
        nodes: one.nodes,
        maxWaitMs: one.maxWaitMs,
      },
      (result) => {
        if (asked) this.#waitingUsers.delete(asked);
        if (!("nodeId" in result)) return;
        const epoch = this.#fleet.find(({ nodeId }) => nodeId === result.nodeId)?.epoch;
        if (isBackground) expect(this.#waitingUsers.size).toBe(0);
        this.#running.push({ place: result, engine: `${result.nodeId} ${epoch}`, name, isBackground });
        expect(one.nodes).toContain(result.nodeId);
        expect(result.heldMs).toBeLessThanOrEqual(this.#limits.maxBatchWaitMs);
        this.check();
      },
    );
    this.all.push(asked);
    if (!isBackground && asked.fate === "waits") this.#waitingUsers.add(asked);
  }

  /** No node ever runs more than it may. */
  check(): void {
    const { maxLoras, maxInFlight, queueMax } = this.#limits;
    for (const engine of new Set(this.#running.map((one) => one.engine))) {
      const here = this.#running.filter((one) => one.engine === engine);
      const adapters = (some: Running[]) => new Set(some.flatMap(({ name }) => (name === null ? [] : [name]))).size;
      expect(here.length).toBeLessThanOrEqual(maxInFlight);
      expect(adapters(here)).toBeLessThanOrEqual(maxLoras);
      const background = here.filter(({ isBackground }) => isBackground);
      expect(background.length).toBeLessThanOrEqual(Math.max(1, maxInFlight / 2));
      expect(adapters(background)).toBeLessThanOrEqual(Math.max(1, maxLoras / 2));
    }
    expect(this.world.pool().waiting).toBeLessThanOrEqual(queueMax);
  }

  /** Ends everything that runs, until nothing waits; in between nodes rest from background work. */
  finish(): void {
    for (let turn = 0; turn < 2_000 && (this.#running.length > 0 || this.world.clock.pending > 0); turn += 1) {
      if (this.#running.length === 0) this.play({ do: "wait", ms: 1_000 });
      else this.play({ do: "release", which: 0, spent: null });
    }
  }
}

describe("any schedule", () => {
  it("keeps within slots, places, shares and the queue, and answers each request once", () => {
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 120 }), (limit, steps) => {
        const player = new Player(limit);
        for (const one of steps) {
          player.play(one);
          player.check();
        }
        player.finish();
        for (const asked of player.all) expect(asked.results.length).toBeLessThanOrEqual(1);
        const report = player.world.admission.report();
        expect(report.pools[0]?.waiting).toBe(0);
        for (const one of report.nodes) expect([one.inFlight, one.adapters]).toEqual([0, 0]);
        const answered = player.all.filter(({ results }) => results.length === 1);
        const counted = player.world.pool();
        const shed = Object.values(counted.shed).reduce((sum, count) => sum + count, 0);
        expect(counted.granted + shed).toBe(answered.length);
        expect(player.world.clock.pending).toBe(0);
      }),
      { numRuns: 400 },
    );
  });
});

describe("nobody starves", () => {
  const OVERRUN = 1_500;
  const DEAREST_SWAP = 590 * 1.5;
  const adversary = fc.record({
    tenant: fc.nat({ max: 5 }),
    tokens: fc.integer({ min: 1, max: 2_000 }),
    releases: fc.nat({ max: 3 }),
  });

  it("waits for no more than each other tenant's overrun and a request of it, whatever they send", () => {
    const shape = fc.record({
      maxLoras: fc.integer({ min: 1, max: 3 }),
      maxInFlight: fc.integer({ min: 1, max: 12 }),
      weights: fc.array(fc.constantFrom(0.5, 1, 3), { minLength: 6, maxLength: 6 }),
    });
    fc.assert(
      fc.property(shape, fc.array(adversary, { minLength: 20, maxLength: 60 }), fc.nat({ max: 40 }), (one, ops, at) => {
        const { maxLoras, maxInFlight, weights } = one;
        const world = new AdmissionWorld([node("node-1", { maxLoras, maxInFlight })], {
          queueMax: 10_000,
          saturationWaitMs: 1e9,
        });
        const running: Place[] = [];
        let work = 0;
        const send = (tenant: number, tokens: number) => {
          const weight = weights[tenant] ?? 1;
          world.ask(`t${tenant}`, { tokens, weight, maxWaitMs: 1e9 }, (result) => {
            if (!("nodeId" in result)) return;
            running.push(result);
            work += tokens;
          });
        };
        for (const op of ops.slice(0, at)) send(op.tenant, op.tokens);
        work = 0;
        const victim = world.ask("victim", { maxWaitMs: 1e9 });
        // the others go on for ever, and end what they began
        for (let round = 0; victim.fate === "waits" && round < 10_000; round += 1) {
          const op = ops[round % ops.length];
          if (op === undefined) break;
          send(op.tenant, op.tokens);
          for (let count = 0; count <= op.releases; count += 1) running.shift()?.release();
        }
        expect(victim.fate).toBe("node-1");
        const bound = weights.reduce((sum, weight) => sum + weight * OVERRUN + 2 * (2_000 + DEAREST_SWAP), 0);
        expect(work).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 200 },
    );
  });

  it("gives no credit for having been away, and no blame for having been busy alone", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 8, maxInFlight: 2 })], {
      queueMax: 10_000,
      saturationWaitMs: 1e9,
    });
    const running: Place[] = [];
    const served = new Map<string, number>();
    const send = (tenantId: string, count: number) => {
      for (let sent = 0; sent < count; sent += 1)
        world.ask(tenantId, { tokens: 500, maxWaitMs: 1e9 }, (result) => {
          if (!("nodeId" in result)) return;
          running.push(result);
          served.set(tenantId, (served.get(tenantId) ?? 0) + 1);
        });
    };
    send("old", 200);
    for (let count = 0; count < 100; count += 1) running.shift()?.release();
    served.clear();
    send("new", 100);
    for (let count = 0; count < 40; count += 1) running.shift()?.release();
    expect(Math.abs((served.get("old") ?? 0) - (served.get("new") ?? 0))).toBeLessThanOrEqual(5);
  });

  it("serves backlogged tenants by their weights", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 }), (weights) => {
        const maxInFlight = 2;
        const world = new AdmissionWorld([node("node-1", { maxLoras: 8, maxInFlight })], {
          queueMax: 100_000,
          saturationWaitMs: 1e9,
        });
        const running: Place[] = [];
        const served = weights.map(() => 0);
        for (const [tenant, weight] of weights.entries())
          for (let count = 0; count < 400; count += 1)
            world.ask(`t${tenant}`, { weight, tokens: 500, maxWaitMs: 1e9 }, (result) => {
              if (!("nodeId" in result)) return;
              running.push(result);
              served[tenant] = (served[tenant] ?? 0) + 500 / weight;
            });
        for (let count = 0; count < 150; count += 1) running.shift()?.release();
        const spread = Math.max(...served) - Math.min(...served);
        // a tenant is never further ahead than its dearest request, the places it may hold, and its first swap
        expect(spread).toBeLessThanOrEqual(500 * (maxInFlight + 1) + DEAREST_SWAP);
      }),
      { numRuns: 50 },
    );
  });
});
