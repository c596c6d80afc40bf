import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { APPROVAL_STATES } from "../browser/approval-schema.ts";
import { SILENCES } from "../browser/policy-schema.ts";
import { decideSettling, isFulfilled, type SettlingFacts } from "./decide-settling.ts";

const NOW = new Date("2026-03-02T09:00:00Z");
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);
const facts = (change: Partial<SettlingFacts> = {}): SettlingFacts => ({
  state: "pending",
  expiresAt: minutes(60),
  given: "72 h",
  onSilence: "nothing",
  decidedBy: null,
  comment: null,
  cutover: { isOpen: true },
  refusal: null,
  newer: null,
  isProven: true,
  ...change,
});
const over = { cutover: { isOpen: false, why: "Aborted." } } as const;
const late = { expiresAt: minutes(0) };

describe("what comes of an approval", () => {
  it.each<[string, Partial<SettlingFacts>, object]>([
    ["waits", {}, { kind: "wait" }],
    ["goes on once approved", { state: "approved", decidedBy: "ann" }, { kind: "release", reason: "Approved by ann." }],
    ["goes on though it would be late by now", { ...late, state: "approved", decidedBy: "ann" }, { kind: "release" }],
    [
      "stops once declined",
      { state: "declined", decidedBy: "ann", comment: "Wrong dates." },
      { kind: "stop", reason: "Declined by ann: Wrong dates.", end: null },
    ],
    ["has nothing left to hold", { ...over, state: "approved" }, { kind: "done" }],
    ["has nothing left to stop", { ...over, state: "declined" }, { kind: "done" }],
    ["is withdrawn with its cutover", over, { kind: "withdraw", reason: "Aborted." }],
    ["is withdrawn on a doubt", { refusal: "Expired." }, { kind: "stop", reason: "Expired.", end: "withdrawn" }],
    ["is withdrawn for a newer version", { newer: 7 }, { kind: "stop", end: "withdrawn" }],
    ["expires to nothing", late, { kind: "stop", end: "expired" }],
    ["expires and goes on", { ...late, onSilence: "goes_on" }, { kind: "release" }],
    ["expires to nothing without proof", { ...late, onSilence: "goes_on", isProven: false }, { kind: "stop" }],
    [
      "is late and in doubt",
      { ...late, onSilence: "goes_on", refusal: "Expired." },
      { kind: "stop", end: "withdrawn" },
    ],
  ])("%s", (_name, change, expected) => {
    expect(decideSettling(facts(change), NOW)).toMatchObject(expected);
  });

  it("never goes on without a yes, or a silence that was agreed on behind a pass that stands", () => {
    const any = fc.record({
      state: fc.constantFrom(...APPROVAL_STATES),
      expiresAt: fc.integer({ min: -600, max: 600 }).map(minutes),
      given: fc.constant("72 h"),
      onSilence: fc.constantFrom(...SILENCES),
      decidedBy: fc.option(fc.string()),
      comment: fc.option(fc.string()),
      cutover: fc.constantFrom({ isOpen: true } as const, over.cutover),
      refusal: fc.option(fc.constant("Expired.")),
      newer: fc.option(fc.nat()),
      isProven: fc.boolean(),
    });
    fc.assert(
      fc.property(any, (given) => {
        const settling = decideSettling(given, NOW);
        if (settling.kind !== "release") return;
        expect(given.cutover.isOpen).toBe(true);
        if (given.state === "approved") return;
        expect(given).toMatchObject({
          state: "pending",
          onSilence: "goes_on",
          refusal: null,
          newer: null,
          isProven: true,
        });
        expect(given.expiresAt.getTime()).toBeLessThanOrEqual(NOW.getTime());
      }),
    );
  });

  it("lets a step be taken after a yes, or an agreed silence", () => {
    const fulfilled = APPROVAL_STATES.flatMap((state) =>
      SILENCES.filter((onSilence) => isFulfilled({ state, onSilence })).map((onSilence) => `${state} ${onSilence}`),
    );
    expect(fulfilled).toEqual(["approved nothing", "approved goes_on", "expired goes_on"]);
  });
});
