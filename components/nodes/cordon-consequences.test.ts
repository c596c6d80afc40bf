import { describe, expect, it } from "vitest";
import { cordonConsequences, uncordonConsequences } from "./cordon-consequences.ts";
import { nodeNamed } from "./testing/node-named.ts";

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
