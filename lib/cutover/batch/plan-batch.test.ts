import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BatchFacts, countFitting, neededPeak, type PlanRow, planBatch } from "./plan-batch.ts";

const row = (position: number, change: Partial<PlanRow> = {}): PlanRow => ({
  position,
  state: "waiting",
  phase: null,
  spare: null,
  adds: [],
  ...change,
});
const facts = (rows: PlanRow[], change: Partial<BatchFacts> = {}): BatchFacts => ({
  state: "running",
  stoppedBy: null,
  atOnce: 2,
  stopAfterFailures: 1,
  failuresForgiven: 0,
  hold: null,
  rows,
  room: new Map([["a", { name: "node-a", needed: 46, places: 48 }]]),
  ...change,
});
const running = (position: number, change: Partial<PlanRow> = {}) =>
  row(position, { state: "running", phase: "canary", ...change });
const failed = (position: number) => row(position, { state: "failed", phase: "aborted" });
const FULL = new Map([["a", { name: "node-a", needed: 48, places: 48 }]]);

describe("a batch", () => {
  it.each<[string, BatchFacts, ReturnType<typeof planBatch>]>([
    ["starts the first that waits", facts([running(0), row(1), row(2)]), { kind: "start", position: 1 }],
    ["starts no more than may be at once", facts([running(0), running(1), row(2)]), { kind: "wait", message: null }],
    [
      "takes what has ended first",
      facts([running(0, { phase: "completed" }), running(1, { phase: "rolled_back" }), row(2)]),
      {
        kind: "settle",
        rows: [
          { position: 0, state: "completed", reason: null },
          { position: 1, state: "failed", reason: null },
        ],
      },
    ],
    [
      "passes over what needs no cutover",
      facts([row(0, { spare: "Version 2 is live already." }), row(1)]),
      { kind: "settle", rows: [{ position: 0, state: "skipped", reason: "Version 2 is live already." }] },
    ],
    [
      "counts what is rolled back after it had completed",
      facts([row(0, { state: "completed", phase: "rolled_back" }), row(1)]),
      { kind: "settle", rows: [{ position: 0, state: "failed", reason: null }] },
    ],
    ["stops at its limit", facts([failed(0), running(1), row(2)]), { kind: "stop", failures: 1 }],
    ["stops also while it is paused", facts([failed(0), row(1)], { state: "paused" }), { kind: "stop", failures: 1 }],
    [
      "does not count again what was forgiven",
      facts([failed(0), row(1)], { failuresForgiven: 1 }),
      { kind: "start", position: 1 },
    ],
    ["ends when nothing is left, whatever failed", facts([failed(0)]), { kind: "complete" }],
    [
      "starts nothing while it is stopped, and says that the rest goes on",
      facts([failed(0), running(1), row(2)], { state: "stopped", stoppedBy: "failures" }),
      { kind: "wait", message: "No new cutovers start. Running cutovers continue behind their own guards." },
    ],
    [
      "stays stopped by hand once all have ended",
      facts([row(0, { state: "skipped" })], { state: "stopped", stoppedBy: "hand" }),
      { kind: "wait", message: null },
    ],
    [
      "waits under a freeze",
      facts([row(0)], { hold: "Paused by freeze window." }),
      { kind: "wait", message: "Paused by freeze window." },
    ],
    [
      "passes over what does not fit, and starts what does",
      facts([row(0, { adds: ["a"] }), row(1, { adds: [] })], { room: FULL }),
      { kind: "start", position: 1 },
    ],
    [
      "waits for a place in the CPU cache",
      facts([running(0), row(1, { adds: ["a"] })], { room: FULL }),
      {
        kind: "wait",
        message:
          "node-a has 48 versions to keep in 48 places of its CPU cache. The next waits until one under way has ended.",
      },
    ],
    [
      "says what to do where no place would ever come",
      facts([row(1, { adds: ["a"] })], { room: FULL }),
      {
        kind: "wait",
        message:
          "node-a has 48 versions to keep in 48 places of its CPU cache. Nothing of this batch is under way: raise max_cpu_loras, add a node, or unstage versions.",
      },
    ],
  ])("%s", (_name, given, step) => {
    expect(planBatch(given)).toEqual(step);
  });
});

describe("room in the CPU caches", () => {
  const room = new Map([
    ["a", { name: "node-a", needed: 46, places: 48 }],
    ["b", { name: "node-b", needed: 10, places: 48 }],
  ]);
  it("is counted node by node", () => {
    const everywhere = Array.from({ length: 40 }, () => ({ adds: ["a", "b"] }));
    expect(countFitting(everywhere, room)).toBe(2);
    expect(countFitting([...everywhere, { adds: ["b"] }, { adds: [] }], room)).toBe(4);
  });

  it("is needed once for each under way, and for good by what goes live for the first time", () => {
    const there = [...Array.from({ length: 37 }, () => ({ isFirst: false })), { isFirst: true }];
    expect(neededPeak(40, there, 5)).toBe(46);
    expect(neededPeak(40, there, 100)).toBe(78);
    expect(neededPeak(40, [], 5)).toBe(40);
  });
});

type Event =
  | { kind: "tick" | "pause" | "resume" | "freeze" | "thaw" | "die" }
  | { kind: "end"; at: number; phase: "completed" | "aborted" | "rolled_back" }
  | { kind: "regret"; at: number };

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: "tick" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("pause", "resume", "freeze", "thaw", "die") }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("end" as const),
      at: fc.nat(20),
      phase: fc.constantFrom("completed", "completed", "completed", "aborted", "rolled_back"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("regret" as const), at: fc.nat(20) }) },
);

const NODES = ["a", "b"] as const;
const anyBatch = fc.record({
  rows: fc.array(fc.subarray([...NODES]), { minLength: 1, maxLength: 12 }),
  places: fc.integer({ min: 1, max: 6 }),
  atOnce: fc.integer({ min: 1, max: 5 }),
  stopAfterFailures: fc.integer({ min: 1, max: 3 }),
});

/** A catalog that does what the step says, or loses it with the worker. */
class World {
  readonly starts = new Map<number, number>();
  rows: PlanRow[];
  state: BatchFacts["state"] = "running";
  hold: string | null = null;
  forgiven = 0;
  constructor(readonly batch: { rows: string[][]; places: number; atOnce: number; stopAfterFailures: number }) {
    this.rows = batch.rows.map((adds, position) => row(position, { adds }));
  }

  count = (state: PlanRow["state"]) => this.rows.filter((one) => one.state === state).length;
  needed = (nodeId: string) =>
    this.rows.filter(({ state, adds }) => state === "running" && adds.includes(nodeId)).length;

  facts(): BatchFacts {
    const { places, atOnce, stopAfterFailures } = this.batch;
    const room = new Map(NODES.map((id) => [id, { name: id, needed: this.needed(id), places }]));
    const { rows, state, hold, forgiven: failuresForgiven } = this;
    const stoppedBy = state === "stopped" ? ("failures" as const) : null;
    return { state, stoppedBy, atOnce, stopAfterFailures, failuresForgiven, hold, rows, room };
  }

  change(position: number, change: Partial<PlanRow>) {
    this.rows = this.rows.map((one) => (one.position === position ? { ...one, ...change } : one));
  }

  tick() {
    for (;;) {
      const step = planBatch(this.facts());
      switch (step.kind) {
        case "wait":
          return;
        case "settle":
          for (const { position, state } of step.rows) this.change(position, { state });
          break;
        case "stop":
          this.state = "stopped";
          break;
        case "complete":
          this.state = "completed";
          break;
        case "start": {
          expect(this.state).toBe("running");
          expect(this.hold).toBeNull();
          expect(this.count("failed") - this.forgiven).toBeLessThan(this.batch.stopAfterFailures);
          this.starts.set(step.position, (this.starts.get(step.position) ?? 0) + 1);
          this.change(step.position, { state: "running", phase: "pending" });
        }
      }
      this.check();
    }
  }

  happen(event: Event) {
    const open = this.rows.filter(({ phase }) => phase === "pending");
    switch (event.kind) {
      case "tick":
        return this.tick();
      case "die":
        // it had decided, and nothing of it was kept
        planBatch(this.facts());
        return;
      case "pause":
        if (this.state === "running") this.state = "paused";
        return;
      case "resume":
        if (this.state === "stopped") this.forgiven = this.count("failed");
        if (this.state !== "completed") this.state = "running";
        return;
      case "freeze":
        this.hold = "Paused by freeze.";
        return;
      case "thaw":
        this.hold = null;
        return;
      case "end": {
        const chosen = open[event.at % Math.max(1, open.length)];
        if (chosen) this.change(chosen.position, { phase: event.phase });
        return;
      }
      case "regret": {
        const done = this.rows.filter(({ phase }) => phase === "completed");
        const chosen = done[event.at % Math.max(1, done.length)];
        if (chosen) this.change(chosen.position, { phase: "rolled_back" });
      }
    }
  }

  check() {
    expect(this.count("running")).toBeLessThanOrEqual(this.batch.atOnce);
    for (const times of this.starts.values()) expect(times).toBe(1);
    for (const nodeId of NODES) expect(this.needed(nodeId)).toBeLessThanOrEqual(this.batch.places);
    for (const { state, phase } of this.rows) expect(state === "waiting").toBe(phase === null);
  }
}

it("keeps to its limits whatever happens, starts nothing twice, and comes to an end", () => {
  fc.assert(
    fc.property(anyBatch, fc.array(anyEvent, { maxLength: 80 }), (batch, events) => {
      const world = new World(batch);
      for (const event of events) {
        world.happen(event as Event);
        world.check();
      }
      world.happen({ kind: "thaw" });
      for (let round = 0; world.state !== "completed"; round += 1) {
        expect(round).toBeLessThan(100);
        world.happen({ kind: "resume" });
        world.tick();
        world.happen({ kind: "end", at: 0, phase: "completed" });
      }
      expect(world.count("completed") + world.count("failed")).toBe(batch.rows.length);
    }),
    { numRuns: 500 },
  );
});
