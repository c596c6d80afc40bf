import { describe, expect, it } from "vitest";
import { ACTIONS, roleAllows } from "#lib/identity/policy.ts";
import { entryOf, NAV, navFor } from "./nav.ts";

const all = NAV.flatMap((group) => group.entries);
const labelsFor = (role: "platform_admin" | "operator" | "auditor" | "tenant_viewer") =>
  navFor(ACTIONS.filter((action) => roleAllows(role, action))).flatMap((group) =>
    group.entries.map(({ label }) => label),
  );

describe("navigation", () => {
  it("has one key and one path per entry", () => {
    expect(new Set(all.map((entry) => entry.key)).size).toBe(all.length);
    expect(new Set(all.map((entry) => entry.path)).size).toBe(all.length);
  });

  it("leaves out what a role may not read, and keeps the order", () => {
    expect(labelsFor("platform_admin")).toEqual(all.map((entry) => entry.label));
    expect(labelsFor("operator")).not.toContain("Audit");
    expect(labelsFor("auditor")).toContain("Audit");
    expect(labelsFor("auditor")).not.toContain("Overview");
  });

  it("finds the entry of a page below it, and nothing by accident", () => {
    expect(entryOf("/tenants/ten_1/access")?.label).toBe("Tenants");
    expect(entryOf("/")?.label).toBe("Overview");
    expect(entryOf("/tenantsx")).toBeUndefined();
  });
});
