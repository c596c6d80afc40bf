import { describe, expect, it } from "vitest";
import { AT_ONCE, DEFAULT_PLAN } from "#lib/cutover/browser/canary-defaults.ts";
import { cutoverSteps, presentStep } from "./cutover-steps.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString();
const step = (phase: "pending" | "warming" | "shadow" | "canary", minute: number, weight = 0) => ({
  phase,
  at: at(minute),
  by: "cutover",
  reason: null,
  weight,
});
const base = {
  phase: "canary" as const,
  stepIndex: 1,
  plan: DEFAULT_PLAN,
  track: { kind: "stepwise" as const, reason: "", requestsPerHour: 9000 },
  history: [
    step("pending", 0),
    step("warming", 0),
    step("shadow", 1),
    { ...step("shadow", 5), isHold: true },
    step("canary", 13, 1),
    step("canary", 25, 5),
  ],
  fromVersionId: "ver_1",
  fromOrigin: false,
};
const labels = (cutover: Parameters<typeof cutoverSteps>[0]) => cutoverSteps(cutover).map(({ label }) => label);

describe("the steps of a cutover", () => {
  it("name every weight, and say how long each took", () => {
    expect(cutoverSteps(base).map(({ id, took }) => [id, took])).toEqual([
      ["pending", "0\u202fms"],
      ["warming", "1\u202fmin"],
      ["shadow", "12\u202fmin"],
      ["canary-1", "12\u202fmin"],
      ["canary-5", undefined],
      ["canary-25", undefined],
      ["canary-50", undefined],
      ["full", undefined],
      ["soaking", undefined],
      ["completed", undefined],
    ]);
    expect(presentStep(base)).toBe("canary-5");
    expect(labels(base)[4]).toBe("Canary 5\u202f%");
  });

  it("leave out what its track does", () => {
    const track = { kind: "shadow_only" as const, reason: "", requestsPerHour: 4 };
    expect(labels({ ...base, track })).toEqual(["Pending", "Warming", "Shadow", "Full", "Soaking", "Completed"]);
    const atOnce = { ...base, plan: { ...DEFAULT_PLAN, ...AT_ONCE }, track: { ...track, kind: "at_once" as const } };
    expect(labels(atOnce)).toEqual(["Pending", "Warming", "Full", "Completed"]);
    expect(labels({ ...base, fromVersionId: null })).toEqual(["Pending", "Warming", "Full", "Completed"]);
    expect(labels({ ...base, plan: null })).toEqual(["Pending", "Warming", "Full", "Completed"]);
  });
});
