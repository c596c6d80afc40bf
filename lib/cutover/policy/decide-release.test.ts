import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REACHES } from "../browser/policy-schema.ts";
import { backoffMs, decideRelease, GATE_RUNS_MAX, RELEASE_ACTIONS, type ReleaseFacts } from "./decide-release.ts";

const NOW = new Date("2026-03-02T09:00:00Z");
const seconds = (count: number) => new Date(NOW.getTime() + count * 1_000);
const GATE: ReleaseFacts["gate"] = { run: "none", runsStarted: 0, outcome: null, isExpired: false };
const facts = (change: Partial<ReleaseFacts> = {}): ReleaseFacts => ({
  reach: "live",
  name: "Version 3",
  isReady: true,
  isDue: true,
  wasCutOver: false,
  isAdapterBusy: false,
  placed: "routable",
  gate: { run: "completed", runsStarted: 1, outcome: "pass", isExpired: false },
  frozen: { gate: null, cutover: null },
  outsideHours: null,
  failed: null,
  ...change,
});
const gate = (change: Partial<ReleaseFacts["gate"]>) => ({ gate: { ...GATE, ...change } });

describe("what a release policy does with a version", () => {
  it.each<[string, Partial<ReleaseFacts>, object]>([
    ["loads it", { placed: "nowhere" }, { kind: "act", action: "stage", why: "Version 3 passed its checks." }],
    ["waits until it is loaded", { placed: "loading" }, { kind: "wait", who: "switchyard" }],
    ["leaves what does not load", { placed: "failed" }, { kind: "needs_you" }],
    ["runs its gate", gate({}), { kind: "act", action: "run_gate", why: "Version 3 is loaded." }],
    ["waits for its gate", gate({ run: "open" }), { kind: "wait", who: "switchyard" }],
    ["leaves a gate that somebody cancelled", gate({ run: "cancelled" }), { kind: "needs_you" }],
    ["runs one again that broke off", gate({ run: "failed", runsStarted: 1 }), { kind: "act", action: "run_gate" }],
    ["gives up after three", gate({ run: "failed", runsStarted: GATE_RUNS_MAX }), { kind: "needs_you" }],
    ["leaves a failed gate", gate({ run: "completed", outcome: "fail" }), { kind: "needs_you" }],
    ["leaves an inconclusive one", gate({ run: "completed", outcome: "inconclusive" }), { kind: "needs_you" }],
    [
      "runs an expired one again",
      gate({ run: "completed", outcome: "pass", isExpired: true }),
      { kind: "act", action: "run_gate" },
    ],
    ["starts its cutover", {}, { kind: "act", action: "start_cutover", why: "Version 3 passed its gate." }],
    ["waits for another cutover", { isAdapterBusy: true }, { kind: "wait", who: "switchyard" }],
    ["waits for the hours", { outsideHours: "Mon." }, { kind: "wait", who: "time", message: "Mon." }],
    ["waits out a freeze", { frozen: { gate: null, cutover: "Frozen." } }, { kind: "wait", message: "Frozen." }],
    ["starts none twice", { wasCutOver: true }, { kind: "nothing" }],
    ["leaves what is not the newest", { isDue: false }, { kind: "nothing" }],
    ["leaves what is not ready", { isReady: false }, { kind: "nothing" }],
    ["goes no further than the checks", { reach: "checks", placed: "nowhere" }, { kind: "nothing" }],
    ["goes no further than loading", { reach: "loaded", ...gate({}) }, { kind: "nothing" }],
    ["goes no further than the gate", { reach: "gate" }, { kind: "nothing" }],
    [
      "leaves what failed for a while",
      { failed: { action: "start_cutover", nextTryAt: seconds(1) } },
      { kind: "wait", who: "time" },
    ],
    [
      "tries it again then",
      { failed: { action: "start_cutover", nextTryAt: seconds(0) } },
      { kind: "act", action: "start_cutover" },
    ],
    [
      "does not hold another step for it",
      { failed: { action: "stage", nextTryAt: seconds(1) } },
      { kind: "act", action: "start_cutover" },
    ],
  ])("%s", (_name, change, expected) => {
    expect(decideRelease(facts(change), NOW)).toMatchObject(expected);
  });

  const any: fc.Arbitrary<ReleaseFacts> = fc.record({
    reach: fc.constantFrom(...REACHES),
    name: fc.constant("Version 3"),
    isReady: fc.boolean(),
    isDue: fc.boolean(),
    wasCutOver: fc.boolean(),
    isAdapterBusy: fc.boolean(),
    placed: fc.constantFrom("nowhere" as const, "loading" as const, "failed" as const, "routable" as const),
    gate: fc.record({
      run: fc.constantFrom(
        "none" as const,
        "open" as const,
        "cancelled" as const,
        "failed" as const,
        "completed" as const,
      ),
      runsStarted: fc.nat(5),
      outcome: fc.constantFrom("pass" as const, "fail" as const, "inconclusive" as const, null),
      isExpired: fc.boolean(),
    }),
    frozen: fc.record({ gate: fc.option(fc.constant("Frozen.")), cutover: fc.option(fc.constant("Frozen.")) }),
    outsideHours: fc.option(fc.constant("Mon.")),
    failed: fc.option(
      fc.record({
        action: fc.constantFrom(...RELEASE_ACTIONS),
        nextTryAt: fc.integer({ min: -60, max: 60 }).map(seconds),
      }),
    ),
  });

  it("never goes beyond its reach", () => {
    const needs = { stage: "loaded", run_gate: "gate", start_cutover: "canary" } as const;
    fc.assert(
      fc.property(any, (given) => {
        const decision = decideRelease(given, NOW);
        if (given.reach === "checks") expect(decision.kind).toBe("nothing");
        if (decision.kind !== "act") return;
        expect(REACHES.indexOf(given.reach)).toBeGreaterThanOrEqual(REACHES.indexOf(needs[decision.action]));
      }),
    );
  });

  it("never starts a cutover without a pass that stands, twice, in a freeze, out of hours, or beside another", () => {
    fc.assert(
      fc.property(any, (given) => {
        const decision = decideRelease(given, NOW);
        if (decision.kind !== "act" || decision.action !== "start_cutover") return;
        expect(given.gate).toMatchObject({ run: "completed", outcome: "pass", isExpired: false });
        expect(given).toMatchObject({
          isReady: true,
          isDue: true,
          wasCutOver: false,
          isAdapterBusy: false,
          placed: "routable",
          outsideHours: null,
        });
        expect(given.frozen.cutover).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it("never spins: what failed is left alone until its time, each time longer, an hour at most", () => {
    fc.assert(
      fc.property(any, (given) => {
        const decision = decideRelease(given, NOW);
        if (decision.kind !== "act" || given.failed?.action !== decision.action) return;
        expect(given.failed.nextTryAt.getTime()).toBeLessThanOrEqual(NOW.getTime());
      }),
    );
    expect([1, 2, 3, 8, 1_000].map(backoffMs)).toEqual([30_000, 60_000, 120_000, 3_600_000, 3_600_000]);
  });
});
