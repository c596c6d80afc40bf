import { describe, expect, it } from "vitest";
import { fallbackOf, type Service } from "./fallback-of.ts";
import { freezeConsequences } from "./freeze-consequences.ts";
import { type NodeFacts, putBackConsequences, takeOutConsequences } from "./node-consequences.ts";
import { loadAfterMove, type MinuteLoad } from "./predict-load.ts";
import { type TenantFacts, tenantConsequences } from "./tenant-consequences.ts";

const service = (change: Partial<Service> & { adapterId: string }): Service => ({
  tenantId: `ten_${change.adapterId}`,
  tenantName: `Tenant ${change.adapterId}`,
  adapterSlug: "support",
  live: { number: 2, on: ["n1", "n2"] },
  previous: null,
  fallback: "base_model",
  poolId: "pool_1",
  baseModel: "tiny-llama",
  provider: null,
  origin: null,
  ...change,
});
const node = (id: string, slots = 12) => ({ id, name: id === "n1" ? "node-1" : "node-2", slots, answers: true });
const load = (minute: number, nodeId: string, adapterId: string, requests = 1): MinuteLoad => ({
  minute,
  nodeId,
  adapterId,
  requests,
});
/** `n` adapters, each once a minute, on a node. */
const busy = (nodeId: string, from: number, n: number, requests = 60): MinuteLoad[] =>
  Array.from({ length: n }, (_, index) => load(1, nodeId, `a${from + index}`, requests));
const facts = (change: Partial<NodeFacts> = {}): NodeFacts => ({
  node: { ...node("n2"), standalone: false, cordoned: false },
  others: [node("n1")],
  services: [service({ adapterId: "a1" }), service({ adapterId: "a2" })],
  loads: [...busy("n1", 1, 9), ...busy("n2", 10, 5)],
  now: new Date(60 * 60_000),
  ...change,
});

describe("taking a node out", () => {
  it("says what moves where, and that the slots no longer suffice", () => {
    const told = takeOutConsequences(facts(), 120);
    expect(told).toMatchObject({
      sentence:
        "node-2 gets no more customers' requests; its adapters stay loaded. What runs on it now may take 2 min.",
      changes: [
        { what: "node-2", from: "5 adapters, 5 requests/min", to: "no requests" },
        { what: "node-1", from: "9 adapters in use at peak, 9 requests/min", to: "14 in use at peak" },
      ],
      tenants: { count: 2, names: ["Tenant a1", "Tenant a2"] },
      requests: 300,
      withoutAnswer: { count: 0 },
    });
    expect(told.predicted).toEqual([
      "5 adapters and about 5 requests/min move to node-1.",
      "Adapters in use within a minute on node-1: 9 at peak now, about 14 then, of 12 slots: some weights are swapped in and out, and first tokens take longer.",
    ]);
    expect(takeOutConsequences(facts({ others: [node("n1", 14)] }), null).predicted.at(-1)).toMatch(/They fit\.$/);
  });

  it("names those whom nothing would answer, and what the others would get", () => {
    const services = [
      service({ adapterId: "a1", live: { number: 2, on: ["n2"] } }),
      service({ adapterId: "a2", live: { number: 2, on: ["n2"] }, fallback: "reject" }),
      service({ adapterId: "a3" }),
    ];
    const told = takeOutConsequences(facts({ services }), null);
    expect(told.withoutAnswer).toEqual({ count: 1, names: ["Tenant a2"] });
    expect(told.tenants.count).toBe(3);
    expect(told.changes.slice(2)).toEqual([
      { what: "1 tenant", from: "their live version", to: "the base model tiny-llama" },
      { what: "1 tenant", from: "their live version", to: "refused: nothing else may answer" },
    ]);
    const last = takeOutConsequences(facts({ others: [] }), null);
    expect(last.withoutAnswer.count).toBe(2);
    expect(last.predicted).toEqual(["No other node of the pool serves: 2 tenants get their fallback, or are refused."]);
  });

  it("says that the load is unknown when nobody reported, and never that it is nothing", () => {
    const told = takeOutConsequences(facts({ loads: null }), null);
    expect(told.requests).toBeNull();
    expect(told.predicted[0]).toMatch(/unknown: no gateway/);
    expect(takeOutConsequences(facts({ loads: [] }), null)).toMatchObject({
      requests: 0,
      predicted: ["No customer's request went to node-2 in the last hour, so little moves."],
    });
  });

  it("moves nothing for a node that serves nobody", () => {
    const away = takeOutConsequences(facts({ node: { ...facts().node, answers: false } }), null);
    expect(away).toMatchObject({ tenants: { count: 0 }, requests: 0, predicted: [] });
    const standalone = takeOutConsequences(facts({ node: { ...facts().node, standalone: true } }), null);
    expect(standalone.sentence).toBe("Evaluations run no baseline on node-2.");
  });
});

describe("putting a node back", () => {
  it("says who gets a live version again, and promises nothing for a node that does not answer", () => {
    const cordoned = { ...facts().node, cordoned: true };
    const services = [service({ adapterId: "a1", live: { number: 2, on: ["n2"] } }), service({ adapterId: "a2" })];
    const told = putBackConsequences(facts({ node: cordoned, services }));
    expect(told.sentence).toBe("node-2 gets customers' requests again, beside node-1.");
    expect(told.changes).toEqual([
      { what: "node-2", from: "cordoned", to: "2 live adapters ready on it" },
      { what: "1 tenant", from: "their fallback", to: "their live version" },
    ]);
    expect(putBackConsequences(facts({ node: { ...cordoned, answers: false } })).sentence).toMatch(/once it answers/);
  });
});

it("a fleet that began a moment ago is not taken for a quiet one", () => {
  const told = takeOutConsequences(facts({ now: new Date(60_000 * 5) }), null);
  expect(told.changes[0]?.from).toBe("5 adapters, 60 requests/min");
  const alone = facts({ loads: [load(1, "n2", "a1")] });
  expect(takeOutConsequences(alone, null).changes[0]?.from).toBe("1 adapter, 1 request an hour");
});

it("an adapter moves whole, and only its own minutes count", () => {
  const loads = [load(1, "n2", "a"), load(2, "n2", "b"), load(1, "n1", "a"), load(2, "n3", "c")];
  expect(loadAfterMove(loads, "n2", ["n1", "n3"])).toEqual({
    moved: { requests: 2, adapters: 2 },
    nodes: [
      { nodeId: "n1", requests: 1, peakNow: 1, peakThen: 1 },
      { nodeId: "n3", requests: 1, peakNow: 1, peakThen: 2 },
    ],
  });
});

describe("what stands in", () => {
  it.each<[string, Partial<Service>, string | null]>([
    ["reject", { fallback: "reject" }, null],
    ["base model", {}, "the base model tiny-llama"],
    ["a pool without a base", { baseModel: null }, null],
    ["previous", { fallback: "previous_version", previous: { number: 1, on: ["n1"] } }, "version 1"],
    [
      "a previous version elsewhere",
      { fallback: "previous_version", previous: { number: 1, on: ["n9"] } },
      "the base model tiny-llama",
    ],
    ["origin at last", { fallback: "previous_version", baseModel: null, origin: "old" }, "its origin old"],
    ["provider", { fallback: "hosted_provider", provider: "acme-ai" }, "the hosted provider acme-ai"],
    ["a provider nobody set", { fallback: "hosted_provider" }, "the base model tiny-llama"],
  ])("%s", (_name, change, answer) => {
    expect(fallbackOf(service({ adapterId: "a1", ...change }), ["n1"])).toBe(answer);
  });
});

describe("a tenant", () => {
  const tenantFacts = (change: Partial<TenantFacts> = {}): TenantFacts => ({
    tenant: { id: "ten_1", name: "Globex" },
    services: [
      service({ adapterId: "a1", tenantId: "ten_1", tenantName: "Globex", previous: { number: 1, on: ["n1"] } }),
      service({ adapterId: "a2", tenantId: "ten_1", tenantName: "Globex", adapterSlug: "billing" }),
    ],
    nodes: new Map(["n1", "n2"].map((id) => [id, { name: node(id).name, poolId: "pool_1" }])),
    loads: [load(1, "n1", "a1", 120), load(2, "n2", "a2", 60)],
    ...change,
  });

  it("gets the version before, where there is one", () => {
    expect(tenantConsequences("serve_previous", tenantFacts())).toMatchObject({
      changes: [
        { what: "support", from: "version 2", to: "version 1, on 1 of 2 nodes" },
        { what: "billing", from: "version 2", to: "version 2: no version was live before" },
      ],
      tenants: { count: 1, names: ["Globex"] },
      requests: 120,
      withoutAnswer: { count: 0 },
    });
  });

  it("gets its fallback", () => {
    const told = tenantConsequences("serve_fallback", tenantFacts());
    expect(told).toMatchObject({ requests: 180, changes: [{ to: "the base model tiny-llama" }, {}] });
    expect(told.predicted).toEqual([
      "About 3 requests/min on node-1 and node-2 are answered by something else than their own version.",
    ]);
  });

  it("gets nothing when it is shed, its base model included", () => {
    const base = { minute: 3, nodeId: "n1", adapterId: null, requests: 5 };
    const told = tenantConsequences("shed", tenantFacts({ services: [], loads: [base] }));
    expect(told).toMatchObject({ requests: 5, withoutAnswer: { count: 1, names: ["Globex"] } });
    expect(told.predicted).toEqual(["About 5 requests an hour on node-1 end at the gateway; others get that room."]);
    expect(tenantConsequences("shed", tenantFacts({ loads: null })).requests).toBeNull();
  });
});

it("a freeze counts what it holds, and touches no request", () => {
  const told = freezeConsequences({
    cutovers: [{ tenantId: "t1", tenantName: "Acme", phase: "warming" }],
    runs: [
      { tenantId: "t1", tenantName: "Acme", state: "running" },
      { tenantId: "t2", tenantName: "Globex", state: "queued" },
    ],
  });
  expect(told).toMatchObject({ tenants: { count: 2, names: ["Acme", "Globex"] }, requests: 0 });
  expect(told.changes).toMatchObject([
    { what: "1 cutover under way", from: "warming" },
    { what: "2 evaluations", from: "1 running, 1 queued" },
  ]);
  expect(freezeConsequences({ cutovers: [], runs: [] }).changes[0]).toMatchObject({
    from: "none",
    to: "none may start",
  });
});
