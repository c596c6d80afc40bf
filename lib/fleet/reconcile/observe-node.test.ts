import { describe, expect, it } from "vitest";
import type { ModelCard } from "#lib/vllm/schema.ts";
import { conditionOf, isServing } from "../conditions.ts";
import type { NodeState, PlacementRow, RegistrationRow } from "../node-state.ts";
import { placementState, routable } from "../placement-condition.ts";
import { hasRestarted, isWorthWriting, observeNode } from "./observe-node.ts";
import type { Poll, Seen } from "./poll.ts";

const NOW = new Date("2026-11-24T10:00:00.000Z");
const EARLIER = "2026-11-24T09:00:00.000Z";
const START = new Date("2026-11-24T08:00:00.000Z");
const BASE = "meta-llama/Llama-3.1-8B-Instruct";

const probe = {
  outcome: "effect",
  adapterDelta: 1,
  noiseDelta: 0,
  threshold: 0.0001,
  positions: 16,
  at: EARLIER,
} as const;
const placement = (name: string, overrides: Partial<PlacementRow> = {}): PlacementRow => ({
  id: `plc_${name}`,
  tenantId: "ten_1",
  versionId: `ver_${name}`,
  adapterId: `adp_${name}`,
  loraName: name,
  storePath: `t--${name}/0123456789ab`,
  digest: `0123456789ab${"0".repeat(52)}`,
  isLoadable: true,
  desire: "present",
  generation: 1,
  observedGeneration: 1,
  condition: null,
  attempts: 0,
  unloadedAt: null,
  unloadedEpoch: null,
  nextAttemptAt: null,
  holders: ["stage:x"],
  ...overrides,
});
const proven = (name: string): PlacementRow =>
  placement(name, { condition: { ...routable.proven("It works."), lastTransitionTime: EARLIER } });
const registration = (name: string, overrides: Partial<RegistrationRow> = {}): RegistrationRow => ({
  loraName: name,
  versionId: `ver_${name}`,
  epoch: 1,
  state: "routable",
  probe,
  verifiedDigest: null,
  ...overrides,
});
const card = (name: string, root = `/data/t--${name}/0123456789ab`): ModelCard => ({ id: name, root, parent: BASE });
const poll = (cards: ModelCard[] = [], overrides: Partial<Seen> = {}): Poll => ({
  kind: "seen",
  cards: [{ id: BASE, root: BASE, parent: null }, ...cards],
  simulated: false,
  processStart: START,
  metricsProblem: null,
  engineHealthy: true,
  version: null,
  backend: null,
  inFlight: null,
  answered: null,
  ...overrides,
});
const missed = (fault: "timeout" | "unreachable"): Poll => ({ kind: "missed", fault, message: "No answer." });

const newNode: NodeState = {
  id: "node_1",
  name: "node-1",
  baseUrl: "http://10.0.0.1:8000",
  sealedKey: null,
  engineVersion: "0.32.0",
  backend: null,
  gpu: null,
  simulated: false,
  epoch: 0,
  processStartedAt: null,
  lastSeenAt: null,
  cordoned: false,
  drainDeadline: null,
  limits: null,
  conditions: [],
  pool: {
    id: "pool_1",
    baseModel: BASE,
    adapterDirectory: "/data",
    delivery: "shared",
    driftPolicy: "keep",
    maxCpuLoras: 48,
  },
  placements: [],
  registrations: [],
};
/** The node after a first poll that saw it as it should be. */
function known(placements: PlacementRow[] = [], registrations: RegistrationRow[] = []): NodeState {
  const { node } = observeNode(newNode, poll(), 0, NOW);
  return { ...newNode, ...node, placements, registrations };
}
const stateOf = (seen: ReturnType<typeof observeNode>, name: string) => {
  const change = seen.changedConditions.find(({ placementId }) => placementId === `plc_${name}`);
  return change && placementState("present", change.condition);
};
const kinds = (seen: ReturnType<typeof observeNode>) => seen.events.map(({ kind }) => kind);

describe("observeNode", () => {
  it("begins the first epoch at the first sight", () => {
    const seen = observeNode(newNode, poll(), 0, NOW);
    expect(seen.node).toMatchObject({ epoch: 1, processStartedAt: START, lastSeenAt: NOW });
    expect(isServing(seen.node.conditions)).toBe(true);
    expect(kinds(seen)).toEqual(["reachable"]);
  });

  it.each<[string, Partial<Seen>, boolean]>([
    ["lists nothing and has hardly answered anything", { answered: 20 }, true],
    ["has answered more than an inspection asks", { answered: 500 }, false],
    ["does not tell what it has answered", { answered: null }, false],
  ])("takes a process that %s as one with empty tiers only if it is sure", (_what, seen, beganEmpty) => {
    expect(observeNode(newNode, poll([], seen), 0, NOW).beganEmpty).toBe(beganEmpty);
    expect(observeNode(newNode, poll([card("a")], seen), 0, NOW).beganEmpty).toBe(false);
    expect(observeNode(known(), poll([], seen), 0, NOW).beganEmpty).toBe(false);
  });

  it("changes nothing when nothing changed", () => {
    const before = known([proven("a")], [registration("a")]);
    const settled = {
      ...before,
      placements: [
        placement("a", {
          condition: observeNode(before, poll([card("a")]), 0, NOW).changedConditions[0]?.condition ?? null,
        }),
      ],
    };
    const seen = observeNode(settled, poll([card("a")]), 0, NOW);
    expect(seen).toMatchObject({
      restarted: false,
      lost: [],
      changedRegistrations: [],
      changedConditions: [],
      events: [],
    });
    expect(seen.node.conditions).toBe(before.conditions);
    expect(isWorthWriting(settled, seen)).toBe(false);
  });

  it("writes down anything new, and not that it saw the node once more", () => {
    const before = known();
    expect(isWorthWriting(before, observeNode(before, poll(), 0, new Date(NOW.getTime() + 3_600_000)))).toBe(false);
    for (const change of [{ engineHealthy: false }, { simulated: true }, { version: "0.33.0" }])
      expect(isWorthWriting(before, observeNode(before, poll([], change), 0, NOW))).toBe(true);
    expect(isWorthWriting(before, observeNode(before, poll([card("stranger")]), 0, NOW))).toBe(true);
    expect(isWorthWriting(before, observeNode(before, missed("timeout"), 0, NOW))).toBe(false);
    expect(isWorthWriting(before, observeNode(before, missed("unreachable"), 0, NOW))).toBe(true);
  });

  it("sees a restart by the start time and takes back everything that was proven before", () => {
    const before = known([proven("a"), proven("b")], [registration("a"), registration("b")]);
    const restartedAt = new Date("2026-11-24T09:59:58.000Z");
    const seen = observeNode(before, poll([card("b")], { processStart: restartedAt }), 0, NOW);
    expect(seen.node).toMatchObject({ epoch: 2, processStartedAt: restartedAt });
    expect(seen.lost).toEqual(["a"]);
    expect(seen.changedRegistrations).toEqual([registration("b", { epoch: 2, state: "loaded", probe: null })]);
    expect(stateOf(seen, "a")).toBe("loading");
    expect(stateOf(seen, "b")).toBe("probing");
    expect(conditionOf(seen.node.conditions, "Restored")?.status).toBe("false");
    expect(kinds(seen)).toEqual(["restart"]);
  });

  it("says 'restored', and how long it took, once everything is back", () => {
    const before = known([proven("a")], [registration("a")]);
    const down = observeNode(before, poll([], { processStart: NOW }), 0, NOW);
    const changed = {
      ...before,
      ...down.node,
      placements: [proven("a")],
      registrations: [registration("a", { epoch: 2 })],
    };
    const later = new Date(NOW.getTime() + 4_000);
    const seen = observeNode(changed, poll([card("a")], { processStart: NOW }), 0, later);
    expect(seen.events).toMatchObject([{ kind: "restore", outcome: "ok", durationMs: 4_000 }]);
    expect(conditionOf(seen.node.conditions, "Restored")?.status).toBe("true");
  });

  it("tells of another release of the engine, after a restart and where none was seen, and of none that it only learns", () => {
    const before = { ...known(), engineVersion: "0.32.0" };
    const upgraded = observeNode(before, poll([], { processStart: NOW, version: "0.33.0" }), 0, NOW);
    expect(upgraded.events).toMatchObject([
      { kind: "restart" },
      { kind: "engine", outcome: "noted", message: "vLLM 0.33.0, before 0.32.0" },
    ]);
    expect(upgraded.node.engineVersion).toBe("0.33.0");
    expect(kinds(observeNode(before, poll([], { processStart: null, version: "0.33.0" }), 0, NOW))).toEqual(["engine"]);
    for (const version of ["0.32.0", null])
      expect(kinds(observeNode(before, poll([], { version }), 0, NOW))).toEqual([]);
    const unknown = { ...before, engineVersion: null };
    expect(kinds(observeNode(unknown, poll([], { version: "0.33.0" }), 0, NOW))).toEqual([]);
  });

  it("tells an adapter that somebody unloaded from a restart", () => {
    const before = known([proven("a"), proven("b")], [registration("a"), registration("b")]);
    const seen = observeNode(before, poll([card("b")]), 0, NOW);
    expect(seen.restarted).toBe(false);
    expect(seen.lost).toEqual(["a"]);
    expect(stateOf(seen, "a")).toBe("loading");
    expect(seen.events).toMatchObject([{ kind: "drift", placement: { loraName: "a" } }]);
  });

  it.each(["unloaded", "unloading", "digest_mismatch", "node_rejected"])(
    "what was said before it was wanted anew (%s) is no failure of what is about to be tried",
    (reason) => {
      const condition = { ...routable.not(reason, "Said before."), lastTransitionTime: EARLIER };
      const anew = placement("a", { condition, generation: 2, observedGeneration: 1 });
      expect(stateOf(observeNode(known([anew]), poll(), 0, NOW), "a")).toBe("loading");
    },
  );

  it("a probe that failed says nothing of the one that was asked for since; how a load ends that is under way is awaited", () => {
    const said = (reason: string) => ({ ...routable.not(reason, "Said before."), lastTransitionTime: EARLIER });
    const anew = (condition: PlacementRow["condition"]) => placement("a", { condition, generation: 2 });
    const retried = known([anew(said("probe_no_effect"))], [registration("a", { state: "loaded" })]);
    expect(stateOf(observeNode(retried, poll([card("a")]), 0, NOW), "a")).toBe("probing");
    const pending = observeNode(known([anew(said("load_pending"))]), poll(), 0, NOW);
    expect(pending.changedConditions).toMatchObject([{ generation: 2, condition: { reason: "load_pending" } }]);
  });

  it("shows a name that nobody asked for, once, and leaves it alone", () => {
    const before = known();
    const seen = observeNode(before, poll([card("stranger", "/tmp/x")]), 0, NOW);
    expect(seen.changedRegistrations).toMatchObject([{ loraName: "stranger", state: "drift", versionId: null }]);
    expect(conditionOf(seen.node.conditions, "NoDrift")).toMatchObject({ status: "false", reason: "unknown_adapters" });
    expect(kinds(seen)).toEqual(["drift"]);
    const again = observeNode(
      { ...before, ...seen.node, registrations: seen.registrations },
      poll([card("stranger", "/tmp/x")]),
      0,
      NOW,
    );
    expect(again.events).toEqual([]);
  });

  it("does not take our name for ours when its path is not", () => {
    const seen = observeNode(known([proven("a")], [registration("a")]), poll([card("a", "/tmp/other")]), 0, NOW);
    expect(seen.changedRegistrations).toMatchObject([{ loraName: "a", state: "drift" }]);
    expect(stateOf(seen, "a")).toBe("node_drift");
  });

  it("makes everything unknown, and forgets nothing, when the node is away", () => {
    const before = known([proven("a")], [registration("a")]);
    const seen = observeNode(before, missed("unreachable"), 0, NOW);
    expect(stateOf(seen, "a")).toBe("unknown");
    expect(seen).toMatchObject({ lost: [], registrations: before.registrations, seen: null });
    expect(isServing(seen.node.conditions)).toBe(false);
    expect(kinds(seen)).toEqual(["unreachable"]);
    const still = observeNode({ ...before, ...seen.node }, missed("unreachable"), 1, NOW);
    expect(still.events).toEqual([]);
  });

  it("forgives one slow answer, not two in a row", () => {
    const before = known([proven("a")], [registration("a")]);
    expect(isServing(observeNode(before, missed("timeout"), 0, NOW).node.conditions)).toBe(true);
    expect(isServing(observeNode(before, missed("timeout"), 1, NOW).node.conditions)).toBe(false);
  });

  it("knows again what is proven when the same process answers again", () => {
    const before = known([proven("a")], [registration("a")]);
    const away = observeNode(before, missed("unreachable"), 0, NOW);
    const condition = away.changedConditions[0]?.condition ?? null;
    const back = observeNode(
      { ...before, ...away.node, placements: [placement("a", { condition })] },
      poll([card("a")]),
      0,
      NOW,
    );
    expect(back.restarted).toBe(false);
    expect(stateOf(back, "a")).toBe("routable");
    expect(kinds(back)).toEqual(["reachable"]);
  });

  it("lets nothing be loaded on another base model or a dead engine", () => {
    const other = poll([], { cards: [{ id: "other/model", root: "other/model", parent: null }] });
    const seen = observeNode(known([placement("a")]), other, 0, NOW);
    expect(seen.seen?.canLoad).toBe(false);
    expect(isServing(seen.node.conditions)).toBe(false);
    expect(stateOf(seen, "a")).toBe("failed");
    const dead = observeNode(known([placement("a")]), poll([], { engineHealthy: false }), 0, NOW);
    expect(dead.seen?.canLoad).toBe(false);
    expect(isServing(dead.node.conditions)).toBe(false);
  });

  it("takes the base by its path as well as by its name", () => {
    const served = poll([], { cards: [{ id: "llama", root: BASE, parent: null }] });
    expect(observeNode(newNode, served, 0, NOW).seen).toMatchObject({ canLoad: true, baseName: "llama" });
  });
});

describe("hasRestarted", () => {
  const listed = (...names: string[]) => new Set(names);

  it("believes the start time when both polls have one", () => {
    const before = known([proven("a")], [registration("a")]);
    expect(hasRestarted(before, START, listed())).toBe(false);
    expect(hasRestarted(before, new Date(START.getTime() + 400), listed("a"))).toBe(false);
    expect(hasRestarted(before, new Date(START.getTime() + 1_400), listed("a"))).toBe(true);
  });

  it("is not fooled by a process that starts within a second of the one before, and lists nothing", () => {
    const before = known([proven("a")], [registration("a")]);
    expect(hasRestarted(before, new Date(START.getTime() + 400), listed())).toBe(true);
  });

  it("else takes the loss of every name at once for a restart, but not the loss of some", () => {
    const before = known(
      [],
      [registration("a"), registration("b"), registration("x", { state: "drift", versionId: null })],
    );
    expect(hasRestarted(before, null, listed("x"))).toBe(true);
    expect(hasRestarted(before, null, listed("b"))).toBe(false);
    expect(hasRestarted({ ...before, registrations: [] }, null, listed())).toBe(false);
  });
});

describe("a drain", () => {
  const DEADLINE = new Date(NOW.getTime() + 60_000);
  const later = (ms: number) => new Date(NOW.getTime() + ms);
  const draining = (): NodeState => ({ ...known(), cordoned: true, drainDeadline: DEADLINE });
  const busy = { running: 2, waiting: 1 };
  const idle = { running: 0, waiting: 0 };
  /** The node as the polls before left it. */
  const then = (before: NodeState, seen: ReturnType<typeof observeNode>): NodeState => ({ ...before, ...seen.node });
  const drainOf = (seen: ReturnType<typeof observeNode>) => conditionOf(seen.node.conditions, "Drained");

  it("says what still runs, and ends when nothing does", () => {
    const first = observeNode(draining(), poll([], { inFlight: busy }), 0, NOW);
    expect(first.node.drainDeadline).toBe(DEADLINE);
    expect(drainOf(first)).toMatchObject({
      status: "false",
      message: "2 requests run on it, 1 wait. It has until 10:01:00 UTC.",
    });
    const last = observeNode(then(draining(), first), poll([], { inFlight: idle }), 0, later(3_000));
    expect(last.node.drainDeadline).toBeNull();
    expect(drainOf(last)).toMatchObject({ status: "true", reason: "drained" });
    expect(last.events).toMatchObject([{ kind: "drain", outcome: "ok" }]);
  });

  it("does not take an empty node for drained before what gateways sent meanwhile can have arrived", () => {
    const first = observeNode(draining(), poll([], { inFlight: idle }), 0, NOW);
    expect(first.node.drainDeadline).toBe(DEADLINE);
    const soon = observeNode(then(draining(), first), poll([], { inFlight: idle }), 0, later(300));
    expect(soon.node.drainDeadline).toBe(DEADLINE);
    const last = observeNode(then(draining(), soon), poll([], { inFlight: idle }), 0, later(2_000));
    expect(last.node.drainDeadline).toBeNull();
  });

  it("ends at its deadline, and says what still ran or that nobody knows", () => {
    const late = observeNode(draining(), poll([], { inFlight: busy }), 0, DEADLINE);
    expect(drainOf(late)).toMatchObject({ status: "false", reason: "drain_deadline_passed" });
    expect(late.events).toMatchObject([{ kind: "drain", outcome: "failed" }]);
    const silent = observeNode(draining(), poll(), 0, DEADLINE);
    expect(drainOf(silent)).toMatchObject({ status: "unknown", reason: "drain_unproven" });
    const away = observeNode(draining(), missed("unreachable"), 0, DEADLINE);
    expect(drainOf(away)).toMatchObject({ status: "unknown", reason: "drain_unproven" });
    expect(away.node.drainDeadline).toBeNull();
  });

  it("is forgotten once the node is back in service, and kept until then", () => {
    const drained = then(draining(), observeNode(draining(), poll([], { inFlight: idle }), 0, DEADLINE));
    const still = observeNode(drained, poll(), 0, later(120_000));
    expect(drainOf(still)).toMatchObject({ reason: "drained" });
    expect(still.node.conditions).toBe(drained.conditions);
    const back = observeNode({ ...drained, cordoned: false }, poll(), 0, later(120_000));
    expect(drainOf(back)).toBeNull();
  });
});
