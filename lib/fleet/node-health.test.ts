import { describe, expect, it } from "vitest";
import type { Condition } from "#lib/http/schema.ts";
import { isServing } from "./conditions.ts";
import { decideNodeHealth, type HealthFacts } from "./node-health.ts";

const NOW = new Date("2026-11-24T10:00:00.000Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
const condition = (type: string, status: "true" | "false" | "unknown" = "true"): Condition => ({
  type,
  status,
  reason: "x",
  message: `${type} is ${status}.`,
  lastTransitionTime: ago(60).toISOString(),
});
const facts = (overrides: Partial<HealthFacts> = {}, ...conditions: Condition[]): HealthFacts => ({
  cordoned: false,
  drainDeadline: null,
  conditions: [condition("Reachable"), ...conditions],
  lastSeenAt: ago(3),
  placements: { desired: 2, routable: 2, failed: 0 },
  ...overrides,
});
const health = (of: HealthFacts) => decideNodeHealth(of, NOW).health;

describe("decideNodeHealth", () => {
  it("is healthy when everything is as it should be", () => {
    expect(health(facts({}, condition("EngineHealthy"), condition("Restored")))).toBe("healthy");
  });

  it("never calls a node healthy that nobody polled", () => {
    expect(health(facts({ conditions: [], lastSeenAt: null }))).toBe("unknown");
    expect(health(facts({ lastSeenAt: ago(31) }))).toBe("unknown");
  });

  it("keeps saying unreachable however long ago it was seen", () => {
    expect(health(facts({ conditions: [condition("Reachable", "false")], lastSeenAt: ago(3_600) }))).toBe(
      "unreachable",
    );
    expect(health(facts({ conditions: [condition("Reachable", "false")], lastSeenAt: null }))).toBe("unreachable");
  });

  it("lets the worst truth win", () => {
    const drift = condition("NoDrift", "false");
    const restoring = condition("Restored", "false");
    const dead = condition("EngineHealthy", "false");
    expect(health(facts({}, drift))).toBe("degraded");
    expect(health(facts({}, drift, restoring))).toBe("restoring");
    expect(health(facts({}, drift, restoring, dead))).toBe("degraded");
    expect(health(facts({ cordoned: true }, dead))).toBe("cordoned");
  });

  it("tells what a drain waits for, how it ended, and that nobody else serves", () => {
    const mark = (reason: string, message: string): Condition => ({
      ...condition("Drained", "false"),
      reason,
      message,
    });
    const drainDeadline = ago(-60);
    const reasonOf = (of: HealthFacts) => decideNodeHealth(of, NOW).reason;
    const draining = facts({ cordoned: true, drainDeadline }, mark("draining", "2 requests run on it."));
    expect(health(draining)).toBe("draining");
    expect(reasonOf(draining)).toBe("No new requests. 2 requests run on it.");
    expect(health(facts({ cordoned: true, drainDeadline }))).toBe("draining");
    const drained = facts({ cordoned: true }, mark("drained", "Drained at 10:00:00 UTC."));
    expect(health(drained)).toBe("cordoned");
    expect(reasonOf(drained)).toContain("Drained at 10:00:00 UTC.");
    expect(reasonOf({ ...drained, isLastServing: true })).toContain("No other node of its pool takes requests");
  });

  it("says why, in the condition's own words", () => {
    expect(decideNodeHealth(facts({}, condition("BaseModelMatches", "false")), NOW).reason).toBe(
      "BaseModelMatches is false.",
    );
    expect(
      decideNodeHealth(
        facts({ placements: { desired: 9, routable: 4, failed: 0 } }, condition("Restored", "false")),
        NOW,
      ).reason,
    ).toBe("Restarted; 4 of 9 adapters are back.");
  });
});

describe("isServing", () => {
  it("needs a reachable node, a living engine and the right base; unknown is no", () => {
    expect(isServing([])).toBe(false);
    expect(isServing([condition("Reachable")])).toBe(true);
    expect(isServing([condition("Reachable", "unknown")])).toBe(false);
    expect(isServing([condition("Reachable"), condition("EngineHealthy", "false")])).toBe(false);
    expect(isServing([condition("Reachable"), condition("BaseModelMatches", "false")])).toBe(false);
    expect(isServing([condition("Reachable"), condition("NoDrift", "false")])).toBe(true);
  });
});
