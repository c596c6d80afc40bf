import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AT_ONCE, DEFAULT_PLAN } from "./browser/canary-defaults.ts";
import type { CutoverPlan, CutoverTrack } from "./browser/plan-schema.ts";
import { chooseTrack, requestsPerHour, shadowShare } from "./choose-track.ts";
import { decideStep, type Step, type StepFacts, stepAfter } from "./plan-step.ts";

const now = new Date("2026-11-24T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const track = (kind: CutoverTrack["kind"]): CutoverTrack => ({ kind, reason: "", requestsPerHour: 0 });

/** Every step that a plan leads through. */
function walk(plan: CutoverPlan, kind: CutoverTrack["kind"]): string[] {
  const taken: string[] = [];
  let at: Parameters<typeof stepAfter>[0] = { phase: "warming", index: 0 };
  for (;;) {
    const step: Step = stepAfter(at, plan, track(kind));
    taken.push(step.phase === "canary" ? `canary ${step.weight}` : step.phase);
    if (step.phase === "completed") return taken;
    at = { phase: step.phase, index: step.phase === "canary" ? step.index : 0 };
  }
}

describe("the steps of a plan", () => {
  it.each<[CutoverTrack["kind"], Partial<CutoverPlan>, string]>([
    ["stepwise", {}, "shadow, canary 1, canary 5, canary 25, canary 50, full, soaking, completed"],
    ["stepwise", { shadow: false, weights: [10] }, "canary 10, full, soaking, completed"],
    ["shadow_only", {}, "shadow, full, soaking, completed"],
    ["shadow_only", { soakMinutes: 0 }, "shadow, full, completed"],
    ["at_once", AT_ONCE, "full, completed"],
    ["at_once", { ...AT_ONCE, soakMinutes: 5 }, "full, soaking, completed"],
    ["first", {}, "full, completed"],
  ])("of a cutover that goes %s with %j: %s", (kind, change, steps) => {
    expect(walk({ ...DEFAULT_PLAN, ...change }, kind).join(", ")).toBe(steps);
  });
});

describe("which steps a cutover takes", () => {
  const choose = (live: "version" | "origin" | "nothing", rate: number, change: Partial<CutoverPlan> = {}) =>
    chooseTrack({ ...DEFAULT_PLAN, ...change }, { live, requestsPerHour: rate });

  it.each<[string, ReturnType<typeof choose>]>([
    ["first", choose("nothing", 9000)],
    ["stepwise", choose("version", 3000)],
    ["shadow_only", choose("version", 2999)],
    ["shadow_only", choose("version", 0)],
    ["stepwise", choose("origin", 60, { weights: [50] })],
    ["shadow_only", choose("version", 9000, { weights: [] })],
    ["at_once", choose("version", 9000, AT_ONCE)],
  ])("are %s", (kind, chosen) => {
    expect(chosen.kind).toBe(kind);
  });

  it("are explained with the rate that decides", () => {
    expect(choose("version", 240).reason).toBe(
      "Too little traffic for a canary (240 requests an hour; 1 % of them would take over an hour to reach 30): shadow of every request until 30 samples, then full with a soak.",
    );
  });

  it("go by the day before, or since the first request where that is shorter", () => {
    expect(requestsPerHour({ requests: 240, firstAt: ago(23 * 60) }, ago(24 * 60), now)).toBeCloseTo(240 / 23);
    expect(requestsPerHour({ requests: 60, firstAt: ago(30) }, ago(24 * 60), now)).toBe(120);
    expect(requestsPerHour({ requests: 60, firstAt: ago(1) }, ago(24 * 60), now)).toBe(360);
    expect(requestsPerHour({ requests: 0, firstAt: null }, ago(24 * 60), now)).toBe(0);
  });

  it("copy every request where few come, and as many as the step needs where many do", () => {
    expect(shadowShare(DEFAULT_PLAN, { ...track("shadow_only"), requestsPerHour: 6000 })).toBe(100);
    expect(shadowShare(DEFAULT_PLAN, { ...track("stepwise"), requestsPerHour: 6000 })).toBe(6);
    expect(shadowShare({ ...DEFAULT_PLAN, minMinutes: 0 }, { ...track("stepwise"), requestsPerHour: 6000 })).toBe(100);
  });
});

const facts: StepFacts = {
  phase: "canary",
  plan: DEFAULT_PLAN,
  stepAt: ago(20),
  hold: null,
  samples: 40,
  breach: null,
  away: null,
};

describe("a step", () => {
  it.each<[string, Partial<StepFacts>, string]>([
    ["next", {}, "40 requests in 20 min, and no breach."],
    ["wait", { samples: 12 }, "12 of 30 requests, no breach. Waits for 18 more."],
    ["wait", { stepAt: ago(4) }, "40 requests, no breach. Waits for another 6 min."],
    [
      "wait",
      { phase: "shadow", samples: 0, stepAt: ago(4) },
      "0 of 30 copies, no breach. Waits for 30 more and another 6 min.",
    ],
    [
      "wait",
      { samples: 3, stepAt: ago(300) },
      "3 of 30 requests, no breach. Waits for 27 more. It has exceeded its maximum of 4 h: an admin may continue without samples, or abort.",
    ],
    ["wait", { samples: null }, "No gateway reports on requests, so the step waits."],
    ["wait", { stepAt: ago(-90) }, "The clock is earlier than the start of this step. The step waits until then."],
    [
      "wait",
      { away: "Version 2 is routable on no node now." },
      "Version 2 is routable on no node now. It continues once that has passed.",
    ],
    ["wait", { hold: "paused" }, "Paused until it is resumed. The guard keeps running."],
    ["wait", { hold: "approval" }, "Waits for approval. The guard keeps running."],
    ["wait", { hold: { frozen: "Paused by freeze: on fire." } }, "Paused by freeze: on fire. The guard keeps running."],
    ["back", { breach: "Guard: 9 of 30.", hold: "paused", samples: null }, "Guard: 9 of 30."],
    ["next", { phase: "soaking", samples: 0, stepAt: ago(60) }, "Soaked for 60 min; 0 requests and no breach."],
    [
      "wait",
      { phase: "soaking", samples: 1, stepAt: ago(59.5) },
      "Soaks for another 30 s. 1 request so far, and no breach.",
    ],
    [
      "wait",
      { phase: "soaking", samples: null, stepAt: ago(90) },
      "No gateway reports on requests, so the step waits.",
    ],
  ])("decides to %s on %j", (kind, change, words) => {
    const decision = decideStep({ ...facts, ...change }, now);
    expect(decision.kind).toBe(kind);
    expect(decision.kind === "wait" ? decision.message : decision.reason).toBe(words);
  });

  it("never goes on from shadow or canary without the samples it needs, whatever the clock says", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("shadow" as const, "canary" as const),
        fc.option(fc.nat(60)),
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.constantFrom(null, "paused" as const, { frozen: "Paused by freeze." }),
        (phase, samples, minutes, hold) => {
          const decision = decideStep({ ...facts, phase, samples, hold, stepAt: ago(minutes) }, now);
          const mayGo = hold === null && samples !== null && samples >= 30 && minutes >= 10;
          expect(decision.kind).toBe(mayGo ? "next" : "wait");
        },
      ),
    );
  });
});
