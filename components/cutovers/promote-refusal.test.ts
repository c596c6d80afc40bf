import { describe, expect, it } from "vitest";
import { promoteRefusal } from "./promote-refusal.ts";

type Cutover = Parameters<typeof promoteRefusal>[0];
const CANARY: Cutover = { paused: false, awaitingApproval: false, phase: "canary" };
const guard = (value: number | null, needed: number | null = 200) => ({
  needed,
  samples: { value, unit: "count", source: "measured" as const, simulated: false, asOf: null, coverage: null },
});

describe("promoting a step", () => {
  it.each<[string, Partial<Cutover>, Parameters<typeof promoteRefusal>[1], string | null]>([
    ["with enough samples", {}, guard(200), null],
    ["with too few", {}, guard(12), "Too few samples: 12 of 200 requests in this step."],
    ["while no gateway reports", {}, guard(null), "No gateway has reported recently, so no requests are counted."],
    ["before the guard is read", {}, undefined, "Counting its requests."],
    ["while it is paused", { paused: true }, guard(200), "It is paused: resume it first."],
    ["while it waits for approval", { awaitingApproval: true }, guard(200), "It is waiting for approval."],
    ["in its soak, which asks for none", { phase: "soaking" }, guard(0, null), null],
  ])("%s", (_name, change, seen, reason) => {
    expect(promoteRefusal({ ...CANARY, ...change }, seen)?.reason ?? null).toBe(reason);
  });

  it("may be done without samples only where samples are what is missing", () => {
    expect(promoteRefusal(CANARY, guard(12))?.isForSamples).toBe(true);
    expect(promoteRefusal({ ...CANARY, paused: true }, guard(12))?.isForSamples).toBe(false);
  });
});
