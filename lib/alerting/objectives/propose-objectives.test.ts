import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketOf, noDurations } from "#lib/requests/usage/durations.ts";
import { type FirstDays, proposeObjectives, roundUp } from "./propose-objectives.ts";

const DAY = 86_400_000;
const FROM = new Date("2026-11-01T10:00:00.000Z");
const later = (days: number) => new Date(FROM.getTime() + days * DAY);
/** So many requests of one duration. */
const took = (ms: number, requests: number) => {
  const durations = noDurations();
  durations[bucketOf(ms)] = requests;
  return durations;
};
const first = (change: Partial<FirstDays> = {}): FirstDays => ({
  from: FROM,
  answered: 5_000,
  failed: 0,
  fellBack: 0,
  latencyMs: took(480, 5_000),
  ttftMs: noDurations(),
  ...change,
});
const targets = (days: FirstDays) => {
  const made = proposeObjectives(days, later(7));
  return made.kind === "waiting"
    ? made.reason
    : Object.fromEntries(made.proposals.map((one) => [one.kind, one.target]));
};

describe("proposals", () => {
  it("are a p95 with a quarter of headroom, and the strictest shares of which half was used", () => {
    expect(targets(first())).toEqual({ latency_p95: 600, availability: 0.998, fallback_share: 0.002 });
    expect(targets(first({ failed: 25, fellBack: 200 }))).toMatchObject({ availability: 0.99 });
    expect(targets(first({ fellBack: 100 }))).toMatchObject({ fallback_share: 0.05 });
  });

  it("leave out what no promise can be made of", () => {
    expect(targets(first({ fellBack: 2_000 }))).not.toHaveProperty("fallback_share");
    expect(targets(first({ failed: 4_000 }))).not.toHaveProperty("availability");
    expect(targets(first())).not.toHaveProperty("ttft_p95");
    expect(targets(first({ ttftMs: took(100, 300) }))).toMatchObject({ ttft_p95: 150 });
  });

  it("wait for seven days and 200 requests, and say so", () => {
    expect(proposeObjectives(first({ from: null }), later(7))).toMatchObject({ reason: "It has sent no request yet." });
    expect(proposeObjectives(first(), later(2.5))).toMatchObject({
      reason: "Day 3 of its first 7; 5000 requests so far.",
    });
    expect(targets(first({ answered: 199 }))).toBe("199 requests in its first 7 days; a proposal needs 200.");
  });

  it("were always kept by the days they were made from", () => {
    const counts = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(counts, counts, counts, (answered, failed, fell) => {
        const fellBack = Math.min(fell, answered);
        const made = targets(first({ answered, failed, fellBack }));
        if (typeof made === "string") return true;
        const { availability = 0, fallback_share = 1 } = made;
        return answered / (answered + failed) >= availability && fellBack / Math.max(1, answered) <= fallback_share;
      }),
    );
  });
});

it("a round target is the next one up, by at most a third", () => {
  expect([7, 121, 590, 1_187, 9_400].map(roundUp)).toEqual([8, 150, 600, 1_200, 10_000]);
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 300_000, noNaN: true }),
      (ms) => roundUp(ms) >= ms - 1e-6 && roundUp(ms) <= ms * 1.34 + 1,
    ),
  );
});
