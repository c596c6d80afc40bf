import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AdapterEntry } from "../snapshot/snapshot.ts";
import { adapter, endpoint, makeSnapshot, node, tenant } from "../testing/make-snapshot.ts";
import { createBreakers } from "./breakers.ts";

function setUp(random = 0.5) {
  let at = 0;
  const breakers = createBreakers(
    () => at,
    () => random,
  );
  return {
    breakers,
    goTo: (ms: number) => {
      at = ms;
    },
    fail: (times: number, placeId = "node_1", versionId: string | null = null, isCandidate = false) => {
      for (let count = 0; count < times; count += 1) breakers.failed(placeId, versionId, isCandidate);
    },
  };
}

describe("a node's breaker", () => {
  it("opens after five failures in a row, not after five with a success between them", () => {
    const { breakers, fail } = setUp();
    fail(4);
    breakers.succeeded("node_1", null);
    fail(4);
    expect([breakers.isOpen("node_1"), breakers.stateOf("node_1")]).toEqual([false, "closed"]);
    fail(1);
    expect([breakers.isOpen("node_1"), breakers.stateOf("node_1")]).toEqual([true, "open"]);
    expect(breakers.isOpen("node_2")).toBe(false);
  });

  it("lets one request through when its wait is over, and closes when that succeeds", () => {
    const { breakers, fail, goTo } = setUp();
    fail(5);
    goTo(999);
    expect(breakers.letThrough("node_1")).toBe(false);
    goTo(1_000);
    expect([breakers.isOpen("node_1"), breakers.stateOf("node_1")]).toEqual([false, "half_open"]);
    expect(breakers.letThrough("node_1")).toBe(true);
    expect([breakers.letThrough("node_1"), breakers.isOpen("node_1")]).toEqual([false, true]);
    breakers.succeeded("node_1", null);
    expect([breakers.letThrough("node_1"), breakers.letThrough("node_1"), breakers.stateOf("node_1")]).toEqual([
      true,
      true,
      "closed",
    ]);
    fail(4);
    expect(breakers.isOpen("node_1")).toBe(false);
  });

  it("waits twice as long after each probe that fails, up to half a minute", () => {
    const { breakers, fail, goTo } = setUp();
    let at = 0;
    fail(5);
    const waits = [1, 2, 4, 8, 16, 30, 30].map((seconds) => {
      goTo(at + seconds * 1000 - 1);
      const before = breakers.isOpen("node_1");
      at += seconds * 1000;
      goTo(at);
      const after = breakers.letThrough("node_1");
      fail(1);
      return [before, after];
    });
    expect(waits).toEqual(waits.map(() => [true, true]));
  });

  it("is asked a second after it was given up when it passed a health check since, however long its wait would be", () => {
    const { breakers, fail, goTo } = setUp();
    fail(5);
    let at = 0;
    for (const wait of [1_000, 2_000, 4_000]) {
      at += wait;
      goTo(at);
      fail(1);
    }
    goTo(at + 300);
    breakers.proven("node_1");
    breakers.proven("node_2");
    goTo(at + 999);
    expect(breakers.stateOf("node_1")).toBe("open");
    goTo(at + 1_000);
    expect([breakers.stateOf("node_1"), breakers.stateOf("node_2")]).toEqual(["half_open", "closed"]);
  });

  it("lets as many through as nobody else can answer once its wait is over, until one of them fails", () => {
    const { breakers, fail, goTo } = setUp();
    fail(5);
    expect(breakers.letThrough("node_1", true)).toBe(false);
    goTo(1_000);
    expect([breakers.letThrough("node_1"), breakers.letThrough("node_1")]).toEqual([true, false]);
    expect([breakers.letThrough("node_1", true), breakers.letThrough("node_1", true)]).toEqual([true, true]);
    fail(1);
    expect(breakers.letThrough("node_1", true)).toBe(false);
  });

  it("spreads its waits by a fifth", () => {
    for (const [random, waitMs] of [
      [0, 800],
      [0.999_999, 1_200],
    ] as const) {
      const { breakers, fail, goTo } = setUp(random);
      fail(5);
      goTo(waitMs - 1);
      expect(breakers.isOpen("node_1")).toBe(true);
      goTo(waitMs);
      expect(breakers.isOpen("node_1")).toBe(false);
    }
  });

  it("is not moved by requests that were sent before it opened", () => {
    const { breakers, fail, goTo } = setUp();
    fail(5);
    goTo(500);
    breakers.succeeded("node_1", null);
    fail(20);
    expect(breakers.stateOf("node_1")).toBe("open");
    goTo(1_000);
    expect(breakers.isOpen("node_1")).toBe(false);
  });

  it("lets another probe go when one's client left, and when nobody reports on it", () => {
    const { breakers, fail, goTo } = setUp();
    fail(5);
    goTo(1_000);
    breakers.letThrough("node_1");
    breakers.undecided("node_1");
    expect(breakers.letThrough("node_1")).toBe(true);
    goTo(30_999);
    expect(breakers.isOpen("node_1")).toBe(true);
    goTo(31_000);
    expect(breakers.isOpen("node_1")).toBe(false);
  });

  it("is forgotten with its process, and with the node or endpoint", () => {
    const { breakers, fail } = setUp();
    for (const id of ["node_1", "node_2", "end_1"]) fail(5, id);
    breakers.follow(makeSnapshot({ endpoints: [endpoint("end_1")] }));
    expect(["node_1", "node_2", "end_1"].map(breakers.isOpen)).toEqual([true, true, true]);
    breakers.follow(makeSnapshot({ nodes: [node("node_1", { epoch: 2 }), node("node_2")] }));
    expect(["node_1", "node_2", "end_1"].map(breakers.isOpen)).toEqual([false, true, false]);
    breakers.follow(makeSnapshot({ nodes: [node("node_1", { epoch: 2 })] }));
    expect(breakers.isOpen("node_2")).toBe(false);
  });

  it("never opens for less than its wait, nor lets two probes out at once, whatever happens", () => {
    const step = fc.record({
      ms: fc.nat(2_000),
      what: fc.constantFrom(
        "send" as const,
        "succeed" as const,
        "fail" as const,
        "leave" as const,
        "ask" as const,
        "prove" as const,
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { breakers, fail, goTo } = setUp();
        let at = 0;
        let openedAt: number | null = null;
        let probes = 0;
        for (const { ms, what } of steps) {
          at += ms;
          goTo(at);
          const before = breakers.stateOf("node_1");
          if (what === "send" && breakers.letThrough("node_1") && before === "half_open") probes += 1;
          if (what === "succeed") breakers.succeeded("node_1", null);
          if (what === "fail") fail(1);
          if (what === "leave") breakers.undecided("node_1");
          // who is turned away must not find the place again at once, or a request would go round in circles
          if (what === "ask") {
            if (!breakers.letThrough("node_1", true)) expect(breakers.stateOf("node_1")).toBe("open");
            breakers.undecided("node_1");
            expect(breakers.isOpen("node_1") || breakers.letThrough("node_1")).toBe(true);
            breakers.undecided("node_1");
          }
          if (what === "prove") breakers.proven("node_1");
          const after = breakers.stateOf("node_1");
          if (before === "open" && what !== "prove") expect(after).toBe("open");
          if (before !== "open" && after === "open") openedAt = at;
          if (after === "half_open") expect(at - (openedAt ?? at)).toBeGreaterThanOrEqual(1_000);
          if (after !== "half_open" || what === "leave" || what === "ask") probes = 0;
          expect(probes).toBeLessThanOrEqual(1 + Math.floor((at - (openedAt ?? at)) / 30_000));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a candidate's breaker", () => {
  const world = (change: Partial<AdapterEntry>) =>
    makeSnapshot({ tenants: [tenant("ten_acme", { adapters: [adapter("adp_1", change)] })] });
  const split = { candidate: { versionId: "ver_3", weight: 10 } };

  it("opens after five failures in a row on whatever nodes, and stays open", () => {
    const { breakers, fail, goTo } = setUp();
    breakers.follow(world(split));
    fail(2, "node_1", "ver_3", true);
    breakers.succeeded("node_1", "ver_2");
    fail(2, "node_2", "ver_3", true);
    expect(breakers.versionIsOpen("ver_3")).toBe(false);
    goTo(7);
    fail(1, "node_1", "ver_3", true);
    expect(breakers.versionIsOpen("ver_3")).toBe(true);
    expect([breakers.isOpen("node_1"), breakers.isOpen("node_2")]).toEqual([false, false]);
    goTo(10_000_000);
    breakers.succeeded("node_1", "ver_3");
    fail(1, "node_1", "ver_3", true);
    breakers.follow(world(split));
    expect(breakers.openVersions()).toEqual([{ versionId: "ver_3", since: 7 }]);
  });

  it("begins again after a success", () => {
    const { breakers, fail } = setUp();
    fail(4, "node_1", "ver_3", true);
    breakers.succeeded("node_1", "ver_3");
    fail(4, "node_1", "ver_3", true);
    expect(breakers.versionIsOpen("ver_3")).toBe(false);
  });

  it("is none for a version that is live: there is nothing better to send its requests to", () => {
    const { breakers, fail } = setUp();
    fail(9, "node_1", "ver_2", false);
    expect([breakers.versionIsOpen("ver_2"), breakers.openVersions()]).toEqual([false, []]);
  });

  it.each<[string, Partial<AdapterEntry>, boolean]>([
    ["nothing changed", split, true],
    ["another weight", { candidate: { versionId: "ver_3", weight: 11 } }, false],
    ["another live version", { ...split, liveVersionId: "ver_1" }, false],
    ["no candidate", {}, false],
    ["another candidate", { candidate: { versionId: "ver_4", weight: 10 } }, false],
  ])("closes when its route is changed: %s", (_name, change, stays) => {
    const { breakers, fail } = setUp();
    breakers.follow(world(split));
    fail(5, "node_1", "ver_3", true);
    breakers.follow(world(change));
    expect(breakers.versionIsOpen("ver_3")).toBe(stays);
  });
});
