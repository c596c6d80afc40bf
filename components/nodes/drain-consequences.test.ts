import { describe, expect, it } from "vitest";
import { DRAIN_DEADLINES, deadlineWord, drainConsequences } from "./drain-consequences.ts";
import { nodeNamed } from "./testing/node-named.ts";

describe("drainConsequences", () => {
  it("says what a cordon says, and how long what runs may take", () => {
    const [node, other] = [nodeNamed("node-1"), nodeNamed("node-2")];
    const told = drainConsequences({ node, poolNodes: [node, other], tenantCount: 3 }, 120);
    expect(told.changes[0]).toBe("Customers' requests go to node-2 instead of node-1.");
    expect(told.changes.at(-1)).toMatch(/within 2\smin/);
    expect(told.tenantCount).toBe(3);
  });

  it("does not promise a wait that nobody asked for", () => {
    const node = nodeNamed("node-1");
    expect(drainConsequences({ node, poolNodes: [node], tenantCount: 0 }, 0).changes.at(-1)).toMatch(/^Nothing waits/);
  });

  it("offers deadlines in words", () => {
    expect(DRAIN_DEADLINES.map(deadlineWord)[2]).toMatch(/2\smin$/);
  });
});
