import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import type { Snapshot, TenantEntry } from "../snapshot/snapshot.ts";
import { adapter, control, endpoint, makeSnapshot, node, pool, tenant, version } from "../testing/make-snapshot.ts";
import { eligibleNodes, type Load } from "./eligible-nodes.ts";
import { explainRoute, type NodeTraffic, type RouteFacts } from "./explain-route.ts";
import { loadOfReports } from "./load-of-reports.ts";
import { planRoute, type RouteAsk } from "./plan-route.ts";
import type { Target } from "./resolve-target.ts";

const NOW = new Date(1_000_000);
const fine: Load = { isUp: () => true, hasLost: () => false, isOpen: () => false, versionIsOpen: () => false };
const NOTHING_KNOWN: RouteFacts = { placements: [], registrations: [], traffic: () => null, tierOf: () => "unknown" };

const askOf = (snapshot: Snapshot, target?: Target, unit = 0): RouteAsk => {
  const acme = snapshot.tenants.get("ten_acme");
  if (!acme?.defaultAdapter) throw new Error("no such tenant in the test");
  const usual = { kind: "adapter", adapter: acme.defaultAdapter } as const;
  return { tenant: acme, target: target ?? usual, unit: () => unit, mirrorUnit: () => 1, now: NOW };
};
const withTenant = (change: Partial<TenantEntry>, rest: Parameters<typeof makeSnapshot>[0] = {}) =>
  makeSnapshot({ tenants: [tenant("ten_acme", change)], ...rest });

function explain(snapshot: Snapshot, facts: Partial<RouteFacts> = {}, load = fine, target?: Target) {
  const explanation = explainRoute(askOf(snapshot, target), snapshot, load, { ...NOTHING_KNOWN, ...facts });
  if (explanation.kind === "refused") throw new Error(explanation.rejection.code);
  return explanation;
}
const traffic =
  (busy: Record<string, number>, adapters: Record<string, number> = {}, slots = 12) =>
  (nodeId: string): NodeTraffic | null =>
    nodeId in busy ? { inFlight: busy[nodeId] ?? 0, adapters: new Map(Object.entries(adapters)), slots } : null;

describe("why a node may not answer", () => {
  const where = (snapshot: Snapshot, facts: Partial<RouteFacts> = {}, load = fine, target?: Target) =>
    explain(snapshot, facts, load, target).options[0]?.nodes.find(({ nodeId }) => nodeId === "node_1")?.reason;
  const unproven = makeSnapshot({ versions: [version("ver_2", { routableOn: ["node_2"] })] });
  const placements = [{ versionId: "ver_2", nodeId: "node_1" }];
  const seen = (state: string) => ({ versionId: "ver_2", nodeId: "node_1", epoch: 0, state });

  it.each<[string | null, Snapshot, Partial<RouteFacts>, Load]>([
    [null, makeSnapshot({}), {}, fine],
    ["not_placed", unproven, {}, fine],
    ["not_placed", unproven, { placements: [{ versionId: "ver_1", nodeId: "node_1" }] }, fine],
    ["not_proven", unproven, { placements }, fine],
    ["not_proven", unproven, { placements, registrations: [seen("loaded")] }, fine],
    ["wrong_epoch", unproven, { placements, registrations: [seen("routable")] }, fine],
    ["standalone", makeSnapshot({ nodes: [node("node_1", { closedBecause: "standalone" })] }), {}, fine],
    ["broken", makeSnapshot({ nodes: [node("node_1", { closedBecause: "broken" })] }), {}, fine],
    ["unknown_node", makeSnapshot({ nodes: [] }), {}, fine],
    [
      "cordoned",
      makeSnapshot({ controls: [control("cordon", { nodeId: "node_1", expiresAt: new Date(1_000_001) })] }),
      {},
      fine,
    ],
    ["down", makeSnapshot({}), {}, { ...fine, isUp: () => false }],
    ["lost_name", makeSnapshot({}), {}, { ...fine, hasLost: () => true }],
    ["breaker_open", makeSnapshot({}), {}, { ...fine, isOpen: () => true }],
  ])("%s", (reason, snapshot, facts, load) => {
    expect(where(snapshot, facts, load)).toBe(reason);
  });

  it("not_pinned, though it would do otherwise", () => {
    const target = { kind: "pinned", version: version("ver_2"), nodeId: "node_2" } as const;
    expect(where(makeSnapshot({}), {}, fine, target)).toBe("not_pinned");
  });
});

describe("which node, and why", () => {
  const sentenceOf = (facts: Partial<RouteFacts>, snapshot = makeSnapshot({})) => explain(snapshot, facts).sentence;
  const tiers = (byNode: Record<string, "gpu" | "cpu" | "disk">) => (nodeId: string) => byNode[nodeId] ?? "unknown";

  it.each<[Partial<RouteFacts>, string]>([
    [
      { tierOf: tiers({ node_2: "gpu", node_1: "disk" }), traffic: traffic({ node_1: 0, node_2: 3 }) },
      "Version v2 answers, on node_2: proven, weights expected in a GPU slot, 3 requests in flight; on node_1 weights expected on disk.",
    ],
    [
      { tierOf: tiers({ node_2: "gpu", node_1: "gpu" }), traffic: traffic({ node_1: 1, node_2: 2 }) },
      "Version v2 answers, on node_1: proven, weights expected in a GPU slot, 1 request in flight; node_2 has 2.",
    ],
    [
      {
        tierOf: tiers({ node_1: "cpu", node_2: "cpu" }),
        traffic: (id) => traffic({ node_1: 3, node_2: 4 }, id === "node_2" ? { "lora-ver_2": 1 } : {})(id),
      },
      "Version v2 answers, on node_2: proven, weights expected in a GPU slot, 4 requests in flight; this version runs here already.",
    ],
    [
      {
        tierOf: tiers({ node_1: "gpu", node_2: "cpu" }),
        traffic: (id) => traffic({ node_1: 3, node_2: 3 }, id === "node_1" ? { other: 3 } : {}, 1)(id),
      },
      "Version v2 answers, on node_2: proven, weights expected in the CPU cache, 3 requests in flight; node_1 has no slot free.",
    ],
  ])("%#", (facts, sentence) => {
    expect(sentenceOf(facts)).toBe(sentence);
  });

  it("says what is unknown, and that there was no choice", () => {
    expect(sentenceOf({}, makeSnapshot({ versions: [version("ver_2", { routableOn: ["node_1"] })] }))).toBe(
      "Version v2 answers, on node_1: proven, the location of its weights is unknown, requests in flight unknown; the only node that may answer.",
    );
    expect(sentenceOf({})).toMatch(/; first in this version's own order of nodes\.$/);
  });

  it("says what stands in, and what was wrong", () => {
    const gone = makeSnapshot({ versions: [version("ver_2", { routableOn: [] })], nodes: [node("node_1")] });
    expect(sentenceOf({ traffic: traffic({ node_1: 0 }) }, gone)).toBe(
      "The base model base answers, on node_1: up, the base model needs no slot, 0 requests in flight; the only node that may answer. Version v2: none of 2 nodes may answer.",
    );
    const byHand = makeSnapshot({
      controls: [control("serve_previous", { tenantId: "ten_acme", expiresAt: new Date(1_000_001) })],
    });
    expect(sentenceOf({}, byHand)).toMatch(/^The previous version v1 answers, .* This is a manual override\.$/);
    const hosted = withTenant(
      { fallback: "hosted_provider", hostedEndpointId: "end_1" },
      { endpoints: [endpoint("end_1", { name: "Acme Cloud" })], versions: [] },
    );
    expect(sentenceOf({}, hosted)).toBe(
      "The hosted provider Acme Cloud answers. What should have answered is not known to the gateway.",
    );
  });

  it("says that nothing can answer, and what the client is told", () => {
    const explanation = explain(makeSnapshot({}), {}, { ...fine, isUp: () => false });
    expect(explanation).toMatchObject({
      sentence: "Nothing can answer right now.",
      rejection: { status: 503, code: "no_node" },
      options: [{ sentence: "Version v2: none of 2 nodes may answer." }, { isChosen: false }],
    });
  });

  it("is the refusal itself where there is no way at all", () => {
    const snapshot = withTenant({ adapters: [adapter("adp_1", { liveVersionId: null })] });
    expect(explainRoute(askOf(snapshot), snapshot, fine, NOTHING_KNOWN)).toMatchObject({
      kind: "refused",
      rejection: { code: "model_not_live" },
    });
  });

  it("names the candidate and the mirror", () => {
    const split = adapter("adp_1", {
      candidate: { versionId: "ver_1", weight: 10 },
      mirror: { versionId: "ver_3", share: 100 },
    });
    const snapshot = withTenant(
      { adapters: [split] },
      { versions: [version("ver_1"), version("ver_2"), version("ver_3")] },
    );
    const ask = { ...askOf(snapshot), mirrorUnit: () => 0 };
    expect(explainRoute(ask, snapshot, { ...fine, versionIsOpen: () => true }, NOTHING_KNOWN)).toMatchObject({
      mirror: { versionId: "ver_3", versionNumber: 3 },
      options: [
        { isCandidate: true, isChosen: false, sentence: "The candidate version v1: none of 2 nodes may answer." },
        { isCandidate: false, isChosen: true },
        {},
      ],
    });
  });
});

describe("the view made of what gateways report", () => {
  const report = (nodes: GatewayReport["nodes"], openVersions: string[] = []): GatewayReport => ({
    nodes,
    pools: [],
    tenants: [],
    snapshotAt: null,
    tracesPending: 0,
    openVersions,
  });
  const one = (
    nodeId: string,
    change: Partial<GatewayReport["nodes"][number]> = {},
  ): GatewayReport["nodes"][number] => ({
    nodeId,
    isUp: true,
    breaker: "closed",
    inFlight: 0,
    adapters: [],
    slots: 12,
    ...change,
  });

  it("takes a node out when one gateway does, and sums what they have on it", () => {
    const { load, traffic: sum } = loadOfReports([
      report([
        one("node_1", { inFlight: 2, adapters: [{ loraName: "a", inFlight: 2 }] }),
        one("node_2", { breaker: "half_open" }),
      ]),
      report(
        [one("node_1", { inFlight: 1, isUp: false, adapters: [{ loraName: "a", inFlight: 1 }], breaker: "open" })],
        ["ver_1"],
      ),
    ]);
    expect(["node_1", "node_2", "node_3"].map(load.isUp)).toEqual([false, true, true]);
    expect(["node_1", "node_2", "node_3"].map(load.isOpen)).toEqual([true, false, false]);
    expect([load.versionIsOpen("ver_1"), load.versionIsOpen("ver_2"), load.hasLost("node_1", "a")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(sum("node_1")).toEqual({ inFlight: 3, adapters: new Map([["a", 3]]), slots: 12 });
    expect(sum("node_3")).toBeNull();
  });
});

describe("whatever the fleet looks like", () => {
  const ids = ["node_1", "node_2", "node_3"];
  const some = fc.subarray(ids);
  const facts = fc.record({
    liveOn: some,
    candidateOn: some,
    up: some,
    serving: some,
    lost: some,
    open: some,
    excluded: some,
    placed: some,
    seen: some,
    isCandidateOpen: fc.boolean(),
    isHostedOpen: fc.boolean(),
    fallback: fc.constantFrom("base_model" as const, "hosted_provider" as const, "previous_version" as const),
    forced: fc.boolean(),
    pinned: fc.constantFrom(null, "any", ...ids),
    unit: fc.constantFrom(0, 0.9),
    tier: fc.constantFrom("gpu" as const, "cpu" as const, "disk" as const, "unknown" as const),
    busy: fc.dictionary(fc.constantFrom(...ids), fc.nat(20)),
  });

  it("says of every node what the gateway itself would decide, and chooses as it would", () => {
    fc.assert(
      fc.property(facts, (given) => {
        const own = adapter("adp_1", { candidate: { versionId: "ver_3", weight: 50 } });
        const snapshot = withTenant(
          { adapters: [own], fallback: given.fallback, hostedEndpointId: "end_1" },
          {
            nodes: ids.map((id) => node(id, { closedBecause: given.serving.includes(id) ? null : "standalone" })),
            versions: [
              version("ver_2", { routableOn: given.liveOn }),
              version("ver_3", { routableOn: given.candidateOn }),
            ],
            pools: [pool("pool_1", { nodeIds: ids })],
            endpoints: [endpoint("end_1")],
            controls: given.forced
              ? [control("serve_fallback", { tenantId: "ten_acme", expiresAt: new Date(1_000_001) })]
              : [],
          },
        );
        const load: Load = {
          isUp: (id) => given.up.includes(id),
          isOpen: (id) => given.open.includes(id) || (id === "end_1" && given.isHostedOpen),
          hasLost: (id, name) => name === "lora-ver_2" && given.lost.includes(id),
          versionIsOpen: () => given.isCandidateOpen,
        };
        const excluded = new Set(given.excluded);
        const nodeId = given.pinned === "any" ? null : given.pinned;
        const target =
          given.pinned === null
            ? undefined
            : ({ kind: "pinned", version: version("ver_2", { routableOn: given.liveOn }), nodeId } as const);
        const ask = askOf(snapshot, target, given.unit);
        const plan = planRoute(ask, snapshot);
        const explained = explainRoute(
          ask,
          snapshot,
          load,
          {
            placements: given.placed.map((id) => ({ nodeId: id, versionId: "ver_2" })),
            registrations: given.seen.map((id) => ({ nodeId: id, versionId: "ver_2", epoch: 0, state: "routable" })),
            traffic: traffic(given.busy),
            tierOf: () => given.tier,
          },
          excluded,
        );
        if (plan.kind !== "plan" || explained.kind !== "explained") throw new Error("nothing to compare");
        expect(explained.options.map(({ via, model }) => [via, model])).toEqual(
          plan.options.map(({ via, model }) => [via, model]),
        );
        const ways = plan.options.map((option) => [...eligibleNodes(option, ask, snapshot, load, excluded)].sort());
        expect(
          explained.options.map(({ nodes }) =>
            nodes
              .filter(({ reason }) => reason === null)
              .map((one) => one.nodeId)
              .sort(),
          ),
        ).toEqual(ways);
        const first = plan.options.findIndex((option, index) =>
          option.on === "node" ? (ways[index] ?? []).length > 0 : !load.isOpen(option.endpoint.id),
        );
        expect(explained.options.findIndex(({ isChosen }) => isChosen)).toBe(first);
        expect(explained.rejection === null).toBe(first >= 0);
        const chosen = explained.options.flatMap(({ nodes }) => nodes.filter(({ isChosen }) => isChosen));
        expect(chosen.every(({ reason }) => reason === null)).toBe(true);
        expect(chosen.length).toBe(plan.options[first]?.on === "node" ? 1 : 0);
        for (const { nodes } of explained.options)
          expect(nodes.map((one) => one.nodeId).sort()).toEqual(nodes.length > 0 ? ids : []);
      }),
      { numRuns: 1000 },
    );
  });
});
