import { expect, it } from "vitest";
import { usableTabs } from "#components/ui/tabs.tsx";
import { ACTIONS, type Role, roleAllows } from "#lib/identity/policy.ts";
import { PORTAL_TABS } from "./portal-tabs.ts";

const labelsFor = (role: Role) =>
  usableTabs(
    PORTAL_TABS,
    ACTIONS.filter((action) => roleAllows(role, action)),
  ).map(({ label }) => label);

it("shows each customer only tabs that their role can use", () => {
  expect(labelsFor("tenant_admin")).toEqual(["Status", "Versions", "Requests", "Recorded requests", "Keys"]);
  expect(labelsFor("tenant_viewer")).toEqual(["Status", "Versions", "Requests", "Recorded requests"]);
});
