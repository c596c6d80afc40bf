import { describe, expect, it } from "vitest";
import { median } from "#lib/testbed/quantile.ts";
import { GOALS } from "./goals.ts";
import { type Goal, isSuccess, judge } from "./judge.ts";
import { runBench } from "./run-bench.ts";

const goal = (change: Partial<Goal> = {}): Goal => ({
  ...{ job: "job", metric: "m", unit: "s", judge: "ours", goal: "<= 2" },
  ...change,
});

describe("judge", () => {
  it("goes by the median, by the worst, or by the ratio to the peer, as the goal says", () => {
    const measured = { metric: "m", ours: [1, 2, 6], peer: { name: "p", values: [10, 20, 30] } };
    expect(judge(goal(), measured)).toMatchObject({ ours: 2, pass: true, runs: 3, min: 1, max: 6 });
    expect(judge(goal({ judge: "worst" }), measured)).toMatchObject({ ours: 6, pass: false });
    const ratio = { ours: 2, peer: 20, peerName: "p", ratio: 0.1, pass: true };
    expect(judge(goal({ judge: "ratio", goal: ">= 0.1" }), measured)).toMatchObject(ratio);
    expect(judge(goal({ goal: "== 2" }), measured).pass).toBe(true);
    expect(() => judge(goal({ goal: "fast" }), measured)).toThrow("is no goal");
  });

  it("skips a goal whose peer is absent, and leaves one nobody measured without a verdict", () => {
    const absent = { metric: "m", ours: [1], peer: { name: "p", values: null, reason: "no compiler" } };
    const skipped = judge(goal({ judge: "ratio" }), absent);
    expect(skipped).toMatchObject({ pass: null, skipped: "no compiler", peer: null, ratio: null });
    const silent = judge(goal(), null);
    expect(silent).toMatchObject({ ours: null, pass: null });
    expect(silent).not.toHaveProperty("skipped");
    const met = judge(goal(), { metric: "m", ours: [1] });
    expect(isSuccess([met], false)).toBe(true);
    expect(isSuccess([met, skipped], false)).toBe(false);
    expect(isSuccess([met, skipped], true)).toBe(true);
    expect(isSuccess([met, silent], true)).toBe(false);
  });

  it("takes the middle", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
  });
});

it("has each goal once, and each can be judged", () => {
  expect(new Set(GOALS.map(({ job, metric }) => `${job} ${metric}`)).size).toBe(GOALS.length);
  for (const one of GOALS)
    expect(judge(one, { metric: one.metric, ours: [1], peer: { name: "p", values: [1] } }).pass).not.toBeNull();
});

it.each([[[]], [["unheard-of"]], [["cache", "--runs", "0"]], [["cache", "--nonsense"]]])(
  "explains itself to %j",
  async (args) => {
    const said: string[] = [];
    const note = (line: string) => void said.push(line);
    expect(await runBench(args, { log: note, print: note, build: async () => {} })).toBe(2);
    expect(said.join("\n")).toContain("npm run bench -- <");
  },
);
