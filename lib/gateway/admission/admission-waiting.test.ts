import { describe, expect, it } from "vitest";
import { AdmissionWorld, fates, node } from "./testing/admission-world.ts";

const TWO = [node("node-1"), node("node-2")];

describe("holding a request back", () => {
  /** Both nodes have room for one request more only on the one without a's weights. */
  function crowded(rules: { maxBatchWaitMs?: number } = {}) {
    const world = new AdmissionWorld([node("node-1", { maxInFlight: 8 }), node("node-2")], rules);
    world.admission.observeResidency("node-2", 1, new Map(), 0);
    // the mean service time of node-1 becomes short, so that waiting for it pays
    for (let round = 0; round < 60; round += 1) {
      const quick = world.ask("a", { nodes: ["node-1"] });
      world.clock.advance(20);
      quick.place?.release();
    }
    const running = world.askAll(8, "a", { nodes: ["node-1"] });
    return { world, running };
  }

  it("waits for a node with its weights when that pays, and is dispatched when it has room", () => {
    const { world, running } = crowded();
    const held = world.ask("a");
    expect(held.fate).toBe("waits");
    world.clock.advance(10);
    running[0]?.place?.release();
    expect([held.fate, held.place?.heldMs, held.place?.queuedMs]).toEqual(["node-1", 10, 0]);
    expect(world.tenant("a").held).toBe(1);
  });

  it("goes elsewhere after max_batch_wait_ms", () => {
    const { world } = crowded();
    const held = world.ask("a");
    world.clock.advance(49);
    expect(held.fate).toBe("waits");
    world.clock.advance(1);
    expect([held.fate, held.place?.heldMs, held.place?.tier]).toEqual(["node-2", 50, "disk"]);
  });

  it("counts as queued what it waits on after the hold, because the other node is full by then", () => {
    const { world, running } = crowded();
    const held = world.ask("a");
    world.askAll(8, "b", { nodes: ["node-2"], weight: 4 });
    world.clock.advance(80);
    for (const asked of running) asked.place?.release();
    expect([held.place?.heldMs, held.place?.queuedMs]).toEqual([50, 30]);
  });

  it("never holds with max_batch_wait_ms 0", () => {
    const { world } = crowded({ maxBatchWaitMs: 0 });
    expect(world.ask("a").fate).toBe("node-2");
  });

  it("ends the hold as soon as the node it hopes for is gone", () => {
    const { world } = crowded();
    const held = world.ask("a");
    world.clock.advance(5);
    world.configure([node("node-2")]);
    expect([held.fate, held.place?.heldMs]).toEqual(["node-2", 5]);
  });

  it("never holds what has room where it is resident", () => {
    const world = new AdmissionWorld(TWO);
    world.ask("a", { nodes: ["node-1"] }).place?.release();
    expect(world.ask("a").place?.heldMs).toBe(0);
  });
});

describe("the background", () => {
  const background = { priority: "background" } as const;

  it("leaves the last slot, and half of the slots, to users", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 4, maxInFlight: 32 })]);
    const evals = ["e1", "e2", "e3"].map((name) => world.ask(name, background));
    expect(fates(evals)).toEqual(["node-1", "node-1", "waits"]);
    expect(fates(["u1", "u2"].map((name) => world.ask(name)))).toEqual(["node-1", "node-1"]);
  });

  it("gets its turn on an idle node with one slot and one place", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1, maxInFlight: 1 })]);
    expect(world.ask("e", background).fate).toBe("node-1");
    const user = world.ask("u");
    const next = world.ask("e", background);
    expect(fates([user, next])).toEqual(["waits", "waits"]);
  });

  it("waits while any user of the pool waits", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 2 }), node("node-2", { maxLoras: 8 })]);
    const earlier = world.ask("f", { ...background, nodes: ["node-2"] });
    world.ask("a", { nodes: ["node-1"] });
    const b = world.ask("b", { nodes: ["node-1"] });
    const user = world.ask("c", { nodes: ["node-1"] });
    const evaluation = world.ask("e", { ...background, nodes: ["node-2"] });
    earlier.place?.release();
    expect(fates([user, evaluation])).toEqual(["waits", "waits"]);
    b.place?.release();
    expect(fates([user, evaluation])).toEqual(["node-1", "node-2"]);
  });

  it("never takes the last place, nor more than half of them", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 4, maxInFlight: 8 })]);
    expect(fates(world.askAll(5, "e", background)).filter((fate) => fate === "node-1")).toHaveLength(4);
    world.askAll(4, "u");
    expect(world.admission.report().nodes[0]?.inFlight).toBe(8);
  });

  it("is not counted as a queue of customers", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 1, maxInFlight: 1 })]);
    world.ask("u");
    world.ask("e", background);
    expect(world.pool()).toMatchObject({ waiting: 0, oldestWaitMs: null, waitingInBackground: 1 });
    expect(world.tenant("e")).toMatchObject({ waiting: 0, oldestWaitMs: null });
  });

  it("has one place on a node that customers use, and rests nine times as long as it ran beside them", () => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 8, maxInFlight: 64 })]);
    const user = world.ask("u");
    const evals = world.askAll(3, "e", background);
    expect(fates(evals)).toEqual(["node-1", "waits", "waits"]);
    world.clock.advance(100);
    evals[0]?.place?.release();
    world.clock.advance(899);
    expect(evals[1]?.fate).toBe("waits");
    world.clock.advance(1);
    expect(fates(evals)).toEqual(["node-1", "node-1", "waits"]);
    // between customers' requests it rests as long as it ran
    user.place?.release();
    world.clock.advance(50);
    evals[1]?.place?.release();
    world.clock.advance(49);
    expect(evals[2]?.fate).toBe("waits");
    world.clock.advance(1);
    expect(evals[2]?.fate).toBe("node-1");
  });

  it.each([
    { agoMs: 10 * 60_000 - 1, running: 1 },
    { agoMs: 10 * 60_000, running: 4 },
  ])("has half of a node that no customer has used for ten minutes: $running of 5 after $agoMs ms", (one) => {
    const world = new AdmissionWorld([node("node-1", { maxLoras: 8, maxInFlight: 8 })]);
    world.ask("u").place?.release();
    world.clock.advance(one.agoMs);
    expect(fates(world.askAll(5, "e", background)).filter((fate) => fate === "node-1")).toHaveLength(one.running);
  });
});
