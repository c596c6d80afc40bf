import { describe, expect, it } from "vitest";
import { conditionLine, healthSince, isServing, tenantsServed } from "./node-facts.ts";

const condition = (type: string, status: "true" | "false" | "unknown", at: string) => ({
  type,
  status,
  reason: "r",
  message: "m",
  lastTransitionTime: at,
});
const facts = { cordoned: false, standalone: false };

describe("healthSince", () => {
  it("tells when the deciding condition turned", () => {
    const conditions = [
      condition("NoDrift", "false", "2026-11-24T09:00:00Z"),
      condition("Reachable", "true", "2026-11-24T10:00:00Z"),
    ];
    expect(healthSince({ ...facts, health: "degraded", conditions })).toBe("2026-11-24T09:00:00Z");
  });

  it("counts a healthy node from the last condition that became true", () => {
    const conditions = [
      condition("NoDrift", "true", "2026-11-24T09:00:00Z"),
      condition("Reachable", "true", "2026-11-24T08:00:00Z"),
    ];
    expect(healthSince({ ...facts, health: "healthy", conditions })).toBe("2026-11-24T09:00:00Z");
  });

  it("claims nothing for states whose beginning is on no record", () => {
    const conditions = [condition("Reachable", "true", "2026-11-24T08:00:00Z")];
    expect(healthSince({ ...facts, health: "cordoned", cordoned: true, conditions })).toBeNull();
    expect(healthSince({ ...facts, health: "unknown", conditions: [] })).toBeNull();
  });
});

describe("isServing", () => {
  const reachable = [condition("Reachable", "true", "2026-11-24T08:00:00Z")];
  it("takes a node that was never seen as not serving", () => {
    expect(isServing({ ...facts, health: "unknown", conditions: [] })).toBe(false);
    expect(isServing({ ...facts, health: "healthy", conditions: reachable })).toBe(true);
  });

  it("leaves out cordoned and standalone nodes, and dead engines", () => {
    expect(isServing({ ...facts, cordoned: true, health: "cordoned", conditions: reachable })).toBe(false);
    expect(isServing({ ...facts, standalone: true, health: "healthy", conditions: reachable })).toBe(false);
    const dead = [...reachable, condition("EngineHealthy", "false", "2026-11-24T08:00:00Z")];
    expect(isServing({ ...facts, health: "degraded", conditions: dead })).toBe(false);
  });
});

describe("conditionLine", () => {
  it("marks what hits customers as bad, other failures as a warning, and keeps names it does not know", () => {
    expect(conditionLine({ type: "Reachable", status: "false" })).toMatchObject({ answer: "No", role: "bad" });
    expect(conditionLine({ type: "NoDrift", status: "false" }).role).toBe("warn");
    expect(conditionLine({ type: "Restored", status: "false" }).role).toBe("busy");
    expect(conditionLine({ type: "Other", status: "unknown" })).toEqual({
      label: "Other",
      answer: "Unknown",
      role: "unknown",
    });
  });
});

describe("tenantsServed", () => {
  it("counts each tenant once, and only those whose live version is routable", () => {
    const hold = (holder: string) => [{ holder, reason: "" }];
    expect(
      tenantsServed([
        { tenantId: "a", state: "routable", holds: hold("route:adp_1") },
        { tenantId: "a", state: "routable", holds: hold("route:adp_2") },
        { tenantId: "b", state: "loading", holds: hold("route:adp_3") },
        { tenantId: "c", state: "routable", holds: hold("stage:ver_1") },
      ]),
    ).toBe(1);
  });
});
