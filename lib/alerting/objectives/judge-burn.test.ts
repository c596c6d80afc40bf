import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BURN_TIERS,
  budgetLeft,
  burnRate,
  type Count,
  judgeObjective,
  judgeTier,
  LEAST_BAD,
  LEAST_REQUESTS,
} from "./judge-burn.ts";

const [FAST, MIDDLE, SLOW] = BURN_TIERS;
if (!FAST || !MIDDLE || !SLOW) throw new Error("three pairs of windows");

const count: fc.Arbitrary<Count> = fc
  .record({ total: fc.integer({ min: 0, max: 100_000 }), bad: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ total, bad }) => ({ total, good: total - Math.round(total * bad) }));
const goal = fc.constantFrom(0.95, 0.98, 0.99, 0.995, 0.999, 0.9999);
const tier = fc.constantFrom(FAST, MIDDLE, SLOW);

/** Windows that lie within what was counted. */
const whole = (long: Count, short: Count) => ({ long, short, knownSeconds: 30 * 86_400 });

describe("a budget", () => {
  it("of 1,000 requests at 99 % is ten bad ones", () => {
    expect(burnRate({ good: 990, total: 1_000 }, 0.99)).toBeCloseTo(1);
    expect(budgetLeft({ good: 995, total: 1_000 }, 0.99)).toBeCloseTo(0.5);
    expect(budgetLeft({ good: 970, total: 1_000 }, 0.99)).toBeCloseTo(-2);
    expect(budgetLeft({ good: 0, total: 0 }, 0.99)).toBeNull();
  });

  it("is used by exactly what burns, and by nothing else", () => {
    fc.assert(
      fc.property(count, goal, (seen, share) => {
        const rate = burnRate(seen, share);
        if (rate === null) return seen.total === 0;
        return (
          rate >= 0 && rate <= 1 / (1 - share) + 1e-6 && Math.abs((budgetLeft(seen, share) ?? 0) + rate - 1) < 1e-9
        );
      }),
    );
  });

  it("looks the same from twice as many requests", () => {
    fc.assert(
      fc.property(count, goal, ({ good, total }, share) => {
        expect(burnRate({ good: good * 2, total: total * 2 }, share)).toEqual(burnRate({ good, total }, share));
      }),
    );
  });
});

describe("a pair of windows", () => {
  it("is bad at 14.4 times the pace in both, and not a little below", () => {
    const bad = { good: 856, total: 1_000 };
    const less = { good: 857, total: 1_000 };
    expect(judgeTier(FAST, whole(bad, bad), 0.99)).toBe("bad");
    expect(judgeTier(FAST, whole(bad, less), 0.99)).toBe("good");
    expect(judgeTier(FAST, whole(less, bad), 0.99)).toBe("good");
  });

  it("is never bad on fewer than ten requests in a window, or three bad ones", () => {
    fc.assert(
      fc.property(tier, count, count, goal, (pair, long, short, share) => {
        const isThin =
          long.total < LEAST_REQUESTS || short.total < LEAST_REQUESTS || long.total - long.good < LEAST_BAD;
        return !isThin || judgeTier(pair, whole(long, short), share) !== "bad";
      }),
    );
  });

  it("is unknown, not good, while what burns in the long window has too few requests in the short one", () => {
    const outage = { good: 0, total: 300 };
    expect(judgeTier(FAST, whole(outage, { good: 0, total: LEAST_REQUESTS - 1 }), 0.99)).toBe("unknown");
    expect(judgeTier(FAST, whole({ good: 9, total: 9 }, { good: 9, total: 9 }), 0.99)).toBe("unknown");
    // known to be below its limit: no short window makes that bad
    expect(judgeTier(FAST, whole({ good: 300, total: 300 }, { good: 0, total: 2 }), 0.99)).toBe("good");
  });

  it("is unknown while requests are counted for less than the short window", () => {
    const outage = { good: 0, total: 300 };
    const seen = { long: outage, short: outage };
    const afterSeconds = (knownSeconds: number) => judgeTier(SLOW, { ...seen, knownSeconds }, 0.99);
    expect(afterSeconds(6 * 3_600 - 1)).toBe("unknown");
    expect(afterSeconds(6 * 3_600)).toBe("bad");
    expect(judgeTier(FAST, { ...seen, knownSeconds: 600 }, 0.99)).toBe("bad");
  });

  it("never gets better by one more bad request", () => {
    const rank = { good: 0, unknown: 1, bad: 2 };
    const enough = count.filter(({ total }) => total >= LEAST_REQUESTS);
    fc.assert(
      fc.property(tier, enough, enough, goal, (pair, long, short, share) => {
        const before = judgeTier(pair, whole(long, short), share);
        const more = ({ good, total }: Count) => ({ good, total: total + 1 });
        return rank[judgeTier(pair, whole(more(long), more(short)), share)] >= rank[before];
      }),
    );
  });

  it("needs a looser limit to be bad only where a stricter one is", () => {
    fc.assert(
      fc.property(
        count,
        count,
        goal,
        (long, short, share) =>
          judgeTier(FAST, whole(long, short), share) !== "bad" || judgeTier(SLOW, whole(long, short), share) === "bad",
      ),
    );
  });
});

describe("an objective", () => {
  it("is met, burning, missed or unknown", () => {
    const met = { good: 995, total: 1_000 };
    expect(judgeObjective(met, 0.99, ["good", "unknown"])).toBe("met");
    expect(judgeObjective(met, 0.99, ["good", "bad"])).toBe("burning");
    expect(judgeObjective({ good: 990, total: 1_000 }, 0.99, ["good"])).toBe("met");
    expect(judgeObjective({ good: 989, total: 1_000 }, 0.99, ["good"])).toBe("missed");
    expect(judgeObjective({ good: 0, total: 9 }, 0.99, ["unknown"])).toBe("unknown");
  });
});
