import { describe, expect, it } from "vitest";
import type { WeeklyWindow } from "#lib/platform/browser/weekly-window-schema.ts";
import { formatHours } from "./format-hours.ts";
import { formatPolicy } from "./format-policy.ts";
import { NO_POLICY, type ReleasePolicy, ReleasePolicySchema } from "./policy-schema.ts";

const day = (name: WeeklyWindow["from"]["day"], from = "08:00", to = "18:00"): WeeklyWindow => ({
  from: { day: name, time: from },
  to: { day: name, time: to },
  timeZone: "Europe/Berlin",
});
const WORKDAYS = (["mon", "tue", "wed", "thu", "fri"] as const).map((name) => day(name));

describe("a release policy in words", () => {
  it.each<[Partial<ReleasePolicy>, string]>([
    [
      {},
      "A new version is checked automatically. Loading, gate and cutover are started manually. It goes live without approval.",
    ],
    [
      { reach: "live", beforeLive: "customer", hours: WORKDAYS, reminderHours: null },
      "A new version is checked, loaded and gated automatically; once it has passed, it goes live step by step. It reaches customers only Mon–Fri 08:00–18:00 Europe/Berlin. Going live waits for the customer's approval; without an answer in 72 h nothing goes live.",
    ],
    [
      { reach: "gate", beforeCanary: "platform", beforeLive: "customer" },
      "A new version is checked, loaded and evaluated automatically. The cutover is started manually. Its first share waits for our approval (a platform admin); Going live waits for the customer's approval; without an answer in 72 h nothing goes live. A reminder is sent after 24 h.",
    ],
    [
      { reach: "canary", onSilence: "goes_on", platformApprover: "operator", expiryHours: 8, reminderHours: 4 },
      "A new version is checked, loaded and gated automatically; once it has passed, it gets a share of the conversations. Going live waits for our approval (an operator or admin); without an answer in 8 h a version that has passed its gate continues. A reminder is sent after 4 h.",
    ],
    [
      { reach: "loaded", beforeCanary: "customer", beforeLive: "customer", reminderHours: null },
      "A new version is checked and loaded automatically. Gate and cutover are started manually. Both its first share and going live wait for the customer's approval; without an answer in 72 h nothing goes live.",
    ],
  ])("%o", (change, expected) => {
    expect(formatPolicy({ ...NO_POLICY, ...change })).toBe(expected.replace("; Going", "; going"));
  });

  it("says hours as people do", () => {
    expect(formatHours([day("mon"), day("wed"), day("thu"), day("sun")])).toBe(
      "Mon, Wed–Thu, Sun 08:00–18:00 Europe/Berlin",
    );
    expect(formatHours([...WORKDAYS, day("sat", "10:00", "14:00")])).toBe(
      "Mon–Fri 08:00–18:00 Europe/Berlin, Sat 10:00–14:00 Europe/Berlin",
    );
    const night: WeeklyWindow = { ...day("fri"), to: { day: "sat", time: "02:00" } };
    expect(formatHours([night])).toBe("Fri 08:00 – Sat 02:00 Europe/Berlin");
  });
});

describe("a policy that contradicts itself", () => {
  it.each<[Partial<ReleasePolicy>, string]>([
    [{ reminderHours: 72 }, "reminderHours"],
    [{ beforeLive: "customer", onSilence: "goes_on" }, "onSilence"],
    [{ beforeCanary: "customer", onSilence: "goes_on" }, "onSilence"],
    [{ expiryHours: 0, reminderHours: null }, "expiryHours"],
    [{ hours: [{ ...day("mon"), timeZone: "Mars/Olympus" }] }, "hours"],
  ])("%o is refused on its field", (change, field) => {
    const parsed = ReleasePolicySchema.safeParse({ ...NO_POLICY, ...change });
    expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual([field]);
  });
});
