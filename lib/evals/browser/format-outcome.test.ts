import { describe, expect, it } from "vitest";
import { formatOutcome } from "./format-outcome.ts";

const mode = (confirmed: number, outcome: "pass" | "fail" | "inconclusive") => ({ prompts: 200, confirmed, outcome });

describe("the sentence of a verdict", () => {
  it.each([
    [
      "pass",
      0,
      0,
      "Pass: none of 200 prompts is confirmed lost, and what changed stays below the limit in both modes.",
    ],
    ["fail", 6, 6, "Fail: 6 prompts of 200 are confirmed lost."],
    ["fail", 2, 6, "Fail: 6 prompts of 200 are confirmed lost (greedy 2, sampled 6)."],
    [
      "inconclusive",
      1,
      1,
      "Inconclusive: 1 prompt of 200 is confirmed lost, but the run is too small to show that the loss stays below the limit.",
    ],
  ] as const)("%s with %i and %i lost", (outcome, greedy, sampled, text) => {
    const modes = { greedy: mode(greedy, outcome), sampled: mode(sampled, outcome) };
    expect(formatOutcome({ outcome, modes, reasons: [] })).toBe(text);
  });

  it("of what only compares promises nothing", () => {
    const modes = { greedy: mode(2, "fail"), sampled: mode(2, "fail") };
    expect(formatOutcome({ outcome: "inconclusive", modes, reasons: [{ code: "comparison_only" }] })).toBe(
      "Compared only: 2 prompts of 200 are confirmed lost; no cutover opens on it.",
    );
  });
});
