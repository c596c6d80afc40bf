import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logEvidence, logGamma, lowerBound } from "./sequential-test.ts";

const ALPHA = 0.002;
const NEEDED = -Math.log(ALPHA);

/** Mulberry32: the same numbers on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Trial = { candidateRate: number; liveRate: number; weight: number; tolerance: number; requests: number };

/** Requests of both versions in random order, a look after each. @returns the candidate's requests until it breached */
function firstBreach(trial: Trial, random: () => number, needed: number): number | null {
  const candidate = { bad: 0, of: 0 };
  const live = { bad: 0, of: 0 };
  for (let request = 0; request < trial.requests; request += 1) {
    const isCandidate = random() < trial.weight;
    const side = isCandidate ? candidate : live;
    side.of += 1;
    if (random() < (isCandidate ? trial.candidateRate : trial.liveRate)) side.bad += 1;
    if (logEvidence(candidate, live, trial.tolerance) >= needed) return candidate.of;
  }
  return null;
}

function breaches(trial: Trial, times: number, needed: number): (number | null)[] {
  const random = seeded(7);
  return Array.from({ length: times }, () => firstBreach(trial, random, needed));
}

const share = fc.nat(400).chain((of) => fc.nat(of).map((bad) => ({ bad, of })));

describe("logGamma", () => {
  it("agrees with factorials and with Γ(1/2)", () => {
    let factorial = 0;
    for (let n = 1; n < 200; n += 1) {
      expect(Math.abs(logGamma(n) - factorial)).toBeLessThan(1e-9);
      factorial += Math.log(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  });
});

describe("the guard's test", () => {
  it("has no evidence before there is a request", () => {
    expect(logEvidence({ bad: 0, of: 0 }, { bad: 0, of: 0 }, 0)).toBeCloseTo(0, 12);
    expect(lowerBound({ bad: 0, of: 0 }, { bad: 3, of: 40 }, ALPHA)).toBe(-1);
    expect(lowerBound({ bad: 3, of: 40 }, { bad: 0, of: 0 }, ALPHA)).toBe(-1);
  });

  it("finds no evidence against a version that does no worse", () => {
    fc.assert(
      fc.property(share, share, fc.double({ min: 0, max: 0.5, noNaN: true }), (candidate, live, tolerance) => {
        const difference = candidate.bad / candidate.of - live.bad / live.of;
        fc.pre(candidate.of > 0 && live.of > 0 && difference <= tolerance);
        expect(logEvidence(candidate, live, tolerance)).toBeLessThan(1e-9);
      }),
    );
  });

  it("has less evidence the more is tolerated, and its bound lies below the difference seen", () => {
    fc.assert(
      fc.property(share, share, (candidate, live) => {
        fc.pre(candidate.of > 0 && live.of > 0);
        const [strict, lax] = [logEvidence(candidate, live, 0), logEvidence(candidate, live, 0.1)];
        if (strict > 0) expect(lax).toBeLessThanOrEqual(strict + 1e-6);
        const bound = lowerBound(candidate, live, ALPHA);
        expect(bound).toBeLessThanOrEqual(candidate.bad / candidate.of - live.bad / live.of + 1e-3);
        // the bound and the test are one: a breach is a bound beyond what is tolerated
        if (bound > 0.01 + 1e-3) expect(logEvidence(candidate, live, 0.01)).toBeGreaterThanOrEqual(NEEDED - 1e-6);
        if (bound > -1 && bound < 0.01 - 1e-3) expect(logEvidence(candidate, live, 0.01)).toBeLessThan(NEEDED);
      }),
      { numRuns: 60 },
    );
  });

  // a level that 400 trials can tell from its excess
  it.each([
    [0.02, 0.02, 0.5, 0],
    [0.2, 0.2, 0.5, 0],
    [0.5, 0.5, 0.25, 0],
    [0.06, 0.05, 0.25, 0.01],
    [0.05, 0.05, 0.05, 0],
  ])("raises a false alarm at most as often as it says (%f beside %f, weight %f, tolerance %f)", (...rates) => {
    const [candidateRate, liveRate, weight, tolerance] = rates;
    const alpha = 0.05;
    const trial = { candidateRate, liveRate, weight, tolerance, requests: 250 };
    const alarms = breaches(trial, 400, -Math.log(alpha)).filter((at) => at !== null).length;
    process.stdout.write(
      `false alarms: ${alarms} of 400 with a look after each request (stated: at most ${alpha * 400})\n`,
    );
    expect(alarms).toBeLessThanOrEqual(alpha * 400);
  });

  it("sees a bad version within tens of requests", () => {
    for (const [candidateRate, liveRate, weight, within] of [
      [1, 0, 0.5, 12],
      [0.5, 0, 0.25, 30],
      [0.3, 0, 0.25, 60],
      [0.3, 0.02, 0.05, 60],
    ] as const) {
      const found = breaches({ candidateRate, liveRate, weight, tolerance: 0.01, requests: 1500 }, 40, NEEDED);
      const needed = found.map((at) => at ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
      const [median, worst] = [needed[20] ?? 0, needed[36] ?? 0];
      process.stdout.write(
        `power: ${candidateRate} beside ${liveRate} at ${weight * 100} %: ${median} candidate requests (median), ${worst} (9 of 10)\n`,
      );
      expect(worst).toBeLessThanOrEqual(within * 1.5);
    }
  });
});
