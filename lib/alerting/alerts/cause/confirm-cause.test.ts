import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CandidateMinutes, type Symptom, weighCandidate, weighCandidates } from "./confirm-cause.ts";

const MINUTE = 60_000;
/** An hour of minutes, each bad, good or saying nothing, and a candidate that is out of range, in range or unknown. */
const anyHour = fc.array(
  fc.record({
    symptom: fc.constantFrom("bad", "good", "nothing"),
    candidate: fc.constantFrom("out", "in", "unknown"),
  }),
  { maxLength: 90 },
);
type Hour = { symptom: string; candidate: string }[];
const minutesOf = (hour: Hour, isOf: (minute: Hour[number]) => boolean): number[] =>
  hour.flatMap((minute, index) => (isOf(minute) ? [index * MINUTE] : []));
const symptomOf = (hour: Hour): Symptom => ({
  bad: minutesOf(hour, ({ symptom }) => symptom === "bad"),
  good: minutesOf(hour, ({ symptom }) => symptom === "good"),
});
const candidateOf = (hour: Hour): CandidateMinutes => ({
  out: new Set(minutesOf(hour, ({ candidate }) => candidate === "out")),
  unknown: new Set(minutesOf(hour, ({ candidate }) => candidate === "unknown")),
});
const isConfirmed = (hour: Hour) => weighCandidate(symptomOf(hour), candidateOf(hour)).isConfirmed;
const withMinute = (hour: Hour, at: number, change: Partial<Hour[number]>): Hour =>
  hour.map((minute, index) => (index === at ? { ...minute, ...change } : minute));

const NONE: ReadonlySet<number> = new Set();
const row = (from: number, count: number) => Array.from({ length: count }, (_, index) => (from + index) * MINUTE);

describe("a cause", () => {
  it.each<[string, number, number, boolean]>([
    ["in 8 of 10 bad minutes and 2 of 10 good ones is confirmed", 8, 2, true],
    ["in 7 of 10 bad minutes is not", 7, 0, false],
    ["in 3 of 10 good minutes is not", 10, 3, false],
    ["that is always there, such as evictions all day, is not", 10, 10, false],
    ["that was never there is not", 0, 0, false],
  ])("%s", (_name, outOfBad, outOfGood, expected) => {
    const symptom = { bad: row(0, 10), good: row(10, 10) };
    const out = new Set([...row(0, outOfBad), ...row(10, outOfGood)]);
    expect(weighCandidate(symptom, { out, unknown: NONE })).toEqual({
      isConfirmed: expected,
      bad: { out: outOfBad, of: 10 },
      good: { out: outOfGood, of: 10 },
    });
  });

  it("needs minutes to compare: one bad minute, or hours without a good one, prove nothing", () => {
    const confirms = (bad: number, good: number) =>
      weighCandidate({ bad: row(0, bad), good: row(bad, good) }, { out: new Set(row(0, bad)), unknown: NONE })
        .isConfirmed;
    expect([confirms(1, 60), confirms(2, 5), confirms(2, 4), confirms(60, 0)]).toEqual([false, true, false, false]);
  });

  it("is confirmed by no good minute that it is out of range in, nor refuted by such a bad one", () => {
    fc.assert(
      fc.property(anyHour, fc.nat(89), (hour, at) => {
        const after = withMinute(hour, at, { candidate: "out" });
        if (hour[at]?.symptom === "good") expect(isConfirmed(after) && !isConfirmed(hour)).toBe(false);
        if (hour[at]?.symptom === "bad") expect(isConfirmed(hour) && !isConfirmed(after)).toBe(false);
      }),
    );
  });

  it("is never confirmed by what nobody knows", () => {
    fc.assert(
      fc.property(anyHour, fc.nat(89), (hour, at) => {
        const after = withMinute(hour, at, { candidate: "unknown" });
        expect(isConfirmed(after) && !isConfirmed(hour)).toBe(false);
      }),
    );
  });

  it("depends neither on the order of minutes nor on those that say nothing", () => {
    fc.assert(
      fc.property(anyHour, (hour) => {
        const { bad, good } = symptomOf(hour);
        const weight = weighCandidate({ bad, good }, candidateOf(hour));
        expect(weighCandidate({ bad: bad.toReversed(), good: good.toReversed() }, candidateOf(hour))).toEqual(weight);
        const flipped = hour.map((minute) => (minute.symptom === "nothing" ? { ...minute, candidate: "out" } : minute));
        expect(weighCandidate(symptomOf(flipped), candidateOf(flipped))).toEqual(weight);
      }),
    );
  });

  it("holds in four of five bad minutes and at most one of five good ones, whatever else is true of the hour", () => {
    fc.assert(
      fc.property(anyHour, (hour) => {
        const { isConfirmed: is, bad, good } = weighCandidate(symptomOf(hour), candidateOf(hour));
        if (!is) return;
        expect(5 * bad.out).toBeGreaterThanOrEqual(4 * bad.of);
        expect(5 * good.out).toBeLessThanOrEqual(good.of);
      }),
    );
  });
});

describe("candidates", () => {
  it("are listed with the most convincing first, none lost and none confirmed for being the only one", () => {
    fc.assert(
      fc.property(anyHour, fc.array(anyHour, { maxLength: 6 }), (hour, others) => {
        const symptom = symptomOf(hour);
        const candidates = others.map((other, index) => ({ ...candidateOf(other), index }));
        const weighed = weighCandidates(symptom, candidates);
        expect(weighed.map(({ index }) => index).sort()).toEqual(candidates.map(({ index }) => index).sort());
        for (const one of weighed) expect(one.weight).toEqual(weighCandidate(symptom, one));
        const firstUnconfirmed = weighed.findIndex(({ weight }) => !weight.isConfirmed);
        if (firstUnconfirmed >= 0)
          expect(weighed.slice(firstUnconfirmed).some(({ weight }) => weight.isConfirmed)).toBe(false);
      }),
    );
  });
});
