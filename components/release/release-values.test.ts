import { describe, expect, it } from "vitest";
import { NO_POLICY, type ReleasePolicy, ReleasePolicySchema } from "#lib/cutover/browser/policy-schema.ts";
import { lacksDays, officeHours, policyOf, type ReleaseValues, valuesOf } from "./release-values.ts";

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
    expect(policyOf(valuesOf(policy, 3))).toEqual(policy);
  });

  it("shows what it can, and says of the rest that it stays", () => {
    expect(valuesOf({ ...NO_POLICY, hours: [day("tue")] }, 1).hours).toMatchObject({ kind: "days", days: ["tue"] });
    expect(valuesOf({ ...NO_POLICY, hours: [day("mon"), day("tue", "12:00")] }, 1).hours.kind).toBe("custom");
  });

  it("begins with the office hours of five days, and sends no number that is none", () => {
    const values = { ...valuesOf(NO_POLICY, 1), expiryHours: Number.NaN };
    expect(policyOf({ ...values, hours: officeHours("UTC") }).hours).toHaveLength(5);
    const refused = ReleasePolicySchema.safeParse(policyOf(values));
    expect(refused.error?.issues.map(({ path }) => path)).toEqual([["expiryHours"]]);
  });
});

it("hours without a day are no policy: sent, they would be any time", () => {
  const hours = officeHours("UTC");
  expect(lacksDays({ hours })).toBe(false);
  expect(lacksDays({ hours: { ...hours, days: [] } as ReleaseValues["hours"] })).toBe(true);
  expect(lacksDays({ hours: { kind: "any" } })).toBe(false);
});
