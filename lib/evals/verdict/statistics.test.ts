import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../random.ts";
import {
  clopperPearsonUpper,
  constrainedGainRate,
  leastDetectable,
  leastSignificantLosses,
  mcNemarOneSided,
  mcNemarPower,
  mcNemarTwoSided,
  passProbability,
  promptsForMargin,
  promptsToClaim,
  shownMargin,
  signFlipPValue,
  tangoInterval,
  tangoScore,
  wilsonInterval,
} from "./statistics.ts";

const percent = (rate: number) => (rate * 100).toFixed(2);

describe("Clopper-Pearson (upper 95 % bound on the regression rate)", () => {
  it.each([
    [100, ["2.95", "4.66", "6.16", "7.57", "10.23"]],
    [200, ["1.49", "2.35", "3.11", "3.83", "5.18"]],
    [400, ["0.75", "1.18", "1.57", "1.93", "2.61"]],
    [600, ["0.50", "0.79", "1.05", "1.29", "1.74"]],
    [1000, ["0.30", "0.47", "0.63", "0.77", "1.05"]],
    [2000, ["0.15", "0.24", "0.31", "0.39", "0.52"]],
  ])("of %i prompts with 0, 1, 2, 3, 5 failures", (n, printed) => {
    expect([0, 1, 2, 3, 5].map((failures) => percent(clopperPearsonUpper(failures, n)))).toEqual(printed);
  });

  it("has the closed form for no failure", () => {
    expect(clopperPearsonUpper(0, 200)).toBeCloseTo(1 - 0.05 ** (1 / 200), 12);
  });

  it("excludes nothing without prompts or when all fail", () => {
    expect([clopperPearsonUpper(0, 0), clopperPearsonUpper(3, 3)]).toEqual([1, 1]);
  });

  it("falls with prompts and rises with failures", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1500 }), fc.nat(20), (n, raw) => {
        const failures = Math.min(raw, n - 1);
        const bound = clopperPearsonUpper(failures, n);
        expect(bound).toBeGreaterThan(failures / n);
        expect(clopperPearsonUpper(failures, n + 1)).toBeLessThan(bound);
        expect(clopperPearsonUpper(failures + 1, n)).toBeGreaterThan(bound);
        expect(clopperPearsonUpper(failures, n, 0.99)).toBeGreaterThan(bound);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses more failures than prompts", () => {
    expect(() => clopperPearsonUpper(3, 2)).toThrow(RangeError);
  });
});

describe("prompts needed to claim a rate", () => {
  it.each([
    [0.005, 0.95, [598, 947, 1258, 1549]],
    [0.005, 0.9, [460, 777, 1063, 1335]],
    [0.005, 0.99, [919, 1325, 1678, 2006]],
    [0.01, 0.95, [299, 473, 628, 773]],
    [0.02, 0.95, [149, 236, 313, 386]],
  ])("below %d at %d with 0, 1, 2, 3 failures", (rate, confidence, printed) => {
    expect([0, 1, 2, 3].map((failures) => promptsToClaim(rate, failures, confidence))).toEqual(printed);
  });
});

describe("chance that the gate passes", () => {
  const gates = [
    { prompts: 200, allowed: 1 },
    { prompts: 200, allowed: 0 },
    { prompts: 400, allowed: 2 },
    { prompts: 600, allowed: 3 },
    { prompts: 1000, allowed: 5 },
    { prompts: 2000, allowed: 10 },
    { prompts: 200, allowed: 1, tries: 3 },
  ];
  it.each([
    [0.001, [0.98, 0.82, 0.99, 1, 1, 1, 1]],
    [0.0025, [0.91, 0.61, 0.92, 0.94, 0.96, 0.99, 1]],
    [0.005, [0.74, 0.37, 0.68, 0.65, 0.62, 0.58, 0.98]],
    [0.01, [0.41, 0.13, 0.24, 0.15, 0.07, 0.01, 0.79]],
    [0.02, [0.09, 0.02, 0.01, 0, 0, 0, 0.25]],
    [0.03, [0.02, 0, 0, 0, 0, 0, 0.05]],
  ])("at a true rate of %d", (rate, printed) => {
    for (const [at, gate] of gates.entries())
      expect(Math.abs(passProbability({ ...gate, rate }) - (printed[at] ?? Number.NaN))).toBeLessThan(0.0055);
  });

  // The printed table is up to 0.0054 off in these three cells; the values here come from rational arithmetic.
  it.each([
    [{ prompts: 600, allowed: 3, rate: 0.0025 }, 0.9345932791104603],
    [{ prompts: 200, allowed: 1, rate: 0.01 }, 0.4046456846720265],
    [{ prompts: 200, allowed: 1, rate: 0.02, tries: 3 }, 0.2448764493350195],
  ])("is exact for %o", (gate, exact) => {
    expect(passProbability(gate)).toBeCloseTo(exact, 11);
  });
});

describe("exact McNemar", () => {
  it("needs 5, 7, 9, 10, 13 losses beside 0, 1, 2, 3, 5 gains", () => {
    expect([0, 1, 2, 3, 5].map((c) => leastSignificantLosses(c))).toEqual([5, 7, 9, 10, 13]);
  });

  const rates: [number, number][] = [
    [0.01, 0],
    [0.02, 0],
    [0.03, 0],
    [0.05, 0],
    [0.02, 0.01],
    [0.03, 0.01],
    [0.05, 0.03],
  ];
  it.each([
    [200, [0.05, 0.37, 0.72, 0.97, 0.09, 0.26, 0.19]],
    [400, [0.37, 0.9, 0.99, 1, 0.22, 0.57, 0.35]],
    [1000, [0.97, 1, 1, 1, 0.51, 0.93, 0.69]],
    [2000, [1, 1, 1, 1, 0.8, 1, 0.93]],
  ])("has the printed power with %i prompts", (n, printed) => {
    expect(rates.map(([loss, gain]) => Number(mcNemarPower(n, loss, gain).toFixed(2)))).toEqual(printed);
  });

  it("is one half-coin tail: 1 without losses, 1/2^b without gains, and the tails overlap in one term", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (b, c) => {
        expect(mcNemarOneSided(0, c)).toBeCloseTo(1, 12);
        expect(mcNemarOneSided(b, 0)).toBeCloseTo(0.5 ** b, 12);
        expect(mcNemarOneSided(b, c) + mcNemarOneSided(c, b)).toBeGreaterThan(1 - 1e-12);
        expect(mcNemarOneSided(b + 1, c)).toBeLessThan(mcNemarOneSided(b, c) + 1e-12);
        expect(mcNemarTwoSided(b, c)).toBe(mcNemarTwoSided(c, b));
      }),
    );
  });
});

describe("non-inferiority", () => {
  it.each([
    [0.005, [1237, 310, 78], ["1.24", "0.72", "0.39"]],
    [0.01, [2474, 619, 155], ["1.76", "1.02", "0.56"]],
    [0.02, [4947, 1237, 310], ["2.49", "1.44", "0.79"]],
    [0.05, [12366, 3092, 773], ["3.93", "2.27", "1.24"]],
  ])("with a share of %d changed answers", (psi, prompts, shown) => {
    expect([0.005, 0.01, 0.02].map((margin) => promptsForMargin(psi, margin))).toEqual(prompts);
    expect([200, 600, 2000].map((n) => percent(shownMargin(psi, n)))).toEqual(shown);
  });
});

describe("Tango interval", () => {
  const counts = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(400)).filter(([b, c, same]) => b + c + same > 0);

  it("contains the observed net, mirrors when losses and gains swap, and ends where the score is ±z", () => {
    fc.assert(
      fc.property(counts, ([b, c, same]) => {
        const n = b + c + same;
        const { lower, upper } = tangoInterval(b, c, n);
        expect(lower).toBeLessThanOrEqual((b - c) / n + 1e-9);
        expect(upper).toBeGreaterThanOrEqual((b - c) / n - 1e-9);
        const mirrored = tangoInterval(c, b, n);
        expect(mirrored.lower).toBeCloseTo(-upper, 8);
        expect(mirrored.upper).toBeCloseTo(-lower, 8);
        if (upper < 0.999) expect(tangoScore(b, c, n, upper)).toBeCloseTo(-1.96, 2);
        if (lower > -0.999) expect(tangoScore(b, c, n, lower)).toBeCloseTo(1.96, 2);
      }),
      { numRuns: 80 },
    );
  });

  it("uses the gain rate of greatest likelihood under the difference", () => {
    const loss = (x: number, count: number) => (count === 0 ? 0 : count * Math.log(x));
    const inner = fc.tuple(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 5, max: 200 }),
    );
    fc.assert(
      fc.property(inner, fc.double({ min: -0.4, max: 0.4, noNaN: true }), ([b, c, same], difference) => {
        const n = b + c + same;
        const likelihood = (q: number) => loss(q + difference, b) + loss(q, c) + loss(1 - 2 * q - difference, same);
        const best = constrainedGainRate(b, c, n, difference);
        const step = Math.min(1e-4, best / 10, (best + difference) / 10, (1 - 2 * best - difference) / 10);
        expect(likelihood(best)).toBeGreaterThanOrEqual(likelihood(best + step));
        expect(likelihood(best)).toBeGreaterThanOrEqual(likelihood(best - step));
      }),
    );
  });

  it("agrees with the interval without discordant prompts: ± z²/(n + z²)", () => {
    const z = 1.959963984540054;
    const { lower, upper } = tangoInterval(0, 0, 200);
    expect(upper).toBeCloseTo((z * z) / (200 + z * z), 9);
    expect(lower).toBeCloseTo(-upper, 12);
  });
});

describe("sign-flip permutation", () => {
  it("approaches the exact McNemar when differences are whole", () => {
    const random = createRandom("sign-flip");
    const differences = [...Array.from({ length: 9 }, () => 1), ...Array.from({ length: 3 }, () => -1), 0, 0, 0];
    const p = signFlipPValue(differences, { random: random.next, flips: 20_000 });
    expect(p).toBeCloseTo(mcNemarOneSided(9, 3), 1);
    expect(Math.abs(p - mcNemarOneSided(9, 3))).toBeLessThan(0.01);
  });

  it("is 1 without movement, never 0, and repeatable with the same seed", () => {
    const of = (differences: number[]) =>
      signFlipPValue(differences, { random: createRandom("again").next, flips: 999 });
    expect(of([0, 0, 0])).toBe(1);
    expect(of(Array.from({ length: 60 }, () => 1))).toBe(1 / 1000);
    expect(of([0.2, -0.4, 0.6])).toBe(of([0.2, -0.4, 0.6]));
  });

  it("rejects pure noise about as often as it says", () => {
    const random = createRandom("noise");
    let rejected = 0;
    for (let run = 0; run < 300; run += 1) {
      const differences = Array.from({ length: 40 }, () => (random.int(0, 10) - 5) / 5);
      if (signFlipPValue(differences, { random: random.next, flips: 199 }) <= 0.05) rejected += 1;
    }
    expect(rejected).toBeLessThan(30);
  });
});

describe("Wilson and least detectable", () => {
  it("matches the textbook: 81 of 263 gives 0.2553 to 0.3662", () => {
    const { lower, upper } = wilsonInterval(81, 263);
    expect([lower.toFixed(4), upper.toFixed(4)]).toEqual(["0.2553", "0.3662"]);
  });

  it("contains the share and stays inside 0..1", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (successes, failures) => {
        const n = successes + failures;
        const { lower, upper } = wilsonInterval(successes, n);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        if (n > 0) {
          expect(lower).toBeLessThanOrEqual(successes / n + 1e-12);
          expect(upper).toBeGreaterThanOrEqual(successes / n - 1e-12);
        }
      }),
    );
  });

  it("blocks the least detectable rate with the power it names", () => {
    expect(percent(leastDetectable(200, 1))).toBe("0.80");
    for (const [n, blockedFrom] of [
      [200, 1],
      [600, 3],
      [1000, 5],
    ] as const) {
      const rate = leastDetectable(n, blockedFrom);
      expect(1 - passProbability({ prompts: n, allowed: blockedFrom - 1, rate })).toBeCloseTo(0.8, 9);
    }
    expect(leastDetectable(0, 1)).toBe(1);
  });
});
