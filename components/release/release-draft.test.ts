import { describe, expect, it } from "vitest";
import { NO_POLICY, type ReleasePolicy } from "#lib/cutover/browser/policy-schema.ts";
import { draftOf, officeHours, policyOf } from "./release-draft.ts";

const day = (name: "mon" | "tue", to = "18:00") => ({
  from: { day: name, time: "08:00" },
  to: { day: name, time: to },
  timeZone: "UTC",
});

describe("the form of a release policy", () => {
  it.each<[string, Partial<ReleasePolicy>]>([
    ["as nobody has set it", {}],
    ["with hours alike", { hours: [day("mon"), day("tue")] }],
    ["with hours that it cannot show", { hours: [day("mon"), day("tue", "12:00")] }],
    ["without a reminder", { reminderHours: null, beforeLive: "customer" }],
  ])("keeps a policy %s", (_name, change) => {
    const policy = { ...NO_POLICY, ...change };
    expect(policyOf(draftOf(policy, 3))).toEqual(policy);
  });

  it("shows what it can, and says of the rest that it stays", () => {
    expect(draftOf({ ...NO_POLICY, hours: [day("tue")] }, 1).hours).toMatchObject({ kind: "days", days: ["tue"] });
    expect(draftOf({ ...NO_POLICY, hours: [day("mon"), day("tue", "12:00")] }, 1).hours.kind).toBe("custom");
  });

  it("sends what is no number for the server to refuse", () => {
    const draft = { ...draftOf(NO_POLICY, 1), expiryHours: "a day", reminderHours: " " };
    expect(policyOf(draft)).toMatchObject({ expiryHours: 0, reminderHours: null });
    expect(policyOf({ ...draft, hours: officeHours("UTC") }).hours).toHaveLength(5);
  });
});
