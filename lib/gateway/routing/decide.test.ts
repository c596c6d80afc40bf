import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import { adapter, makeSnapshot, node, pool, tenant, version } from "../testing/make-snapshot.ts";
import { type Decision, decide, type Load, resolveTarget } from "./decide.ts";

const NO_PINS = { versionId: null, nodeId: null, kind: "user" } as const;
const idle: Load = { isUp: () => true, inFlight: () => 0, hasLost: () => false };
const down = (...ids: string[]): Load => ({ ...idle, isUp: (id) => !ids.includes(id) });

const say = (decision: Decision): string =>
  decision.kind === "serve"
    ? `${decision.via} ${decision.model} on ${decision.node.id}`
    : `${decision.rejection.status} ${decision.rejection.code}`;

function route(
  snapshot: Snapshot,
  load: Load = idle,
  ask: {
    model?: string | null;
    pins?: Parameters<typeof resolveTarget>[2];
    excluded?: string[];
    tenantId?: string;
  } = {},
): string {
  const asking = snapshot.tenants.get(ask.tenantId ?? "ten_acme");
  if (!asking) throw new Error("no such tenant in the test");
  const target = resolveTarget(ask.model ?? null, asking, ask.pins ?? NO_PINS, snapshot);
  if ("status" in target) return `${target.status} ${target.code}`;
  return say(decide({ tenant: asking, target, excluded: new Set(ask.excluded) }, snapshot, load));
}

const withTenant = (change: Partial<TenantEntry>, rest: Parameters<typeof makeSnapshot>[0] = {}) =>
  makeSnapshot({ tenants: [tenant("ten_acme", change)], ...rest });
const live = (routableOn: string[]) => version("ver_2", { routableOn });
const previous = (routableOn: string[]) => version("ver_1", { routableOn });

describe("the model a caller means", () => {
  const two = [adapter("adp_a", { slug: "sales" }), adapter("adp_b", { slug: "support", liveVersionId: "ver_1" })];
  it.each<[string, string | null, Partial<TenantEntry>, string]>([
    ["none", null, {}, "primary lora-ver_2"],
    ["default", "default", {}, "primary lora-ver_2"],
    ["the tenant's slug", "acme", {}, "primary lora-ver_2"],
    ["an adapter's slug", "support", { adapters: two }, "primary lora-ver_1"],
    ["no default among several", null, { adapters: two, defaultAdapter: null }, "404 model_not_found"],
    [
      "an adapter named like the tenant",
      "acme",
      { adapters: [...two, adapter("adp_c", { slug: "acme", liveVersionId: "ver_1" })] },
      "primary lora-ver_1",
    ],
    ["the base model, not allowed", "base", {}, "404 model_not_found"],
    ["the base model, allowed", "base", { allowBaseModel: true }, "base_model base"],
    ["anything else", "gpt-4", { allowBaseModel: true }, "404 model_not_found"],
    ["a lora name", "lora-ver_2", { allowBaseModel: true }, "404 model_not_found"],
    ["no adapter at all", null, { adapters: [] }, "404 model_not_found"],
    ["nothing live yet", null, { adapters: [adapter("adp_a", { liveVersionId: null })] }, "404 model_not_live"],
  ])("%s", (_name, model, change, expected) => {
    expect(route(withTenant(change), idle, { model })).toContain(expected);
  });
});

describe("the node and what answers", () => {
  it.each<[string, Snapshot, Load, string]>([
    ["only where it is proven", makeSnapshot({ versions: [live(["node_2"])] }), idle, "primary lora-ver_2 on node_2"],
    [
      "only where it is proven, however busy that is and however idle the others",
      makeSnapshot({
        nodes: [node("node_1"), node("node_2"), node("node_3")],
        versions: [live(["node_3"])],
        pools: [pool("pool_1", { fallback: "base_model", nodeIds: ["node_1", "node_2", "node_3"] })],
      }),
      { ...idle, inFlight: (id) => (id === "node_3" ? 50 : 0) },
      "primary lora-ver_2 on node_3",
    ],
    ["not where the node is down", makeSnapshot({}), down("node_1"), "primary lora-ver_2 on node_2"],
    [
      "fewest requests in flight",
      makeSnapshot({}),
      { ...idle, inFlight: (id) => (id === "node_1" ? 3 : 4) },
      "primary lora-ver_2 on node_1",
    ],
    [
      "not where the name was lost",
      makeSnapshot({}),
      { ...idle, hasLost: (id) => id === "node_2" },
      "primary lora-ver_2 on node_1",
    ],
    [
      "never a node that does not serve customers",
      makeSnapshot({ nodes: [node("node_1", { closedBecause: "standalone" }), node("node_2")] }),
      down("node_2"),
      "503 no_node",
    ],
    ["the base model, said so", makeSnapshot({ versions: [live([])] }), down("node_2"), "base_model base on node_1"],
    [
      "not the base model where the tenant rather has none",
      withTenant({ fallback: "reject" }, { versions: [live([])] }),
      idle,
      "503 no_node",
    ],
    [
      "not the base model where the pool forbids it",
      makeSnapshot({
        versions: [live([])],
        pools: [pool("pool_1", { fallback: "reject", nodeIds: ["node_1", "node_2"] })],
      }),
      idle,
      "503 no_node",
    ],
    [
      "the previous version, said so",
      withTenant({ fallback: "previous_version" }, { versions: [live([]), previous(["node_1"])] }),
      idle,
      "previous_version lora-ver_1 on node_1",
    ],
    [
      "the base model when the previous version is gone too",
      withTenant({ fallback: "previous_version" }, { versions: [live([]), previous([])] }),
      down("node_1"),
      "base_model base on node_2",
    ],
    [
      "the previous version only where that is the policy",
      makeSnapshot({ versions: [live([]), previous(["node_1"])] }),
      down("node_2"),
      "base_model base on node_1",
    ],
    ["nothing when all are down", makeSnapshot({}), down("node_1", "node_2"), "503 no_node"],
  ])("%s", (_name, snapshot, load, expected) => {
    expect(route(snapshot, load)).toBe(expected);
  });

  it("tries another node after a failed connection, then falls back, then gives up", () => {
    const snapshot = makeSnapshot({ versions: [live(["node_1", "node_2"])] });
    expect(route(snapshot, idle, { excluded: ["node_1"] })).toBe("primary lora-ver_2 on node_2");
    const partly = makeSnapshot({ versions: [live(["node_1"])] });
    expect(route(partly, idle, { excluded: ["node_1"] })).toBe("base_model base on node_2");
    expect(route(partly, idle, { excluded: ["node_1", "node_2"] })).toBe("503 no_node");
  });

  it("spreads quiet versions over the nodes, and keeps each to its own", () => {
    const favourites = Array.from({ length: 60 }, (_, index) => {
      const snapshot = makeSnapshot({ versions: [version("ver_2", { loraName: `t${index}--a--v1-0123456789ab` })] });
      const first = route(snapshot);
      expect(route(snapshot)).toBe(first);
      return first.split(" on ")[1];
    });
    const share = favourites.filter((id) => id === "node_1").length;
    expect(share).toBeGreaterThan(15);
    expect(share).toBeLessThan(45);
  });
});

describe("pins", () => {
  const pin = (versionId: string, nodeId: string | null) => ({ pins: { versionId, nodeId, kind: "eval" as const } });
  it.each<[string, Snapshot, Load, ReturnType<typeof pin>, string]>([
    ["a version on a node", makeSnapshot({}), idle, pin("ver_1", "node_1"), "primary lora-ver_1 on node_1"],
    [
      "a version anywhere",
      makeSnapshot({ versions: [previous(["node_2"])] }),
      idle,
      pin("ver_1", null),
      "primary lora-ver_1 on node_2",
    ],
    [
      "a standalone node",
      makeSnapshot({ nodes: [node("node_9", { closedBecause: "standalone" })], versions: [previous(["node_9"])] }),
      idle,
      pin("ver_1", "node_9"),
      "primary lora-ver_1 on node_9",
    ],
    [
      "no substitute on another node",
      makeSnapshot({ versions: [previous(["node_2"])] }),
      idle,
      pin("ver_1", "node_1"),
      "503 pinned_version_not_routable",
    ],
    [
      "no substitute when down",
      makeSnapshot({}),
      down("node_1"),
      pin("ver_1", "node_1"),
      "503 pinned_version_not_routable",
    ],
    ["a version nobody knows", makeSnapshot({}), idle, pin("ver_9", null), "404 pinned_version_not_found"],
    [
      "another tenant's version",
      makeSnapshot({ versions: [version("ver_1", { tenantId: "ten_globex" })] }),
      idle,
      pin("ver_1", null),
      "404 pinned_version_not_found",
    ],
  ])("%s", (_name, snapshot, load, ask, expected) => {
    expect(route(snapshot, load, ask)).toBe(expected);
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
    excluded: some,
    fallback: fc.constantFrom("base_model" as const, "previous_version" as const, "reject" as const),
    poolFallback: fc.constantFrom("base_model" as const, "reject" as const),
    busy: fc.dictionary(fc.constantFrom(...ids), fc.nat(5)),
  });

  it("sends a request only where it can be answered, says what answers, and turns away only when nothing can", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const snapshot = withTenant(
          { fallback: given.fallback },
          {
            nodes: ids.map((id) => node(id, { closedBecause: given.serving.includes(id) ? null : "cordoned" })),
            versions: [live(given.liveOn), previous(given.previousOn)],
            pools: [pool("pool_1", { fallback: given.poolFallback, nodeIds: ids })],
          },
        );
        const load: Load = {
          isUp: (id) => given.up.includes(id),
          inFlight: (id) => given.busy[id] ?? 0,
          hasLost: (id, name) => name === "lora-ver_2" && given.lost.includes(id),
        };
        const usable = (id: string) =>
          given.up.includes(id) && given.serving.includes(id) && !given.excluded.includes(id);
        const liveNodes = given.liveOn.filter((id) => usable(id) && !given.lost.includes(id));
        const previousNodes = given.fallback === "previous_version" ? given.previousOn.filter(usable) : [];
        const baseNodes = given.fallback !== "reject" && given.poolFallback !== "reject" ? ids.filter(usable) : [];
        const said = route(snapshot, load, { excluded: given.excluded });
        const candidates =
          liveNodes.length > 0
            ? liveNodes.map((id) => ({ id, via: "primary lora-ver_2" }))
            : previousNodes.length > 0
              ? previousNodes.map((id) => ({ id, via: "previous_version lora-ver_1" }))
              : baseNodes.map((id) => ({ id, via: "base_model base" }));
        const least = Math.min(...candidates.map(({ id }) => given.busy[id] ?? 0));
        const best = candidates
          .filter(({ id }) => (given.busy[id] ?? 0) === least)
          .map(({ id, via }) => `${via} on ${id}`);
        expect(best.length > 0 ? best : ["503 no_node"]).toContain(said);
      }),
      { numRuns: 1000 },
    );
  });
});
