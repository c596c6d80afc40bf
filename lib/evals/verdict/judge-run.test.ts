import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../gate-policy.ts";
import { createRandom } from "../random.ts";
import type { DecodingMode, Outcome, SampleStatus } from "../schema.ts";
import { judgeRun, type RunSamples } from "./judge-run.ts";
import type { PairedSamples } from "./tally.ts";
import {
  askedMode,
  firstTakes,
  flaky,
  gained,
  looksLost,
  lost,
  neverRight,
  right,
  type Script,
} from "./testing/asked-mode.ts";

type Special = [count: number, script: Script];
const mode = (which: DecodingMode, n: number, ...special: Special[]) => askedMode(n, which, ...special);
const clean = { greedy: mode("greedy", 200), sampled: mode("sampled", 200) };

const judge = (run: Partial<RunSamples>) => judgeRun({ prompts: 200, ...clean, ...run }, createRandom("judge").next);
const codes = (run: Partial<RunSamples>) =>
  judge(run).reasons.map((reason) => `${reason.mode ?? "run"}:${reason.code}`);

describe("judgeRun", () => {
  it.each<[string, Outcome, Special[], string]>([
    ["no loss", "pass", [], "below_limit"],
    ["exactly 1 of 200 lost", "inconclusive", [[1, lost]], "at_limit"],
    ["2 of 200 lost", "fail", [[2, lost]], "above_limit"],
    [
      "2 lost and 2 gained",
      "pass",
      [
        [2, lost],
        [2, gained],
      ],
      "below_limit",
    ],
    [
      "2 lost and 1 gained",
      "inconclusive",
      [
        [2, lost],
        [1, gained],
      ],
      "at_limit",
    ],
    [
      "4 lost and 1 gained",
      "fail",
      [
        [4, lost],
        [1, gained],
      ],
      "above_limit",
    ],
    ["3 that look lost and are not when asked again", "pass", [[3, looksLost]], "below_limit"],
    [
      "2 lost, 3 others flake",
      "fail",
      [
        [2, lost],
        [3, flaky],
      ],
      "above_limit",
    ],
    ["one prompt flakes, none lost", "pass", [[1, flaky]], "below_limit"],
    ["40 prompts never right on either side", "pass", [[40, neverRight]], "below_limit"],
    ["41 prompts never right", "inconclusive", [[41, neverRight]], "baseline_too_weak"],
    ["only gains", "pass", [[5, gained]], "below_limit"],
  ])("%s is %s, in either mode", (_, outcome, special, code) => {
    for (const which of ["greedy", "sampled"] as const) {
      const verdict = judge({ [which]: mode(which, 200, ...special) });
      expect(verdict.outcome).toBe(outcome);
      expect(verdict.modes[which].outcome).toBe(outcome);
      expect(verdict.reasons.filter((reason) => reason.mode === which).map((reason) => reason.code)).toContain(code);
    }
  });

  it("does not fail on drift that it cannot pin to a prompt", () => {
    const half: Script = { baseline: ["pass"], candidate: ["wrong", "pass", "wrong", "pass"], repeat: ["pass"] };
    const wavering: Script = { ...half, candidate: Array.from({ length: 40 }, (_, at) => (at % 2 ? "pass" : "wrong")) };
    expect(codes({ sampled: mode("sampled", 200, [6, wavering]) })).toContain("sampled:unconfirmed");
    expect(judge({ sampled: mode("sampled", 200, [6, wavering]) }).outcome).toBe("inconclusive");
  });

  it("does not let a confirmed loss pass because other prompts waver to the good", () => {
    const alternating = (first: SampleStatus): SampleStatus[] =>
      Array.from({ length: 40 }, (_, at) => (at % 2 === (first === "pass" ? 0 : 1) ? "pass" : "wrong"));
    const wavers: Script = { baseline: alternating("wrong"), candidate: alternating("pass"), repeat: ["wrong"] };
    const run = { greedy: mode("greedy", 200, [1, lost], [3, wavers]) };
    expect(judge(run).modes.greedy).toMatchObject({ confirmed: 1, confirmedGains: 0 });
    expect(judge(run).modes.greedy.netRegression).toBeLessThan(0.005);
    expect(codes(run)).toContain("greedy:masked_loss");
  });

  it("judges the modes apart: losses in one are not paid by gains in the other", () => {
    const verdict = judge({
      greedy: mode("greedy", 200, [3, lost]),
      sampled: mode("sampled", 200, [9, gained]),
    });
    expect(verdict.outcome).toBe("fail");
    expect(verdict.modes.sampled.outcome).toBe("pass");
  });

  it("distrusts a baseline that moved to one side between its two turns", () => {
    expect(codes({ greedy: mode("greedy", 200, [9, flaky]) })).toContain("greedy:baseline_shifted");
    expect(judge({ greedy: mode("greedy", 200, [9, flaky]) }).outcome).toBe("inconclusive");
  });

  it.each([
    [600, 2, "pass"],
    [600, 3, "inconclusive"],
    [600, 4, "fail"],
    [1000, 4, "pass"],
    [1000, 5, "inconclusive"],
    [1000, 6, "fail"],
  ] as const)("of %i prompts, %i lost: %s", (n, count, outcome) => {
    const run = { prompts: n, greedy: mode("greedy", n, [count, lost]), sampled: mode("sampled", n) };
    expect(judge(run).outcome).toBe(outcome);
  });

  const invalid = (side: "baseline" | "candidate" | "repeat"): Script => ({ ...right, [side]: ["invalid"] });
  it.each<[string, Partial<RunSamples>, string]>([
    ["no samples at all", { greedy: [], sampled: [] }, "greedy:no_samples"],
    ["no samples in one mode", { sampled: [] }, "sampled:no_samples"],
    ["a prompt that was never asked", { greedy: clean.greedy.slice(1) }, "greedy:samples_missing"],
    [
      "a side without an answer",
      { greedy: clean.greedy.map((prompt, at) => (at === 7 ? { ...prompt, baselineRepeat: [] } : prompt)) },
      "greedy:samples_missing",
    ],
    [
      "a sampled prompt with four answers of five",
      {
        sampled: clean.sampled.map((prompt, at) =>
          at === 7 ? { ...prompt, candidate: prompt.candidate.slice(1) } : prompt,
        ),
      },
      "sampled:samples_missing",
    ],
    ["a truncated answer", { sampled: mode("sampled", 200, [1, invalid("candidate")]) }, "sampled:samples_invalid"],
    [
      "a timeout of the baseline's second turn",
      { greedy: mode("greedy", 200, [1, invalid("repeat")]) },
      "greedy:samples_invalid",
    ],
    [
      "an invalid answer beside clear losses",
      { greedy: mode("greedy", 200, [1, invalid("baseline")], [50, lost]) },
      "greedy:samples_invalid",
    ],
    [
      "losses that were not asked again",
      { greedy: firstTakes(200, "greedy", [[5, lost]]).prompts },
      "greedy:not_asked_again",
    ],
    [
      "a suite of 20",
      { prompts: 20, greedy: mode("greedy", 20), sampled: mode("sampled", 20) },
      "greedy:too_few_prompts",
    ],
    ["more answers than prompts", { greedy: mode("greedy", 201) }, "greedy:suite_changed"],
    ["other conditions", { differingConditions: ["vllmVersion"] }, "run:conditions_differ"],
  ])("is inconclusive: %s", (_, run, code) => {
    expect(judge(run).outcome).toBe("inconclusive");
    expect(codes(run)).toContain(code);
  });

  it("reports what the mode showed, and what a pass proves", () => {
    const verdict = judge({ greedy: mode("greedy", 200, [2, lost], [2, gained], [10, neverRight]) });
    expect(verdict.modes.greedy).toMatchObject({
      ...{ n: 200, prompts: 200, missing: 0, invalid: 0, askedAgain: 4, b: 2, c: 2, netRegression: 0 },
      ...{ confirmed: 2, confirmedGains: 2, baselinePassed: 188, candidatePassed: 188, flakeCount: 0, flakeRate: 0 },
    });
    expect(verdict.modes.greedy.pMcNemar).toBeCloseTo(11 / 16, 12);
    expect(verdict.modes.greedy.U95).toBeCloseTo(0.0311, 4);
    expect(verdict.reasons[0]?.message).toBe(
      "greedy: net regression 0.00 % over 200 prompts is below 0.50 %; true regression rate at most 3.11 % with 95 % confidence",
    );
    expect(verdict.reasons[1]?.message).toContain("at most 1.49 % with 95 % confidence");
    expect(verdict.modes.sampled.leastDetectable).toBeCloseTo(0.008, 4);
  });

  it("claims nothing without samples", () => {
    const { greedy } = judge({ greedy: [] }).modes;
    expect(greedy).toMatchObject({
      n: 0,
      netRegression: null,
      flakeRate: null,
      U95: 1,
      leastDetectable: 1,
      missing: 200,
    });
  });

  it("refuses a case that appears twice", () => {
    expect(() => judge({ greedy: [...mode("greedy", 199), ...mode("greedy", 1)] })).toThrow(/twice/);
  });
});

describe("properties of the verdict", () => {
  const status = fc.constantFrom<SampleStatus>("pass", "pass", "pass", "pass", "wrong");
  const scripts = (of: fc.Arbitrary<SampleStatus>) => {
    const takes = fc.array(of, { minLength: 1, maxLength: 8 });
    return fc.array(fc.record({ baseline: takes, candidate: takes, repeat: takes }), { maxLength: 14 });
  };
  const rows = (few: readonly Script[]) => mode("greedy", 200, ...few.map((script): Special => [1, script]));

  it("never passes at or above the limit, or with anything unknown", () => {
    const any = scripts(fc.constantFrom<SampleStatus>("pass", "pass", "wrong", "invalid"));
    fc.assert(
      fc.property(any, (few) => {
        const verdict = judge({ greedy: rows(few) });
        if (verdict.outcome !== "pass") return;
        for (const report of Object.values(verdict.modes)) {
          expect(report.netRegression).toBeLessThan(defaultPolicy.limit);
          expect([report.missing, report.invalid, report.n]).toEqual([0, 0, 200]);
        }
      }),
    );
  });

  it("never fails without two prompts that were asked again and stayed lost", () => {
    fc.assert(
      fc.property(scripts(status), (few) => {
        const { outcome, modes } = judge({ greedy: rows(few) });
        if (outcome === "fail") expect(modes.greedy.confirmed).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it("does not depend on the order of prompts and answers, and repeats itself", () => {
    fc.assert(
      fc.property(scripts(status), fc.string(), (few, seed) => {
        const samples: PairedSamples[] = rows(few);
        const { shuffle } = createRandom(seed);
        const shuffled = shuffle(samples).map((prompt) => ({ ...prompt, baseline: shuffle(prompt.baseline) }));
        expect(judge({ greedy: shuffled })).toEqual(judge({ greedy: samples }));
      }),
      { numRuns: 40 },
    );
  });

  it("turns from pass when one prompt flips for good", () => {
    fc.assert(
      fc.property(fc.nat(199), fc.constantFrom<DecodingMode>("greedy", "sampled"), (at, which) => {
        const flipped = mode(which, 200, [at, right], [1, lost]);
        expect(judge({}).outcome).toBe("pass");
        expect(judge({ [which]: flipped }).outcome).toBe("inconclusive");
      }),
      { numRuns: 20 },
    );
  });
});
