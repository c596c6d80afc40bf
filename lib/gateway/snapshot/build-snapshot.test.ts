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
  registrations: [],
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
  hostedEndpointId: null,
  adapters: adapters.map((adapter) => ({ slug: adapter.id, poolId: "pool_1", route: null, ...adapter })),
});
const NO_ROWS: RoutingRows = {
  tenants: [],
  keys: [],
  pools: [],
  nodes: [],
  settings: [],
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
    const versions = [
      { id: "ver_1", tenantId: "ten_1", adapterId: "adp_1", number: 1, loraName: "a", adapter: { poolId: "pool_1" } },
      { id: "ver_2", tenantId: "ten_1", adapterId: "adp_1", number: 2, loraName: null, adapter: { poolId: "pool_1" } },
    ];
    const nodes = [
      node("node_1", { registrations: [{ versionId: "ver_1", epoch: 3 }] }),
      node("node_2", { registrations: [{ versionId: "ver_1", epoch: 2 }] }),
    ];
    const snapshot = build({ versions, nodes });
    expect(snapshot.versions.get("ver_1")?.routableOn).toEqual(["node_1"]);
    expect(snapshot.versions.has("ver_2")).toBe(false);
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
