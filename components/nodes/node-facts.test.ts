import { describe, expect, it } from "vitest";
import { conditionLine, healthSince } from "./node-facts.ts";

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
