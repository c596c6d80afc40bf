import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ACCOUNT_ALLOWANCE,
  type Allowance,
  CALLER_ALLOWANCE,
  FAILURE_WINDOW_MS,
  waitBeforeAttempt,
} from "./sign-in-backoff.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const ALLOWANCES = fc.constantFrom(CALLER_ALLOWANCE, ACCOUNT_ALLOWANCE);

/** Failures in an hour of somebody who asks every so often, and the most that ever count at one time. */
function guessForAnHour(everyMs: number, allowance: Allowance): { failures: number; peak: number } {
  const failures: number[] = [];
  let peak = 0;
  for (let at = 0; at < 3_600_000; at += everyMs) {
    const recent = failures.filter((failed) => failed > at - FAILURE_WINDOW_MS);
    const last = recent.at(-1);
    const lastAt = last === undefined ? null : new Date(last);
    if (waitBeforeAttempt({ count: recent.length, lastAt }, allowance, new Date(at)) > 0) continue;
    failures.push(at);
    peak = Math.max(peak, recent.length + 1);
  }
  return { failures: failures.length, peak };
}

describe("waitBeforeAttempt", () => {
  it("is nothing for ten failures, then doubles up to a minute", () => {
    const waits = (count: number) => waitBeforeAttempt({ count, lastAt: NOW }, CALLER_ALLOWANCE, NOW);
    expect([0, 9, 10, 11, 15, 16, 1_000_000].map(waits)).toEqual([0, 0, 1_000, 2_000, 32_000, 60_000, 60_000]);
  });

  it("never grows with time, and is over within a minute of the last failure, however many there were", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), ALLOWANCES, (count, early, later, allowance) => {
        const at = (ms: number) => waitBeforeAttempt({ count, lastAt: NOW }, allowance, new Date(NOW.getTime() + ms));
        expect(at(early + later)).toBeLessThanOrEqual(at(early));
        expect(at(60_000 + later)).toBe(0);
      }),
    );
  });

  it("bounds what an hour of guessing reaches, at any speed of asking", () => {
    fc.assert(
      fc.property(fc.integer({ min: 900, max: 30_000 }), (everyMs) => {
        expect(guessForAnHour(everyMs, CALLER_ALLOWANCE).failures).toBeLessThanOrEqual(100);
        expect(guessForAnHour(everyMs, ACCOUNT_ALLOWANCE).failures).toBeLessThanOrEqual(300);
      }),
      { numRuns: 10 },
    );
  });

  it("one address alone never uses up an account's allowance", () => {
    fc.assert(
      fc.property(fc.integer({ min: 900, max: 30_000 }), (everyMs) => {
        const { peak } = guessForAnHour(everyMs, CALLER_ALLOWANCE);
        expect(peak).toBeLessThan(ACCOUNT_ALLOWANCE.freeFailures);
      }),
      { numRuns: 10 },
    );
  });
});
