import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foreignSentence, judgeRecent, LATE_MS, type LookCount, RECENT_LOOKS } from "./foreign-traffic.ts";

const LOOK_MS = 10_000;

/** What an engine counts of requests that end at these times, at looks that each come a little late. */
function looksOf(engineEnds: readonly number[], lateMs: readonly number[]): LookCount[] {
  const seenAt = (look: number) => look * LOOK_MS + (lateMs[look] ?? 0);
  return Array.from({ length: RECENT_LOOKS }, (_, look) => ({
    ...{ fromMs: look * LOOK_MS, toMs: (look + 1) * LOOK_MS },
    counted: engineEnds.filter((ms) => ms > seenAt(look) && ms <= seenAt(look + 1)).length,
  }));
}

const SPAN_MS = (RECENT_LOOKS + 2) * LOOK_MS;
/** Requests a minute, spread evenly over the looks and beyond them. */
const evenly = (aMinute: number): number[] =>
  Array.from({ length: Math.floor((aMinute * SPAN_MS) / 60_000) }, (_, index) => (index * 60_000) / aMinute);
const late = fc.array(fc.integer({ min: 0, max: LATE_MS / 2 }), { minLength: RECENT_LOOKS + 1, maxLength: 5 });
/** How much later than at its engine a reply ends at the gateway. */
const lag = fc.integer({ min: 0, max: LATE_MS / 2 });

describe("judgeRecent", () => {
  it("calls nothing foreign that came through us, at any load and however late the looks are", () => {
    const ends = fc.array(fc.double({ min: 0, max: SPAN_MS, noNaN: true }), { maxLength: 400 });
    fc.assert(
      fc.property(ends, late, lag, (engineEnds, lateMs, lagMs) => {
        const ours = engineEnds.map((ms) => ms + lagMs);
        expect(judgeRecent(looksOf(engineEnds, lateMs), ours, [])).toBeNull();
      }),
    );
  });

  it("reports one foreign request in two seconds within four looks, also beside ordinary traffic", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 180 }),
        fc.integer({ min: 30, max: 600 }),
        late,
        (oursAMinute, foreign, lateMs) => {
          const own = evenly(oursAMinute);
          const found = judgeRecent(looksOf([...own, ...evenly(foreign)], lateMs), own, []);
          expect(found?.counted).toBeGreaterThan(found?.ours ?? Number.POSITIVE_INFINITY);
        },
      ),
    );
  });

  it("is not hidden by a gate's 3,600 requests a minute", () => {
    const gate = evenly(3_600);
    const looks = looksOf([...gate, ...evenly(300)], [0, 300, 0, 900, 100]);
    const found = judgeRecent(looks, gate, []);
    expect(found).toMatchObject({ minutes: 40 / 60, sinceMs: 0 });
    expect(judgeRecent(looksOf(gate, [0, 300, 0, 900, 100]), gate, [])).toBeNull();
  });

  it("says nothing of too few looks, of broken ones, and beside a load probe", () => {
    const looks = looksOf(evenly(600), []);
    expect(judgeRecent(looks, [], [])).not.toBeNull();
    expect(judgeRecent(looks.slice(1), [], [])).toBeNull();
    const broken = looks.map((look, index) => (index === 2 ? { ...look, fromMs: look.fromMs + 1 } : look));
    expect(judgeRecent(broken, [], [])).toBeNull();
    expect(judgeRecent(looks, [], [15_000])).toBeNull();
    expect(judgeRecent(looks, [], [-70_000])).not.toBeNull();
  });

  it("is not one burst that ends as the looks begin", () => {
    const [first, ...rest] = looksOf([], []);
    if (first === undefined) throw new Error("no looks");
    expect(judgeRecent([{ ...first, counted: 50 }, ...rest], [], [])).toBeNull();
  });
});

it("names the time in the unit that fits", () => {
  const told = { counted: 412, ours: 377 };
  expect(foreignSentence("a100-1", { ...told, minutes: 10 })).toBe(
    "a100-1 answered 412 requests in 10 min of which 377 came through Switchyard",
  );
  expect(foreignSentence("a100-1", { ...told, minutes: 40 / 60 })).toContain("in 40 s of which");
});
