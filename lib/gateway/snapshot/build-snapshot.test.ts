import { describe, expect, it } from "vitest";
import { buildSnapshot, type OpenKey } from "./build-snapshot.ts";
import type { NodeClosure } from "./snapshot.ts";
import type { RoutingRows } from "./store.ts";

type Node = RoutingRows["nodes"][number];
const node = (id: string, change: Partial<Node> = {}): Node => ({
  id,
  name: id,
  poolId: "pool_1",
  baseUrl: `http://${id}.test`,
  sealedKey: null,
  standalone: false,
  simulated: false,
  epoch: 3,
  cordoned: false,
  conditions: [],
  limits: null,
  engineVersion: "0.32.0",
  backend: null,
  gpu: null,
  _count: { registrations: 0, placements: 0 },
  ...change,
});
const condition = (type: string, status: string) => ({ type, status, reason: "", message: "", lastTransitionTime: "" });
const tenant = (adapters: { id: string; isDefault: boolean }[]): RoutingRows["tenants"][number] => ({
  id: "ten_1",
  slug: "acme",
  status: "active",
  fallback: "base_model",
  allowBaseModel: false,
  weight: 1,
  maxConcurrent: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  tokensPerRequest: null,
  hostedEndpointId: null,
  adapters: adapters.map((adapter) => ({ slug: adapter.id, poolId: "pool_1", route: null, ...adapter })),
});
const NO_ROWS: RoutingRows = {
  tenants: [],
  keys: [],
  pools: [],
  nodes: [],
  settings: [],
  proofs: [],
  versions: [],
  endpoints: [],
  controls: [],
  observed: [],
  recordings: [],
  instances: 1,
};
const build = (change: Partial<RoutingRows>, openKey: OpenKey = (_of, _id, sealed) => ({ key: sealed })) =>
  buildSnapshot({ ...NO_ROWS, ...change }, openKey, new Date(0));

describe("buildSnapshot", () => {
  it.each<[string, Partial<Node>, NodeClosure | null]>([
    ["an ordinary node", {}, null],
    ["a standalone node", { standalone: true }, "standalone"],
    ["a cordoned node", { cordoned: true }, "cordoned"],
    ["a dead engine", { conditions: [condition("EngineHealthy", "false")] }, "broken"],
    ["the wrong base model", { conditions: [condition("BaseModelMatches", "false")] }, "broken"],
    [
      "a node the worker cannot reach: the gateway looks for itself",
      { conditions: [condition("Reachable", "false")] },
      null,
    ],
  ])("%s", (_name, change, closedBecause) => {
    expect(build({ nodes: [node("node_1", change)] }).nodes.get("node_1")?.closedBecause).toBe(closedBecause);
  });

  it("asks no base model of a CPU engine with adapters loaded or to be loaded, proven or not", () => {
    const mixes = (backend: string | null, gpu: string | null, registrations: number, placements = 0) =>
      build({ nodes: [node("node_1", { backend, gpu, _count: { registrations, placements } })] }).nodes.get("node_1")
        ?.mixesBase;
    expect(mixes("cpu", null, 0, 1)).toBe(true);
    expect([mixes("cpu", null, 1), mixes("cpu_likely", null, 1), mixes(null, "CPU", 1)]).toEqual([true, true, true]);
    expect([mixes("cpu", null, 0), mixes("cpu_likely", "A100", 1), mixes(null, null, 1)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("leaves a node that only a control keeps out to the control, and its time", () => {
    const held = (wasCordoned: boolean): RoutingRows["controls"] => [
      { id: "ctl_1", kind: "cordon", tenantId: null, nodeId: "node_1", expiresAt: new Date(5), wasCordoned },
    ];
    const nodes = [node("node_1", { cordoned: true }), node("node_2", { cordoned: true })];
    const byControl = build({ nodes, controls: held(false) });
    expect([...byControl.nodes.values()].map(({ closedBecause }) => closedBecause)).toEqual([null, "cordoned"]);
    expect(byControl.controls).toEqual([
      { id: "ctl_1", kind: "cordon", tenantId: null, nodeId: "node_1", expiresAt: new Date(5) },
    ]);
    expect(build({ nodes, controls: held(true) }).nodes.get("node_1")?.closedBecause).toBe("cordoned");
  });

  it("sends nothing to a node whose key cannot be opened", () => {
    const locked = build({ nodes: [node("node_1", { sealedKey: "sealed" })] }, () => "unreadable");
    expect(locked.nodes.get("node_1")).toMatchObject({ closedBecause: "key_unreadable", apiKey: null });
    expect(build({ nodes: [node("node_1", { sealedKey: "sealed" })] }).nodes.get("node_1")?.apiKey).toBe("sealed");
  });

  it("counts a proof only in the node's present epoch", () => {
    const version = { id: "ver_1", tenantId: "ten_1", adapterId: "adp_1", poolId: "pool_1", number: 1, loraName: "a" };
    const snapshot = build({
      versions: [version],
      nodes: [node("node_1"), node("node_2"), node("node_3")],
      proofs: [
        { nodeId: "node_3", epoch: 3, versionIds: ["ver_1", "ver_gone"] },
        { nodeId: "node_2", epoch: 2, versionIds: ["ver_1"] },
        { nodeId: "node_1", epoch: 3, versionIds: ["ver_1"] },
        { nodeId: "node_gone", epoch: 3, versionIds: ["ver_1"] },
      ],
    });
    expect([...snapshot.versions.values()]).toEqual([{ ...version, routableOn: ["node_1", "node_3"] }]);
  });

  it("looks at each proof once, however many versions and nodes there are", () => {
    let reads = 0;
    const versionIds = Array.from({ length: 200 }, (_, index) => `ver_${index}`);
    const counted = new Proxy(versionIds, {
      get(list, key, receiver) {
        if (typeof key === "string" && /^\d+$/.test(key)) reads += 1;
        return Reflect.get(list, key, receiver);
      },
    });
    const nodes = Array.from({ length: 20 }, (_, index) => node(`node_${index}`));
    const versions = versionIds.map((id, index) => ({
      id,
      tenantId: "ten_1",
      adapterId: "adp_1",
      poolId: "pool_1",
      number: index,
      loraName: id,
    }));
    const proofs = nodes.map(({ id, epoch }) => ({ nodeId: id, epoch, versionIds: counted }));
    const { versions: built } = build({ nodes, versions, proofs });
    expect([built.size, reads]).toEqual([200, 200 * 20]);
    expect([...built.values()].every(({ routableOn }) => routableOn.length === 20)).toBe(true);
  });

  it.each([
    [
      "the one that is marked",
      [
        { id: "a", isDefault: false },
        { id: "b", isDefault: true },
      ],
      "b",
    ],
    ["the only one", [{ id: "a", isDefault: false }], "a"],
    [
      "none among several",
      [
        { id: "a", isDefault: false },
        { id: "b", isDefault: false },
      ],
      undefined,
    ],
  ])("takes %s for the default adapter", (_name, adapters, expected) => {
    expect(build({ tenants: [tenant(adapters)] }).tenants.get("ten_1")?.defaultAdapter?.id).toBe(expected);
  });

  it("reads the settings it knows and ignores those that make no sense", () => {
    const settings = (value: RoutingRows["settings"][number]["value"], interval: number) =>
      build({
        settings: [
          { key: "tenant_header", value },
          { key: "health_check_interval", value: interval },
        ],
      }).settings;
    expect(settings("X-Customer", 3)).toEqual({ tenantHeader: "x-customer", healthCheckIntervalMs: 3_000 });
    expect(settings("bad header\r\n", 0)).toEqual({ tenantHeader: "x-tenant-id", healthCheckIntervalMs: 10_000 });
  });
});
