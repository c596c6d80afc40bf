import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { node } from "../testing/make-snapshot.ts";
import { createNodeHealth } from "./node-health.ts";

const INTERVAL_MS = 10_000;
const NODES = [node("node_1"), node("node_2")];

function setUp() {
  const well = new Map<string, boolean>();
  const checks: string[] = [];
  const proven: string[] = [];
  let at = 0;
  const health = createNodeHealth(
    async ({ id }) => {
      checks.push(id);
      return well.get(id) ?? true;
    },
    () => at,
    (id) => proven.push(id),
  );
  return {
    health,
    checks,
    proven,
    well,
    tickAt: async (ms: number, isSilent = (_nodeId: string) => false) => {
      at = ms;
      checks.length = 0;
      await health.tick(NODES, INTERVAL_MS, isSilent);
      return health.isUp("node_1");
    },
    goTo: (ms: number) => {
      at = ms;
    },
  };
}

describe("when a node is asked", () => {
  it("is at once, then every interval", async () => {
    const { checks, tickAt } = setUp();
    await tickAt(0);
    expect(checks).toEqual(["node_1", "node_2"]);
    await tickAt(9_000);
    expect(checks).toEqual([]);
    await tickAt(10_000);
    expect(checks).toEqual(["node_1", "node_2"]);
  });

  it("is every second while it is down or in doubt", async () => {
    const { checks, well, tickAt } = setUp();
    well.set("node_1", false);
    await tickAt(0);
    for (const at of [1_000, 2_000, 3_000]) {
      await tickAt(at);
      expect(checks).toEqual(["node_1"]);
    }
    well.set("node_1", true);
    await tickAt(4_000);
    await tickAt(5_000);
    await tickAt(6_000);
    expect(checks).toEqual([]);
  });
});

describe("a node in doubt", () => {
  it("is asked ahead of its turn when requests hear nothing of it, or a connection broke", async () => {
    const { health, checks, tickAt } = setUp();
    await tickAt(0);
    await tickAt(1_000, (id) => id === "node_1");
    expect(checks).toEqual(["node_1"]);
    health.markBroken("node_2");
    await tickAt(2_000);
    expect(checks).toEqual(["node_2"]);
    await tickAt(3_000);
    expect(checks).toEqual([]);
    expect([health.isUp("node_2"), health.isSuspect("node_2")]).toEqual([true, false]);
  });

  it("is suspect from one failed check on, until a check is passed or it is down", async () => {
    const { health, well, tickAt } = setUp();
    well.set("node_1", false);
    await tickAt(0);
    expect([health.isUp("node_1"), health.isSuspect("node_1"), health.isSuspect("node_2")]).toEqual([
      true,
      true,
      false,
    ]);
    well.set("node_1", true);
    await tickAt(1_000);
    expect(health.isSuspect("node_1")).toBe(false);
    well.set("node_1", false);
    await tickAt(11_000);
    expect(await tickAt(12_000)).toBe(false);
    expect(health.isSuspect("node_1")).toBe(false);
  });

  it("is suspect while a check is not answered and its requests hear nothing; one that still talks is not", async () => {
    for (const isSilent of [true, false]) {
      let at = 0;
      const health = createNodeHealth(
        () => new Promise(() => {}),
        () => at,
      );
      void health.tick([node("node_1")], INTERVAL_MS, () => isSilent);
      expect(health.isSuspect("node_1")).toBe(false);
      at = 1_000;
      void health.tick([node("node_1")], INTERVAL_MS, () => isSilent);
      expect(health.isSuspect("node_1")).toBe(isSilent);
    }
  });

  it("proves itself by a check that began after the connection broke, once; checks of a node at peace prove nothing", async () => {
    const { health, proven, well, tickAt } = setUp();
    await tickAt(0);
    expect([proven, health.proofs("node_1")]).toEqual([[], 0]);
    health.markBroken("node_1");
    well.set("node_1", false);
    await tickAt(1_000);
    expect(proven).toEqual([]);
    health.markBroken("node_1");
    well.set("node_1", true);
    await tickAt(2_000);
    await tickAt(12_000);
    expect([proven, health.proofs("node_1")]).toEqual([["node_1"], 1]);
  });
});

describe("a node", () => {
  it("is out after two failed checks, not after one", async () => {
    const { health, well, tickAt } = setUp();
    well.set("node_1", false);
    expect(await tickAt(0)).toBe(true);
    expect(await tickAt(1_000)).toBe(false);
    expect(health.isUp("node_2")).toBe(true);
  });

  it("is back after two good checks in a row", async () => {
    const { health, well, tickAt } = setUp();
    health.markDown("node_1");
    expect(health.isRecovering("node_1")).toBe(false);
    expect(await tickAt(1_000)).toBe(false);
    expect(health.isRecovering("node_1")).toBe(true);
    well.set("node_1", false);
    expect(await tickAt(2_000)).toBe(false);
    expect(health.isRecovering("node_1")).toBe(false);
    well.set("node_1", true);
    expect(await tickAt(3_000)).toBe(false);
    expect(await tickAt(4_000)).toBe(true);
  });

  it("is out at once after a failed connection, and not back by a check that began before it", async () => {
    let answer = (_isWell: boolean) => {};
    const health = createNodeHealth(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      () => 0,
    );
    const running = health.tick([node("node_1")], INTERVAL_MS);
    health.markDown("node_1");
    answer(true);
    await running;
    expect(health.isUp("node_1")).toBe(false);
    health.markAnswered("node_1");
    expect(health.isUp("node_1")).toBe(false);
  });

  it("is back sooner when it answers a request after one good check", async () => {
    const { health, tickAt } = setUp();
    health.markDown("node_1");
    health.markAnswered("node_1");
    expect(await tickAt(1_000)).toBe(false);
    health.markAnswered("node_1");
    expect(health.isUp("node_1")).toBe(true);
  });

  it("is trusted before it was checked: the fleet proved it", () => {
    expect(setUp().health.isUp("node_1")).toBe(true);
  });

  it("is forgotten when the catalog has it no more", async () => {
    const { health } = setUp();
    health.markDown("node_1");
    await health.tick([node("node_2")], INTERVAL_MS);
    expect(health.isUp("node_1")).toBe(true);
  });

  it("does not flap: it comes back at most once a second, and never while every other check fails", async () => {
    const event = fc.constantFrom("good" as const, "bad" as const, "refused" as const, "answered" as const);
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), fc.boolean(), async (events, isAlternating) => {
        const { health, well, tickAt } = setUp();
        let at = 0;
        const returns: number[] = [];
        let wasUp = true;
        for (const [index, what] of events.entries()) {
          if (what === "refused") health.markDown("node_1");
          if (what === "answered" && !isAlternating) health.markAnswered("node_1");
          well.set("node_1", isAlternating ? index % 2 === 1 : what !== "bad");
          at += 1_000;
          await tickAt(at);
          const isUp = health.isUp("node_1");
          if (isUp && !wasUp) returns.push(at);
          if (isAlternating && !isUp && wasUp) expect(what).toBe("refused");
          wasUp = isUp;
        }
        if (isAlternating) expect(returns).toEqual([]);
        for (const [index, when] of returns.entries())
          expect(when - (returns[index - 1] ?? when - 1_000)).toBeGreaterThanOrEqual(1_000);
      }),
      { numRuns: 300 },
    );
  });
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
