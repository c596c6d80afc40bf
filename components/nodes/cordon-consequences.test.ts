import { describe, expect, it } from "vitest";
import type { Node } from "#lib/fleet/schema.ts";
import { cordonConsequences, uncordonConsequences } from "./cordon-consequences.ts";

const nodeNamed = (name: string, change: Partial<Node> = {}): Node => ({
  id: `node_${name}`,
  poolId: "pool_1",
  poolSlug: "pool",
  name,
  baseUrl: "http://127.0.0.1:8100",
  hasKey: false,
  standalone: false,
  gpu: null,
  pricePerHour: null,
  engineVersion: "0.32.0",
  simulated: false,
  epoch: 1,
  processStartedAt: null,
  cordoned: false,
  drainDeadline: null,
  limits: null,
  findings: null,
  health: "healthy",
  healthReason: "",
  conditions: [
    { type: "Reachable", status: "true", reason: "ok", message: "", lastTransitionTime: "2026-11-24T08:00:00Z" },
  ],
  lastSeenAt: "2026-11-24T08:00:00Z",
  placements: { desired: 0, routable: 0, failed: 0 },
  drift: [],
  generation: 1,
  createdAt: "2026-11-24T08:00:00Z",
  ...change,
});

describe("cordonConsequences", () => {
  it("names the nodes that take over", () => {
    const [node, other] = [nodeNamed("node-1"), nodeNamed("node-2")];
    const told = cordonConsequences({ node, poolNodes: [node, other], tenantCount: 40 });
    expect(told.changes[0]).toBe("Customers' requests go to node-2 instead of node-1.");
    expect(told).toMatchObject({ tenantCount: 40, load: "The requests of 40 tenants move to 1 node" });
  });

  it("says so when nobody can take over", () => {
    const node = nodeNamed("node-1");
    const away = nodeNamed("node-2", { conditions: [] });
    const told = cordonConsequences({
      node,
      poolNodes: [node, away, nodeNamed("alone", { standalone: true })],
      tenantCount: 1,
    });
    expect(told.changes[0]).toMatch(/No other node of its pool serves/);
    expect(told.load).toBe("1 tenant without a node");
  });

  it("moves nothing for a node that does not serve", () => {
    const node = nodeNamed("node-1", { conditions: [], health: "unreachable" });
    expect(cordonConsequences({ node, poolNodes: [node], tenantCount: 0 }).load).toBeNull();
  });

  it("stops baselines, not customers, on a standalone node", () => {
    const node = nodeNamed("alone", { standalone: true });
    const told = cordonConsequences({ node, poolNodes: [node], tenantCount: 0 });
    expect(told).toMatchObject({ tenantCount: 0, load: null });
    expect(told.changes[0]).toMatch(/baseline/);
  });
});

describe("uncordonConsequences", () => {
  it("promises nothing for a node that does not answer", () => {
    const node = nodeNamed("node-1", { cordoned: true, conditions: [] });
    expect(uncordonConsequences({ node, poolNodes: [node], tenantCount: 0 }).changes[0]).toMatch(/once it answers/);
  });
});
