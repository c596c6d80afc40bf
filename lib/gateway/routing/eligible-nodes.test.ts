import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import { control, makeSnapshot, node, pool, tenant, version } from "../testing/make-snapshot.ts";
import { eligibleNodes, type Load } from "./eligible-nodes.ts";
import { planRoute } from "./plan-route.ts";
import { resolveTarget } from "./resolve-target.ts";

const NOW = new Date(1_000_000);
const NO_PINS = { versionId: null, nodeId: null, kind: "user" } as const;
const fine: Load = { isUp: () => true, hasLost: () => false, isOpen: () => false, versionIsOpen: () => false };
const down = (...ids: string[]): Load => ({ ...fine, isUp: (id) => !ids.includes(id) });
const live = (routableOn: string[]) => version("ver_2", { routableOn });
const previous = (routableOn: string[]) => version("ver_1", { routableOn });

type Asking = { pins?: Parameters<typeof resolveTarget>[2]; excluded?: string[] };

/** Every way to answer with its nodes, `-` where none may. */
function ways(snapshot: Snapshot, load: Load = fine, { pins = NO_PINS, excluded = [] }: Asking = {}): string[] {
  const acme = snapshot.tenants.get("ten_acme");
  if (!acme) throw new Error("no such tenant in the test");
  const target = resolveTarget(null, acme, pins, snapshot);
  if ("status" in target) return [target.code];
  const ask = { tenant: acme, target, unit: () => 0, mirrorUnit: () => 0, now: NOW };
  const plan = planRoute(ask, snapshot);
  if (plan.kind === "reject") return [plan.rejection.code];
  return plan.options.map((option) => {
    const ids = [...eligibleNodes(option, ask, snapshot, load, new Set(excluded))].sort();
    return `${option.via}${option.isCandidate ? " (candidate)" : ""} ${ids.length > 0 ? ids.join(" ") : "-"}`;
  });
}

const withTenant = (change: Partial<TenantEntry>, rest: Parameters<typeof makeSnapshot>[0] = {}) =>
  makeSnapshot({ tenants: [tenant("ten_acme", change)], ...rest });

describe("the nodes that may answer", () => {
  it.each<[string, Snapshot, Load, string[]]>([
    [
      "those where it is proven",
      makeSnapshot({ versions: [live(["node_2"])] }),
      fine,
      ["primary node_2", "base_model node_1 node_2"],
    ],
    ["not those that are down", makeSnapshot({}), down("node_1"), ["primary node_2", "base_model node_2"]],
    [
      "not those that lost the name",
      makeSnapshot({}),
      { ...fine, hasLost: (id, name) => id === "node_2" && name === "lora-ver_2" },
      ["primary node_1", "base_model node_1 node_2"],
    ],
    [
      "not those whose breaker is open",
      makeSnapshot({}),
      { ...fine, isOpen: (id) => id === "node_1" },
      ["primary node_2", "base_model node_2"],
    ],
    [
      "for the base model, not those that would mix an adapter's weights into it",
      makeSnapshot({ nodes: [node("node_1", { mixesBase: true }), node("node_2")] }),
      fine,
      ["primary node_1 node_2", "base_model node_2"],
    ],
    [
      "not those out of service",
      makeSnapshot({
        nodes: [node("node_1", { closedBecause: "standalone" }), node("node_2", { closedBecause: "broken" })],
      }),
      fine,
      ["primary -", "base_model -"],
    ],
    [
      "not those taken out by hand",
      makeSnapshot({ controls: [control("drain", { nodeId: "node_1", expiresAt: new Date(NOW.getTime() + 1) })] }),
      fine,
      ["primary node_2", "base_model node_2"],
    ],
    [
      "again those whose time out is over",
      makeSnapshot({ controls: [control("cordon", { nodeId: "node_1", expiresAt: NOW })] }),
      fine,
      ["primary node_1 node_2", "base_model node_1 node_2"],
    ],
    [
      "of each version by itself",
      withTenant({ fallback: "previous_version" }, { versions: [live([]), previous(["node_1"])] }),
      fine,
      ["primary -", "previous_version node_1", "base_model node_1 node_2"],
    ],
    [
      "none that the snapshot does not know",
      makeSnapshot({ versions: [live(["node_9"])] }),
      fine,
      ["primary -", "base_model node_1 node_2"],
    ],
  ])("%s", (_name, snapshot, load, expected) => {
    expect(ways(snapshot, load)).toEqual(expected);
  });

  it("leave out what was tried for this request", () => {
    expect(ways(makeSnapshot({}), fine, { excluded: ["node_1"] })).toEqual(["primary node_2", "base_model node_2"]);
  });

  it("are none for a candidate whose breaker is open: its conversations get the live version at once", () => {
    const own = { ...tenant("ten_acme").adapters[0], candidate: { versionId: "ver_1", weight: 100 } };
    const adapters = tenant("ten_acme").adapters.map((adapter) => ({ ...adapter, ...own }));
    const snapshot = withTenant({ adapters });
    const open: Load = { ...fine, versionIsOpen: (id) => id === "ver_1" };
    expect(ways(snapshot)[0]).toBe("primary (candidate) node_1 node_2");
    expect(ways(snapshot, open).slice(0, 2)).toEqual(["primary (candidate) -", "primary node_1 node_2"]);
    // evaluations find out what is wrong with it
    const pins = { versionId: "ver_1", nodeId: null, kind: "eval" } as const;
    expect(ways(snapshot, open, { pins })).toEqual(["primary node_1 node_2"]);
  });
});

describe("pins", () => {
  const pin = (nodeId: string | null) => ({ pins: { versionId: "ver_1", nodeId, kind: "eval" as const } });
  it.each<[string, Snapshot, Load, string | null, string[]]>([
    ["a version on a node", makeSnapshot({}), fine, "node_1", ["primary node_1"]],
    ["a version anywhere", makeSnapshot({ versions: [previous(["node_2"])] }), fine, null, ["primary node_2"]],
    [
      "a standalone node",
      makeSnapshot({ nodes: [node("node_9", { closedBecause: "standalone" })], versions: [previous(["node_9"])] }),
      fine,
      "node_9",
      ["primary node_9"],
    ],
    [
      "a version anywhere, but not on a standalone node",
      makeSnapshot({ nodes: [node("node_9", { closedBecause: "standalone" })], versions: [previous(["node_9"])] }),
      fine,
      null,
      ["primary -"],
    ],
    [
      "a node taken out by hand",
      makeSnapshot({ controls: [control("cordon", { nodeId: "node_1", expiresAt: new Date(NOW.getTime() + 1) })] }),
      fine,
      "node_1",
      ["primary node_1"],
    ],
    [
      "no substitute on another node",
      makeSnapshot({ versions: [previous(["node_2"])] }),
      fine,
      "node_1",
      ["primary -"],
    ],
    ["no substitute when down", makeSnapshot({}), down("node_1"), "node_1", ["primary -"]],
    ["no node that the snapshot does not know", makeSnapshot({}), fine, "node_9", ["primary -"]],
  ])("%s", (_name, snapshot, load, nodeId, expected) => {
    expect(ways(snapshot, load, pin(nodeId))).toEqual(expected);
  });
});

describe("the order of nodes", () => {
  const first = (loraName: string, nodeIds: string[]) => {
    const snapshot = makeSnapshot({
      nodes: nodeIds.map((id) => node(id)),
      versions: [version("ver_2", { loraName, routableOn: nodeIds })],
    });
    const acme = snapshot.tenants.get("ten_acme");
    const adapter = acme?.defaultAdapter;
    if (!acme || !adapter) throw new Error("no such tenant in the test");
    const ask = {
      tenant: acme,
      target: { kind: "adapter", adapter } as const,
      unit: () => 0,
      mirrorUnit: () => 0,
      now: NOW,
    };
    const plan = planRoute(ask, snapshot);
    const option = plan.kind === "plan" ? plan.options[0] : undefined;
    return option && eligibleNodes(option, ask, snapshot, fine, new Set())[0];
  };
  const names = Array.from({ length: 300 }, (_, index) => `t${index}--a--v1-0123456789ab`);

  it("spreads the versions over the nodes and keeps each to its own", () => {
    const favourites = names.map((name) => first(name, ["node_1", "node_2", "node_3"]));
    expect(names.map((name) => first(name, ["node_3", "node_1", "node_2"]))).toEqual(favourites);
    for (const id of ["node_1", "node_2", "node_3"]) {
      const share = favourites.filter((favourite) => favourite === id).length;
      expect(share).toBeGreaterThan(70);
      expect(share).toBeLessThan(130);
    }
  });

  it("moves to a new node only what is its own from then on", () => {
    const moved = names.filter(
      (name) => first(name, ["node_1", "node_2"]) !== first(name, ["node_1", "node_2", "node_3"]),
    );
    expect(new Set(moved.map((name) => first(name, ["node_1", "node_2", "node_3"])))).toEqual(new Set(["node_3"]));
    expect(moved.length).toBeLessThan(140);
  });
});

describe("whatever the fleet looks like", () => {
  const ids = ["node_1", "node_2", "node_3"];
  const some = fc.subarray(ids);
  const facts = fc.record({
    liveOn: some,
    previousOn: some,
    up: some,
    serving: some,
    lost: some,
    open: some,
    drained: some,
    excluded: some,
    fallback: fc.constantFrom("base_model" as const, "previous_version" as const, "reject" as const),
    poolFallback: fc.constantFrom("base_model" as const, "reject" as const),
  });

  it("offers every node that can answer and no other, in every way that the policy allows", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const snapshot = withTenant(
          { fallback: given.fallback },
          {
            nodes: ids.map((id) => node(id, { closedBecause: given.serving.includes(id) ? null : "cordoned" })),
            versions: [live(given.liveOn), previous(given.previousOn)],
            pools: [pool("pool_1", { fallback: given.poolFallback, nodeIds: ids })],
            controls: given.drained.map((nodeId) =>
              control("drain", { nodeId, expiresAt: new Date(NOW.getTime() + 1) }),
            ),
          },
        );
        const load: Load = {
          ...fine,
          isUp: (id) => given.up.includes(id),
          isOpen: (id) => given.open.includes(id),
          hasLost: (id, name) => name === "lora-ver_2" && given.lost.includes(id),
        };
        const usable = (id: string) =>
          given.up.includes(id) &&
          given.serving.includes(id) &&
          !given.open.includes(id) &&
          !given.drained.includes(id) &&
          !given.excluded.includes(id);
        const list = (found: string[]) => (found.length > 0 ? [...found].sort().join(" ") : "-");
        const isLive = (id: string) => usable(id) && !given.lost.includes(id);
        const expected = [`primary ${list(given.liveOn.filter(isLive))}`];
        if (given.fallback === "previous_version")
          expected.push(`previous_version ${list(given.previousOn.filter(usable))}`);
        if (given.fallback !== "reject" && given.poolFallback !== "reject")
          expected.push(`base_model ${list(ids.filter(usable))}`);
        expect(ways(snapshot, load, { excluded: given.excluded })).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
