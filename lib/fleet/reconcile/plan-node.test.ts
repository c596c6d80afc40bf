import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RegistrationStateName } from "../node-state.ts";
import { type DesiredPlacement, type NodeAction, type NodePolicy, type ObservedNode, planNode } from "./plan-node.ts";

const NOW = new Date("2026-11-24T10:00:00.000Z");
const LATER = new Date("2026-11-24T10:01:00.000Z");
const BEFORE = new Date("2026-11-24T09:59:00.000Z");

const KEEP: NodePolicy = { driftPolicy: "keep", maxCpuLoras: 48 };
const REMOVE: NodePolicy = { ...KEEP, driftPolicy: "remove" };

const placement = (loraName: string, overrides: Partial<DesiredPlacement> = {}): DesiredPlacement => ({
  placementId: `plc_${loraName}`,
  loraName,
  path: `/data/${loraName}`,
  desire: "present",
  isHeld: true,
  isLoadable: true,
  isLive: false,
  requestsPerMinute: 0,
  blockedUntil: null,
  mayBeRead: false,
  ...overrides,
});

type World = {
  listed: Map<string, string | null>;
  probed: Map<string, RegistrationStateName>;
  unproven: Set<string>;
  placements: DesiredPlacement[];
};
const observed = (world: World, canLoad = true): ObservedNode => ({ ...world, canLoad });
const emptyNode: ObservedNode = { canLoad: true, listed: new Map(), probed: new Map(), unproven: new Set() };
const kinds = (actions: NodeAction[]) => actions.map(({ kind, loraName }) => `${kind} ${loraName}`);

/** A node on which every action succeeds; what its probe says is given. */
function apply(world: World, actions: readonly NodeAction[], hasEffect: (loraName: string) => boolean): World {
  const next = {
    listed: new Map(world.listed),
    probed: new Map(world.probed),
    unproven: new Set(world.unproven),
    placements: [...world.placements],
  };
  for (const action of actions) {
    if (action.kind === "remove") {
      next.listed.delete(action.loraName);
      continue;
    }
    const target = world.placements.find(({ placementId }) => placementId === action.placementId);
    if (!target) throw new Error("an action on nothing");
    switch (action.kind) {
      case "verify":
        break;
      case "load":
        next.listed.set(target.loraName, target.path);
        next.unproven.delete(target.loraName);
        break;
      case "discard":
        next.listed.delete(target.loraName);
        next.probed.delete(target.loraName);
        break;
      case "probe":
        next.probed.set(target.loraName, hasEffect(target.loraName) ? "routable" : "failed");
        break;
      case "unload":
        next.listed.delete(target.loraName);
        next.probed.delete(target.loraName);
        break;
      case "forget":
        next.placements = next.placements.filter(({ placementId }) => placementId !== target.placementId);
        break;
    }
  }
  return next;
}

describe("planNode", () => {
  it("verifies, loads and proves what is missing, live versions first", () => {
    const desired = [placement("a"), placement("b", { isLive: true })];
    expect(kinds(planNode(desired, emptyNode, KEEP, NOW))).toEqual([
      "verify b",
      "load b",
      "probe b",
      "verify a",
      "load a",
      "probe a",
    ]);
  });

  it("brings back what is used most first, after the live ones, and by name where that ties", () => {
    const desired = [
      placement("quiet-b", { isLive: true }),
      placement("staged-busy", { requestsPerMinute: 90 }),
      placement("busy", { isLive: true, requestsPerMinute: 30 }),
      placement("quiet-a", { isLive: true }),
      placement("busiest", { isLive: true, requestsPerMinute: 60 }),
    ];
    const loads = planNode(desired, emptyNode, KEEP, NOW).filter(({ kind }) => kind === "load");
    expect(loads.map(({ loraName }) => loraName)).toEqual(["busiest", "busy", "quiet-a", "quiet-b", "staged-busy"]);
  });

  it("unloads before it loads only where the copies would not fit otherwise", () => {
    const desired = [placement("new"), placement("old", { desire: "absent", isHeld: false })];
    const node = { ...emptyNode, listed: new Map([["old", "/data/old"]]) };
    const order = (maxCpuLoras: number) => kinds(planNode(desired, node, { ...KEEP, maxCpuLoras }, NOW));
    expect(order(2)).toEqual(["verify new", "load new", "probe new", "unload old", "forget old"]);
    expect(order(1)).toEqual(["unload old", "forget old", "verify new", "load new", "probe new"]);
  });

  it("unloads names that nobody asked for where the pool says so, and never our own under another path", () => {
    const listed = new Map([
      ["by-hand", "/tmp/x"],
      ["a", "/data/a"],
      ["b", "/elsewhere/b"],
    ]);
    const node: ObservedNode = { ...emptyNode, listed, probed: new Map([["a", "routable"]]) };
    const desired = [placement("a"), placement("b")];
    expect(planNode(desired, node, KEEP, NOW)).toEqual([]);
    expect(kinds(planNode(desired, node, REMOVE, NOW))).toEqual(["remove by-hand"]);
    expect(planNode(desired, { ...node, canLoad: false }, REMOVE, NOW)).toEqual([]);
  });

  it("proves what is listed with our path before it loads anything", () => {
    const node = { ...emptyNode, listed: new Map([["a", "/data/a"]]) };
    expect(kinds(planNode([placement("b"), placement("a")], node, KEEP, NOW))[0]).toBe("probe a");
  });

  it("leaves our name alone when it was loaded from another path", () => {
    const node = { ...emptyNode, listed: new Map([["a", "/elsewhere/a"]]) };
    expect(planNode([placement("a")], node, KEEP, NOW)).toEqual([]);
    expect(kinds(planNode([placement("a", { desire: "absent", isHeld: false })], node, KEEP, NOW))).toEqual([
      "forget a",
    ]);
  });

  it("waits until an attempt is due again", () => {
    expect(planNode([placement("a", { blockedUntil: LATER })], emptyNode, KEEP, NOW)).toEqual([]);
    expect(planNode([placement("a", { blockedUntil: BEFORE })], emptyNode, KEEP, NOW)).not.toEqual([]);
  });

  it("proves a name that turned up late at once, but an unclear probe waits its turn", () => {
    const node: ObservedNode = { ...emptyNode, listed: new Map([["a", "/data/a"]]) };
    const blocked = [placement("a", { blockedUntil: LATER })];
    expect(kinds(planNode(blocked, { ...node, probed: new Map([["a", "loaded"]]) }, KEEP, NOW))).toEqual(["probe a"]);
    expect(kinds(planNode(blocked, { ...node, probed: new Map([["a", "probing"]]) }, KEEP, NOW))).toEqual([]);
  });

  it("never loads a version that is not ready, but lets a loaded one stay", () => {
    expect(planNode([placement("a", { isLoadable: false })], emptyNode, KEEP, NOW)).toEqual([]);
    const node: ObservedNode = {
      ...emptyNode,
      listed: new Map([["a", "/data/a"]]),
      probed: new Map([["a", "routable"]]),
    };
    expect(planNode([placement("a", { isLoadable: false })], node, KEEP, NOW)).toEqual([]);
  });

  it("keeps what it unloaded in mind while a request may still read it, and unloads it again if it comes back", () => {
    const gone = [placement("a", { desire: "absent", isHeld: false, mayBeRead: true })];
    expect(planNode(gone, emptyNode, KEEP, NOW)).toEqual([]);
    const node = { ...emptyNode, listed: new Map([["a", "/data/a"]]) };
    expect(kinds(planNode(gone, node, KEEP, NOW))).toEqual(["unload a", "forget a"]);
  });

  it("unloads what was loaded without a proof of its bytes before it loads it again, and asks it nothing meanwhile", () => {
    const node: ObservedNode = { ...emptyNode, listed: new Map([["a", "/data/a"]]), unproven: new Set(["a"]) };
    expect(kinds(planNode([placement("a")], node, KEEP, NOW))).toEqual(["discard a", "verify a", "load a", "probe a"]);
    expect(planNode([placement("a", { blockedUntil: LATER })], node, KEEP, NOW)).toEqual([]);
    expect(kinds(planNode([placement("a", { isLoadable: false })], node, KEEP, NOW))).toEqual(["discard a"]);
  });

  it("loads nothing on a node with another base model or a dead engine", () => {
    const node = { ...emptyNode, canLoad: false, listed: new Map([["b", "/data/b"]]) };
    const desired = [placement("a"), placement("b", { desire: "absent", isHeld: false })];
    expect(kinds(planNode(desired, node, KEEP, NOW))).toEqual(["unload b", "forget b"]);
  });
});

const NAMES = ["a", "b", "c", "d", "e", "f"];
const anyPlacement = (loraName: string) =>
  fc.record({
    placementId: fc.constant(`plc_${loraName}`),
    loraName: fc.constant(loraName),
    path: fc.constant(`/data/${loraName}`),
    desire: fc.constantFrom("present" as const, "absent" as const),
    isHeld: fc.boolean(),
    isLoadable: fc.boolean(),
    isLive: fc.boolean(),
    requestsPerMinute: fc.constantFrom(0, 2.5, 40),
    blockedUntil: fc.constantFrom(null, BEFORE, LATER),
    mayBeRead: fc.boolean(),
  });
const anyWorld = fc.record({
  placements: fc.subarray(NAMES).chain((names) => fc.tuple(...names.map(anyPlacement))),
  listed: fc
    .array(fc.tuple(fc.constantFrom(...NAMES, "stranger"), fc.constantFrom("ours", "/elsewhere", null)))
    .map((entries) => new Map(entries.map(([name, root]) => [name, root === "ours" ? `/data/${name}` : root]))),
  probed: fc
    .array(
      fc.tuple(
        fc.constantFrom(...NAMES),
        fc.constantFrom<RegistrationStateName>("loaded", "probing", "routable", "failed"),
      ),
    )
    .map((entries) => new Map(entries)),
  unproven: fc.subarray(NAMES).map((names) => new Set(names)),
});
const anyEffect = fc.func(fc.boolean());
const anyPolicy = fc.record<NodePolicy>({
  driftPolicy: fc.constantFrom("keep", "remove"),
  maxCpuLoras: fc.integer({ min: 1, max: 8 }),
});

describe("planNode, whatever the state", () => {
  it("is done after one pass in which everything succeeds", () => {
    fc.assert(
      fc.property(anyWorld, fc.boolean(), anyEffect, anyPolicy, (world, canLoad, hasEffect, policy) => {
        // what is unloaded and forgotten under another path becomes an unmanaged adapter, so `remove` may need a second poll
        const first = apply(world, planNode(world.placements, observed(world, canLoad), policy, NOW), hasEffect);
        const after =
          policy.driftPolicy === "keep"
            ? first
            : apply(first, planNode(first.placements, observed(first, canLoad), policy, NOW), hasEffect);
        expect(planNode(after.placements, observed(after, canLoad), policy, NOW)).toEqual([]);
      }),
    );
  });

  it("reaches what is wanted once nothing is blocked, and leaves nothing else of ours", () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const free = world.placements.map((one) => ({ ...one, blockedUntil: null, isHeld: one.desire === "present" }));
        const after = apply({ ...world, placements: free }, planNode(free, observed(world), KEEP, NOW), () => true);
        for (const one of free) {
          const foreign = world.listed.has(one.loraName) && world.listed.get(one.loraName) !== one.path;
          if (foreign) continue;
          const wasThere = world.listed.has(one.loraName) && !world.unproven.has(one.loraName);
          const isWanted = one.desire === "present" && (one.isLoadable || wasThere);
          expect(after.listed.get(one.loraName)).toBe(isWanted ? one.path : undefined);
        }
      }),
    );
  });

  it("never unloads what somebody holds, what is wanted, or what is not ours", () => {
    fc.assert(
      fc.property(anyWorld, fc.boolean(), anyPolicy, (world, canLoad, policy) => {
        for (const action of planNode(world.placements, observed(world, canLoad), policy, NOW)) {
          if (action.kind === "remove") {
            expect(world.placements.map(({ loraName }) => loraName)).not.toContain(action.loraName);
            expect([canLoad, policy.driftPolicy]).toEqual([true, "remove"]);
          }
          if (action.kind !== "unload" && action.kind !== "forget") continue;
          const target = world.placements.find(({ placementId }) => placementId === action.placementId);
          expect(target).toMatchObject({ desire: "absent", isHeld: false });
          if (action.kind === "unload") expect(world.listed.get(action.loraName)).toBe(target?.path);
        }
      }),
    );
  });

  it("loads a version only right after its bytes were verified, and proves it right after", () => {
    fc.assert(
      fc.property(anyWorld, anyPolicy, (world, policy) => {
        const actions = planNode(world.placements, observed(world), policy, NOW);
        for (const [index, action] of actions.entries()) {
          if (action.kind !== "load") continue;
          expect(actions[index - 1]).toEqual({ ...action, kind: "verify" });
          expect(actions[index + 1]).toEqual({ ...action, kind: "probe" });
        }
      }),
    );
  });

  it("asks nothing of what was loaded without a proof of its bytes", () => {
    fc.assert(
      fc.property(anyWorld, anyPolicy, (world, policy) => {
        const actions = planNode(world.placements, observed(world), policy, NOW);
        for (const [index, { kind, loraName }] of actions.entries())
          if (kind === "probe" && world.unproven.has(loraName)) expect(actions[index - 1]?.kind).toBe("load");
      }),
    );
  });

  it("touches no name twice and no name that nobody here asked for", () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const actions = planNode(world.placements, observed(world), KEEP, NOW);
        const steps = kinds(actions);
        expect(new Set(steps).size).toBe(steps.length);
        expect(steps.filter((step) => step.endsWith("stranger"))).toEqual([]);
      }),
    );
  });

  it("does the same whatever order it is told things in", () => {
    const shuffled = anyWorld.chain((world) =>
      fc.tuple(fc.constant(world), fc.shuffledSubarray(world.placements, { minLength: world.placements.length })),
    );
    fc.assert(
      fc.property(shuffled, anyPolicy, ([world, other], policy) => {
        const loads = (desired: readonly DesiredPlacement[]) =>
          kinds(planNode(desired, observed(world), policy, NOW).filter(({ kind }) => kind === "load"));
        expect(loads(other)).toEqual(loads(world.placements));
      }),
    );
  });

  it("makes room first when there is none, and never has more copies than before while it could", () => {
    fc.assert(
      fc.property(anyWorld, anyPolicy, (world, policy) => {
        const actions = planNode(world.placements, observed(world), policy, NOW);
        const loads = actions.filter(({ kind }) => kind === "load").length;
        if (world.listed.size + loads <= policy.maxCpuLoras) return;
        const firstLoad = actions.findIndex(({ kind }) => kind === "load");
        const lastUnload = actions.findLastIndex(({ kind }) => kind === "unload" || kind === "remove");
        if (firstLoad >= 0 && lastUnload >= 0) expect(lastUnload).toBeLessThan(firstLoad);
      }),
    );
  });
});
