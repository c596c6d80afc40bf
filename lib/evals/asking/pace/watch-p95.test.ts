import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newP95Watch, type P95Watch, slowAboveMs, WINDOW_MS, watchedFrom, watchP95 } from "./watch-p95.ts";

/** Of 400 requests, 20 (one in twenty) are slower than their p95. */
const requests = (p95Ms: number, slower = 20, count = 400) => ({
  count,
  p95Ms,
  slower,
  meanServiceMs: 100,
  simulated: false,
});
const before = requests(200);
const isSlower = (recent: ReturnType<typeof requests>, was = before) =>
  watchP95(newP95Watch(), { before: was, recent }, 0).slower !== null;

/** Checks every five seconds how many of 400 were slow. @returns whether it yielded at each check */
function watched(counts: readonly number[], start: P95Watch = newP95Watch()): { yields: boolean[]; watch: P95Watch } {
  let watch = start;
  const yields = counts.map((slower, at) => {
    const seen = watchP95(watch, { before, recent: requests(230, slower) }, at * 5_000);
    watch = seen.watch;
    return seen.slower !== null;
  });
  return { yields, watch };
}

/** Latencies as a node has them: most alike, some much longer. */
function p95Of(latencies: readonly number[]) {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}

describe("customers' p95 beside a run", () => {
  it("is compared with that before the run and a tenth more", () => {
    expect(slowAboveMs(requests(1_000))).toBeCloseTo(1_100);
  });

  it("below 50 ms is compared with 5 ms more, since a tenth of it says nothing", () => {
    expect(slowAboveMs(requests(15))).toBe(20);
    expect(slowAboveMs(requests(50))).toBeCloseTo(55);
  });

  it("is higher once more than one in twenty are above that, and not by chance; then until that may be chance again", () => {
    expect(watched([20, 31, 32, 28, 27, 26]).yields).toEqual([false, false, true, true, true, false]);
  });

  it("says what it is and what it was", () => {
    const { slower } = watchP95(newP95Watch(), { before, recent: requests(310, 60) }, 0);
    expect(slower).toEqual({ p95Ms: 310, beforeMs: 200 });
  });

  it("counts what came since the run began, and since it yielded or went on, of the last two minutes", () => {
    const [begun, now] = [1_000_000, 1_010_000];
    expect(watchedFrom(newP95Watch(), begun, now)).toBe(begun);
    expect(watchedFrom(newP95Watch(), begun, begun + WINDOW_MS + 1)).toBe(begun + 1);
    const { watch } = watchP95(newP95Watch(), { before, recent: requests(310, 60) }, now);
    expect(watchedFrom(watch, begun, now + 5_000)).toBe(now);
    expect(watchedFrom(watch, begun, now + 40_000)).toBe(now + 10_000);
    const goesOn = watchP95(watch, { before, recent: requests(200) }, now + 5_000);
    expect(goesOn.slower).toBeNull();
    expect(watchedFrom(goesOn.watch, begun, now + 10_000)).toBe(now + 5_000);
  });

  it("keeps a run waiting until 20 requests without it were fast, and says meanwhile what was seen", () => {
    const slow = watchP95(newP95Watch(), { before, recent: requests(310, 60) }, 0);
    const few = watchP95(slow.watch, { before, recent: requests(190, 0, 19) }, 5_000);
    expect(few.slower).toEqual({ p95Ms: 310, beforeMs: 200 });
    const nobody = watchP95(few.watch, { before, recent: { ...requests(0, 0, 0), p95Ms: null } as never }, 10_000);
    expect(nobody.slower).toEqual({ p95Ms: 310, beforeMs: 200 });
    expect(watchP95(nobody.watch, { before, recent: requests(190, 0, 20) }, 15_000).slower).toBeNull();
    // nobody asks any more: nobody is in the way either, and nothing is known about the run
    const late = watchP95(nobody.watch, { before, recent: { ...requests(0, 0, 0), p95Ms: null } as never }, WINDOW_MS);
    expect(late.slower).toBeNull();
    expect(watchP95(late.watch, { before, recent: requests(310, 60) }, WINDOW_MS + 5_000).slower).not.toBeNull();
  });

  it("takes fewer requests for less certain", () => {
    expect(isSlower(requests(900, 3, 20))).toBe(false);
    expect(isSlower(requests(900, 5, 20))).toBe(true);
    expect(isSlower(requests(225, 120, 2_000))).toBe(false);
    expect(isSlower(requests(225, 130, 2_000))).toBe(true);
  });

  it("says nothing where too few asked before, or nobody asks now", () => {
    expect(isSlower(requests(900, 300), requests(200, 0, 199))).toBe(false);
    expect(isSlower(requests(900, 300), { ...before, p95Ms: null as unknown as number })).toBe(false);
    expect(isSlower({ ...requests(0, 0, 0), p95Ms: null as unknown as number })).toBe(false);
  });

  it("of customers who are no slower than before stops a run at one check in thirty at most; of twice as slow, at each", () => {
    const seeds = fc.sample(fc.infiniteStream(fc.double({ min: 0.0001, max: 0.9999, noNaN: true })), {
      numRuns: 1,
      seed: 7,
    })[0];
    if (seeds === undefined) throw new Error("no numbers");
    const latency = () => 100 - 60 * Math.log(seeds.next().value);
    const take = (count: number, factor: number) => Array.from({ length: count }, () => latency() * factor);
    const was = take(2_000, 1);
    const bound = p95Of(was) * 1.1;
    const watchOnce = (factor: number) => {
      const now = take(360, factor);
      return isSlower(
        requests(p95Of(now), now.filter((ms) => ms > bound).length, now.length),
        requests(p95Of(was), 100, was.length),
      );
    };
    const share = (factor: number) => Array.from({ length: 300 }, () => watchOnce(factor)).filter(Boolean).length / 300;
    expect(share(1)).toBeLessThanOrEqual(1 / 30);
    expect(share(1.1)).toBeLessThanOrEqual(1 / 10);
    expect(share(2)).toBe(1);
  });

  it("that stays high for a whole window without the run acquits it: it gets on all the same", () => {
    const count = WINDOW_MS / 5_000 + 20;
    const { yields } = watched(Array.from({ length: count }, () => 100));
    expect(yields.filter(Boolean)).toHaveLength(WINDOW_MS / 5_000);
    expect(yields.slice(WINDOW_MS / 5_000)).not.toContain(true);
  });
});
