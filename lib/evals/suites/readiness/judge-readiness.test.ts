import { describe, expect, it } from "vitest";
import { type Facts, formatReadiness, judgeReadiness } from "./judge-readiness.ts";

const now = new Date("2026-01-05T10:00:00Z");
const suite = { caseCount: 200, categories: 18, duplicates: 0, heldOut: 20 };
const baseline = { asked: 200, wrong: 0, simulated: false, at: now };
const good: Facts = { suite, baseline, hasTools: true, now };
const states = (facts: Facts) => Object.fromEntries(judgeReadiness(facts).map(({ code, state }) => [code, state]));

describe("readiness", () => {
  it("of a sound suite has nothing to do", () => {
    const items = judgeReadiness(good);
    expect(items.every(({ state, fix }) => state === "ok" && fix === null)).toBe(true);
    expect(formatReadiness(items)).toBe("Ready to gate.");
  });

  it("without a suite knows what it cannot see", () => {
    const items = judgeReadiness({ suite: null, baseline: null, hasTools: false, now });
    expect(states({ suite: null, baseline: null, hasTools: false, now })).toEqual({
      prompts: "missing",
      categories: "unknown",
      duplicates: "unknown",
      baseline: "unknown",
      held_out: "unknown",
      tools: "weak",
    });
    expect(items.find(({ code }) => code === "duplicates")?.have.value).toBeNull();
    expect(formatReadiness(items)).toContain("no suite yet");
  });

  it.each<[string, Partial<Facts>, string, string, RegExp]>([
    ["199 prompts", { suite: { ...suite, caseCount: 199 } }, "prompts", "missing", /Add 1 prompts/],
    ["11 categories", { suite: { ...suite, categories: 11 } }, "categories", "weak", /own tools/],
    ["a duplicate", { suite: { ...suite, duplicates: 1 } }, "duplicates", "weak", /Remove/],
    ["nothing held out", { suite: { ...suite, heldOut: 0 } }, "held_out", "weak", /Hold a tenth out/],
    ["a baseline at 79.5 %", { baseline: { ...baseline, wrong: 41 } }, "baseline", "missing", /replace/],
    ["a baseline at 80 %", { baseline: { ...baseline, wrong: 40 } }, "baseline", "weak", /Look at them/],
    ["no run", { baseline: null }, "baseline", "unknown", /Run a gate/],
    ["no tools", { hasTools: false }, "tools", "weak", /Set its tools/],
  ])("%s", (_what, change, code, state, fix) => {
    const item = judgeReadiness({ ...good, ...change }).find((each) => each.code === code);
    expect(item).toMatchObject({ state, fix: expect.stringMatching(fix), sentence: expect.stringMatching(/\.$/) });
  });
});
