import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedHot, SERVICE_SECONDS } from "./expected-hot.ts";
import { explainDecision, explainShortfall } from "./explain-placement.ts";
import { type PlanAdapter, type PlanNode, replicasOf } from "./placement-board.ts";
import { type PlannedPlacement, planPlacement } from "./plan-placement.ts";

const node = (id: string, change: Partial<PlanNode> = {}): PlanNode => ({
  id,
  name: id,
  away: null,
  slots: 12,
  room: 48,
  fixed: { copies: 0, bytes: 0 },
  ...change,
});
const adapter = (id: string, change: Partial<PlanAdapter> = {}): PlanAdapter => ({
  id,
  replicas: 1,
  pins: [],
  present: [],
  near: [],
  copies: 1,
  bytes: 42e6,
  demand: null,
  ...change,
});
/** An adapter that is expected to take this share of a slot, with one replica. */
const hot = (share: number) => ({
  requestsPerMinute: (-Math.log(1 - share) / SERVICE_SECONDS) * 60,
  peakConcurrent: 1,
});
type Input = { nodes: readonly PlanNode[]; adapters: readonly PlanAdapter[] };
const plan = (input: Input, rebalance = true) => planPlacement(input, { rebalance });
const changes = ({ decisions }: PlannedPlacement) =>
  decisions
    .filter(({ action }) => action !== "keep")
    .map(({ adapterId, nodeId, action }) => `${action} ${adapterId} ${nodeId}`);
const applied = (input: Input, { targets }: PlannedPlacement): Input => ({
  ...input,
  adapters: input.adapters.map((one) => ({
    ...one,
    present: targets.get(one.id) ?? [],
    near: targets.get(one.id) ?? [],
  })),
});
const words = (input: Input, made: PlannedPlacement, action: string) =>
  made.decisions
    .filter((decision) => decision.action === action)
    .map((decision) => {
      const of = input.adapters.find(({ id }) => id === decision.adapterId);
      return of ? explainDecision(decision, of, made) : "";
    });

describe("how hot an adapter is", () => {
  it("is the chance that one of its requests runs, shared by its nodes", () => {
    expect(expectedHot(null, 1)).toBe(0);
    expect(expectedHot({ requestsPerMinute: 0, peakConcurrent: 0 }, 1)).toBe(0);
    expect(expectedHot({ requestsPerMinute: 5, peakConcurrent: 1 }, 1)).toBeCloseTo(0.0408, 4);
    expect(expectedHot({ requestsPerMinute: 120, peakConcurrent: 9 }, 1)).toBeCloseTo(1 - Math.exp(-1), 9);
    expect(expectedHot({ requestsPerMinute: 120, peakConcurrent: 9 }, 2)).toBeCloseTo(1 - Math.exp(-0.5), 9);
  });
});

describe("a plan", () => {
  it("puts everything on every serving node where nobody set a number", () => {
    const input = {
      nodes: [node("a"), node("b", { away: "is cordoned" })],
      adapters: [adapter("x", { replicas: null })],
    };
    expect(changes(plan(input))).toEqual(["add x a", "add x b"]);
  });

  it("fills the emptiest nodes, hot adapters first, each on nodes of its own", () => {
    const adapters = [0.9, 0.8, 0.5, 0.4].map((share, index) => adapter(`x${index}`, { demand: hot(share) }));
    const made = plan({ nodes: [node("a"), node("b")], adapters });
    expect(Object.fromEntries(made.targets)).toEqual({ x0: ["a"], x1: ["b"], x2: ["b"], x3: ["a"] });
    const twice = plan({ nodes: [node("a"), node("b"), node("c")], adapters: [adapter("x", { replicas: 2 })] });
    expect(twice.targets.get("x")).toEqual(["a", "b"]);
  });

  it("spreads cold adapters evenly, by count and then by bytes", () => {
    const adapters = Array.from({ length: 40 }, (_, index) => adapter(`x${index}`, { bytes: 30e6 + index * 1e6 }));
    const { after } = plan({ nodes: [node("a"), node("b")], adapters });
    expect([...after.values()].map(({ adapters: count }) => count)).toEqual([20, 20]);
    const [a, b] = [...after.values()].map(({ bytes }) => bytes);
    expect(Math.abs((a ?? 0) - (b ?? 0))).toBeLessThan(41e6);
  });

  it("says how full the nodes are when it moves something", () => {
    const adapters = Array.from({ length: 12 }, (_, index) =>
      adapter(`x${index}`, { present: ["a100-2"], near: ["a100-2"], demand: hot(0.92) }),
    );
    const input = { nodes: [node("a100-1"), node("a100-2")], adapters };
    const made = plan(input);
    expect(words(input, made, "add")[0]).toBe(
      "Comes from a100-2: 11 of 12 GPU slots busy on average. a100-1: 0 of 12 GPU slots busy on average before the move.",
    );
    expect(words(input, made, "remove")[0]).toBe(
      "Goes to a100-1. a100-2: 11 of 12 GPU slots busy on average. It stays until a100-1 has proven it.",
    );
    expect(words(input, made, "keep")[0]).toBe(
      "It is here, and no other node is emptier by enough to move it. a100-2: 5.5 of 12 GPU slots busy on average.",
    );
    expect([...made.after.values()].map(({ adapters: count }) => count)).toEqual([6, 6]);
  });

  it("moves nothing for the sake of balance unless asked to", () => {
    const adapters = Array.from({ length: 10 }, (_, index) =>
      adapter(`x${index}`, { present: ["a"], demand: hot(0.5) }),
    );
    expect(changes(plan({ nodes: [node("a"), node("b")], adapters }, false))).toEqual([]);
  });

  it("keeps what is on a node that is away, and puts nothing there", () => {
    const nodes = [node("a", { away: "is cordoned" }), node("b")];
    const adapters = [adapter("x", { present: ["a"], demand: hot(0.9) }), adapter("y", { demand: hot(0.9) })];
    const made = plan({ nodes, adapters });
    expect(changes(made)).toEqual(["add y b"]);
    expect(words({ nodes, adapters }, made, "keep")).toEqual([
      "a is cordoned: what it has stays, so that a short absence moves nothing.",
    ]);
    expect(made.shortfalls).toEqual([{ adapterId: "x", kind: "nobody_serves", nodeIds: ["a"] }]);
    expect(explainShortfall({ adapterId: "x", kind: "nobody_serves", nodeIds: ["a"] }, made).reason).toBe(
      "None of its nodes serves now: a is cordoned. Its requests fall back.",
    );
  });

  it("puts an adapter elsewhere when its node was removed", () => {
    expect(changes(plan({ nodes: [node("b")], adapters: [adapter("x", { present: ["gone"] })] }))).toEqual(["add x b"]);
  });

  it("of a pool without nodes places nothing, and says what to do", () => {
    const made = plan({ nodes: [], adapters: [adapter("x", { replicas: null }), adapter("y")] });
    expect(changes(made)).toEqual([]);
    expect(made.shortfalls.map((shortfall) => explainShortfall(shortfall, made).fix)).toEqual([
      "Add a node to the pool.",
      "Add a node to the pool.",
    ]);
  });

  it("follows pins before anything else, and leaves the node that was there", () => {
    const input = { nodes: [node("a"), node("b")], adapters: [adapter("x", { present: ["a"], pins: ["b"] })] };
    const made = plan(input);
    expect(changes(made)).toEqual(["remove x a", "add x b"]);
    expect(words(input, made, "add")).toEqual([
      "Pinned here. b: 0 of 12 GPU slots busy on average. No request for it was seen yet: it is taken as cold.",
    ]);
    expect(words(input, made, "remove")[0]).toContain("1 of 1 nodes suffice. a: 0 of 12 GPU slots busy on average.");
  });

  it("places on all nodes when more are wanted, and says so", () => {
    const made = plan({ nodes: [node("a"), node("b")], adapters: [adapter("x", { replicas: 3 })] });
    expect(changes(made)).toEqual(["add x a", "add x b"]);
    expect(made.shortfalls.map((shortfall) => explainShortfall(shortfall, made))).toEqual([
      {
        reason: "Wanted on 3 nodes, and the pool has 2: it is placed on all of them.",
        fix: "Add a node, or set replicas to 2.",
      },
    ]);
  });

  it("never fills a node over its host memory while another has room, and tells when none has", () => {
    const small = (id: string) => node(id, { room: 2 });
    const five = Array.from({ length: 5 }, (_, index) => adapter(`x${index}`, { present: ["a"] }));
    const made = plan({ nodes: [small("a"), small("b")], adapters: five }, false);
    expect([...made.after.values()].map(({ copies }) => copies)).toEqual([3, 2]);
    expect(made.shortfalls).toHaveLength(1);
    const [short] = made.shortfalls;
    expect(short && explainShortfall(short, made).reason).toBe(
      "a has 3 copies against room for 2, and no other node can take it: vLLM will repeatedly read it from disk.",
    );
  });

  it("counts what is only kept warm as copies, not as hot", () => {
    const made = plan({ nodes: [node("a")], adapters: [adapter("x", { copies: 2, bytes: 84e6, demand: hot(0.5) })] });
    expect(made.after.get("a")).toMatchObject({ copies: 2, bytes: 84e6, adapters: 1 });
    expect(made.after.get("a")?.hot).toBeCloseTo(0.5, 9);
  });

  it("prefers a node that has a version of the adapter already", () => {
    const nodes = [node("a"), node("b")];
    expect(changes(plan({ nodes, adapters: [adapter("x", { near: ["b"] })] }))).toEqual(["add x b"]);
  });

  it("thins out onto even nodes", () => {
    const adapters = Array.from({ length: 40 }, (_, index) => adapter(`x${index}`, { present: ["a", "b"] }));
    const made = plan({ nodes: [node("a"), node("b")], adapters }, false);
    expect([...made.after.values()].map(({ adapters: count }) => count)).toEqual([20, 20]);
    expect(changes(made).every((change) => change.startsWith("remove"))).toBe(true);
  });
});

const nodeIds = ["a", "b", "c", "d"];
const some = fc.subarray(nodeIds);
const anyNode = (id: string) =>
  fc.record({
    id: fc.constant(id),
    name: fc.constant(id),
    away: fc.constantFrom(null, null, null, "is cordoned"),
    slots: fc.integer({ min: 4, max: 16 }),
    room: fc.integer({ min: 4, max: 60 }),
    fixed: fc.record({ copies: fc.nat(3), bytes: fc.nat(100_000_000) }),
  });
const anyAdapter = (id: string, maxRate: number) =>
  fc.record({
    id: fc.constant(id),
    replicas: fc.constantFrom(null, 1, 1, 1, 2, 2, 3, 6),
    pins: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some }),
    present: fc.oneof(some, fc.constant(["a"]), fc.constant([]), fc.constant(["gone"])),
    near: some,
    copies: fc.integer({ min: 1, max: 3 }),
    bytes: fc.integer({ min: 1_000_000, max: 200_000_000 }),
    demand: fc.option(
      fc.record({ requestsPerMinute: fc.double({ min: 0, max: maxRate, noNaN: true }), peakConcurrent: fc.nat(20) }),
    ),
  });
/** Up to four nodes and thirty adapters, anywhere. */
const anyInput = (maxRate = 600): fc.Arbitrary<Input> =>
  fc
    .record({ nodeCount: fc.integer({ min: 1, max: 4 }), adapterCount: fc.integer({ min: 1, max: 30 }) })
    .chain(({ nodeCount, adapterCount }) =>
      fc.record({
        nodes: fc.tuple(...nodeIds.slice(0, nodeCount).map(anyNode)),
        adapters: fc.tuple(...Array.from({ length: adapterCount }, (_, index) => anyAdapter(`x${index}`, maxRate))),
      }),
    );

describe("whatever a pool looks like", () => {
  it("planning again after a plan was carried out yields nothing to do", () => {
    fc.assert(
      fc.property(anyInput(), fc.boolean(), (input, rebalance) => {
        const once = applied(input, plan(input, rebalance));
        expect(changes(plan(once, rebalance))).toEqual([]);
        expect(changes(plan(once, false))).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it("every adapter gets its number of nodes, each once, its pins among them; nodes that are away lose nothing to balance", () => {
    fc.assert(
      fc.property(anyInput(), (input) => {
        const made = plan(input);
        const known = new Set(input.nodes.map(({ id }) => id));
        for (const one of input.adapters) {
          const targets = made.targets.get(one.id) ?? [];
          const pins = one.pins.filter((id) => known.has(id));
          expect(targets).toHaveLength(replicasOf({ ...one, pins }, input.nodes.length));
          expect(new Set(targets).size).toBe(targets.length);
          for (const pin of pins) expect(targets).toContain(pin);
          const there = one.present.filter((id) => known.has(id));
          if (there.length <= targets.length && pins.length === 0)
            for (const { id, away } of input.nodes)
              if (away !== null && there.includes(id)) expect(targets).toContain(id);
        }
      }),
      { numRuns: 600 },
    );
  });

  it("no node that serves is over its room while another could take one of its adapters", () => {
    fc.assert(
      fc.property(anyInput(), (input) => {
        const made = plan(input);
        const open = [...made.after.values()].filter(({ node: { away } }) => away === null);
        for (const full of open.filter(({ copies, node: { room } }) => copies > room))
          for (const one of input.adapters) {
            const targets = made.targets.get(one.id) ?? [];
            if (one.replicas === null || one.pins.includes(full.node.id) || !targets.includes(full.node.id)) continue;
            const others = open.filter(({ node: { id } }) => !targets.includes(id));
            expect(others.filter(({ copies, node: { room } }) => copies + one.copies <= room)).toEqual([]);
          }
      }),
      { numRuns: 400 },
    );
  });

  it("small changes of demand move nothing once the nodes are even, and at most once before", () => {
    const noise = fc.array(fc.double({ min: 0.96, max: 1.04, noNaN: true }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(anyInput(20), fc.array(noise, { minLength: 2, maxLength: 6 }), (start, rounds) => {
        let input = applied(start, plan(start));
        let moved = 0;
        for (const factors of rounds) {
          const noisy = {
            ...input,
            adapters: start.adapters.map((one, index) => ({
              ...one,
              present: input.adapters[index]?.present ?? [],
              demand: one.demand && {
                ...one.demand,
                requestsPerMinute: one.demand.requestsPerMinute * (factors[index] ?? 1),
              },
            })),
          };
          const made = plan(noisy);
          moved += changes(made).length > 0 ? 1 : 0;
          input = applied(noisy, made);
        }
        expect(moved).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  it("a plan is the same whatever the order it is given in", () => {
    fc.assert(
      fc.property(anyInput(), (input) => {
        const turned = { nodes: input.nodes, adapters: [...input.adapters].reverse() };
        const sorted = ({ targets }: PlannedPlacement) => [...targets].sort(([a], [b]) => a.localeCompare(b));
        expect(sorted(plan(turned))).toEqual(sorted(plan(input)));
      }),
      { numRuns: 300 },
    );
  });
});
