import { describe, expect, it } from "vitest";
import { node } from "../testing/make-snapshot.ts";
import { createNodeHealth } from "./node-health.ts";

const INTERVAL_MS = 10_000;
const NODES = [node("node_1"), node("node_2")];

function setUp() {
  const well = new Map<string, boolean>();
  const checks: string[] = [];
  let at = 0;
  const health = createNodeHealth(
    async ({ id }) => {
      checks.push(id);
      return well.get(id) ?? true;
    },
    () => at,
  );
  return {
    health,
    checks,
    well,
    tickAt: async (ms: number) => {
      at = ms;
      checks.length = 0;
      await health.tick(NODES, INTERVAL_MS);
    },
    goTo: (ms: number) => {
      at = ms;
    },
  };
}

describe("createNodeHealth", () => {
  it("checks at once, then every interval", async () => {
    const { checks, tickAt } = setUp();
    await tickAt(0);
    expect(checks).toEqual(["node_1", "node_2"]);
    await tickAt(9_000);
    expect(checks).toEqual([]);
    await tickAt(10_000);
    expect(checks).toEqual(["node_1", "node_2"]);
  });

  it("takes a node out when its check fails, and asks it every second until it is back", async () => {
    const { health, checks, well, tickAt } = setUp();
    well.set("node_1", false);
    await tickAt(0);
    expect([health.isUp("node_1"), health.isUp("node_2")]).toEqual([false, true]);
    well.set("node_1", true);
    await tickAt(1_000);
    expect(checks).toEqual(["node_1"]);
    expect(health.isUp("node_1")).toBe(true);
  });

  it("believes a failed connection before any check", async () => {
    const { health, checks, tickAt } = setUp();
    await tickAt(0);
    health.markDown("node_2");
    expect(health.isUp("node_2")).toBe(false);
    await tickAt(1_000);
    expect(checks).toEqual(["node_2"]);
    expect(health.isUp("node_2")).toBe(true);
  });

  it("trusts a node it has not checked yet: the fleet proved it", () => {
    expect(setUp().health.isUp("node_1")).toBe(true);
  });

  it("forgets that a name was lost once the fleet has had time to notice", () => {
    const { health, goTo } = setUp();
    health.markLost("node_1", "a--b--v1");
    expect(health.hasLost("node_1", "a--b--v1")).toBe(true);
    expect(health.hasLost("node_1", "a--b--v2")).toBe(false);
    expect(health.hasLost("node_2", "a--b--v1")).toBe(false);
    goTo(5_000);
    expect(health.hasLost("node_1", "a--b--v1")).toBe(false);
  });

  it("counts what is in flight", () => {
    const { health } = setUp();
    health.started("node_1");
    health.started("node_1");
    health.ended("node_1");
    expect(health.report(NODES)).toEqual([
      { name: "node_1", isUp: true, inFlight: 1 },
      { name: "node_2", isUp: true, inFlight: 0 },
    ]);
    health.ended("node_1");
    expect(health.inFlight("node_1")).toBe(0);
  });
});
