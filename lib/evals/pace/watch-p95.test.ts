import { describe, expect, it } from "vitest";
import { newP95Watch, type P95Watch, WINDOW_MS, watchP95 } from "./watch-p95.ts";

const requests = (p95Ms: number, count = 400) => ({ count, p95Ms, meanServiceMs: 100, simulated: false });
const before = requests(200);

/** Looks every five seconds at a p95. @returns whether it yielded at each look */
function looks(p95s: readonly number[], start: P95Watch = newP95Watch()): { yields: boolean[]; watch: P95Watch } {
  let watch = start;
  const yields = p95s.map((p95Ms, at) => {
    const seen = watchP95(watch, { before, recent: requests(p95Ms) }, at * 5_000);
    watch = seen.watch;
    return seen.slower !== null;
  });
  return { yields, watch };
}

describe("customers' p95 beside a run", () => {
  it("may be 10 % above what it was; a run that yields goes on below 5 %", () => {
    expect(looks([200, 220, 221, 215, 211, 210]).yields).toEqual([false, false, true, true, true, false]);
  });

  it("says nothing where too few asked, before or now", () => {
    for (const [was, is] of [
      [requests(200, 199), requests(900)],
      [before, requests(900, 199)],
      [{ ...before, p95Ms: null }, requests(900)],
    ] as const)
      expect(watchP95(newP95Watch(), { before: was, recent: is }, 0).slower).toBeNull();
  });

  it("that stays high for a whole window without the run acquits it: it gets on all the same", () => {
    const count = WINDOW_MS / 5_000 + 20;
    const { yields } = looks(Array.from({ length: count }, () => 400));
    expect(yields.filter(Boolean)).toHaveLength(WINDOW_MS / 5_000);
    expect(yields.slice(WINDOW_MS / 5_000)).not.toContain(true);
  });
});
