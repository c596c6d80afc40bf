import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foreignSentence, judgeRecent, LATE_MS, RECENT_SCRAPES, type ScrapeCount } from "./foreign-traffic.ts";

const SCRAPE_MS = 10_000;

/** What an engine counts of requests that end at these times, at scrapes that each come a little late. */
function countsOf(engineEnds: readonly number[], lateMs: readonly number[]): ScrapeCount[] {
  const seenAt = (nth: number) => nth * SCRAPE_MS + (lateMs[nth] ?? 0);
  return Array.from({ length: RECENT_SCRAPES }, (_, nth) => ({
    ...{ fromMs: nth * SCRAPE_MS, toMs: (nth + 1) * SCRAPE_MS },
    counted: engineEnds.filter((ms) => ms > seenAt(nth) && ms <= seenAt(nth + 1)).length,
  }));
}

const SPAN_MS = (RECENT_SCRAPES + 2) * SCRAPE_MS;
/** Requests a minute, spread evenly over the scrapes and beyond them. */
const evenly = (aMinute: number): number[] =>
  Array.from({ length: Math.floor((aMinute * SPAN_MS) / 60_000) }, (_, index) => (index * 60_000) / aMinute);
const late = fc.array(fc.integer({ min: 0, max: LATE_MS / 2 }), { minLength: RECENT_SCRAPES + 1, maxLength: 5 });
/** How much later than at its engine a reply ends at the gateway. */
const lag = fc.integer({ min: 0, max: LATE_MS / 2 });

describe("judgeRecent", () => {
  it("calls nothing foreign that came through us, at any load and however late the scrapes are", () => {
    const ends = fc.array(fc.double({ min: 0, max: SPAN_MS, noNaN: true }), { maxLength: 400 });
    fc.assert(
      fc.property(ends, late, lag, (engineEnds, lateMs, lagMs) => {
        const ours = engineEnds.map((ms) => ms + lagMs);
        expect(judgeRecent(countsOf(engineEnds, lateMs), ours, [])).toBeNull();
      }),
    );
  });

  it("reports one foreign request in two seconds within four scrapes, also beside ordinary traffic", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 180 }),
        fc.integer({ min: 30, max: 600 }),
        late,
        (oursAMinute, foreign, lateMs) => {
          const own = evenly(oursAMinute);
          const found = judgeRecent(countsOf([...own, ...evenly(foreign)], lateMs), own, []);
          expect(found?.counted).toBeGreaterThan(found?.ours ?? Number.POSITIVE_INFINITY);
        },
      ),
    );
  });

  it("is not hidden by a gate's 3,600 requests a minute", () => {
    const gate = evenly(3_600);
    const counts = countsOf([...gate, ...evenly(300)], [0, 300, 0, 900, 100]);
    const found = judgeRecent(counts, gate, []);
    expect(found).toMatchObject({ minutes: 40 / 60, sinceMs: 0 });
    expect(judgeRecent(countsOf(gate, [0, 300, 0, 900, 100]), gate, [])).toBeNull();
  });

  it("says nothing of too few scrapes, of broken ones, and beside a load probe", () => {
    const counts = countsOf(evenly(600), []);
    expect(judgeRecent(counts, [], [])).not.toBeNull();
    expect(judgeRecent(counts.slice(1), [], [])).toBeNull();
    const broken = counts.map((nth, index) => (index === 2 ? { ...nth, fromMs: nth.fromMs + 1 } : nth));
    expect(judgeRecent(broken, [], [])).toBeNull();
    expect(judgeRecent(counts, [], [15_000])).toBeNull();
    expect(judgeRecent(counts, [], [-70_000])).not.toBeNull();
  });

  it("is not one burst that ends as the scrapes begin", () => {
    const [first, ...rest] = countsOf([], []);
    if (first === undefined) throw new Error("no scrapes");
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
