import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPolicy, judgeRun, type RunSamples } from "./judge-run.ts";
import type { PairedSamples } from "./measure-mode.ts";
import type { Outcome, SampleStatus } from "./schema.ts";
import { createRandom } from "./suite/random.ts";

type Sides = [baseline: SampleStatus, candidate: SampleStatus, repeat: SampleStatus];
const same: Sides = ["pass", "pass", "pass"];
const lost: Sides = ["pass", "wrong", "pass"];
const gained: Sides = ["wrong", "pass", "wrong"];
const lostFlaky: Sides = ["pass", "wrong", "wrong"];
const flaky: Sides = ["pass", "pass", "wrong"];
const neverRight: Sides = ["wrong", "wrong", "wrong"];

const paired = (sides: Sides, at: number): PairedSamples => ({
  caseId: `case-${at}`,
  baseline: [sides[0]],
  candidate: [sides[1]],
  baselineRepeat: [sides[2]],
});

/** `n` prompts that all pass, except for the given ones. */
const mode = (n: number, ...special: [count: number, sides: Sides][]): PairedSamples[] => {
  const rows = special.flatMap(([count, sides]) => Array.from({ length: count }, () => sides));
  return [...rows, ...Array.from({ length: n - rows.length }, () => same)].map(paired);
};

const judge = (run: Partial<RunSamples>) =>
  judgeRun({ prompts: 200, greedy: mode(200), sampled: mode(200), ...run }, createRandom("judge").next);
const codes = (run: Partial<RunSamples>) =>
  judge(run).reasons.map((reason) => `${reason.mode ?? "run"}:${reason.code}`);

describe("judgeRun", () => {
  it.each<[string, Outcome, [number, Sides][], string]>([
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
      "4 lost and 1 gained, no flake",
      "fail",
      [
        [4, lost],
        [1, gained],
      ],
      "above_limit",
    ],
    ["2 lost on prompts that flake", "inconclusive", [[2, lostFlaky]], "explained_by_flake"],
    [
      "2 lost on steady prompts, 2 others flake",
      "inconclusive",
      [
        [2, lost],
        [2, flaky],
      ],
      "explained_by_flake",
    ],
    [
      "4 lost on steady prompts, 1 other flakes",
      "fail",
      [
        [4, lost],
        [1, flaky],
      ],
      "above_limit",
    ],
    ["8 lost on prompts that flake: too many for chance", "fail", [[8, lostFlaky]], "above_limit"],
    [
      "30 lost, 3 others flake",
      "fail",
      [
        [30, lost],
        [3, flaky],
      ],
      "above_limit",
    ],
    ["one prompt flakes, none lost", "pass", [[1, flaky]], "below_limit"],
    ["60 prompts never right on either side", "pass", [[60, neverRight]], "below_limit"],
    ["the baseline fails most prompts", "inconclusive", [[101, neverRight]], "baseline_too_weak"],
    ["only gains", "pass", [[5, gained]], "below_limit"],
  ])("%s is %s, in either mode", (_, outcome, special, code) => {
    for (const which of ["greedy", "sampled"] as const) {
      const verdict = judge({ [which]: mode(200, ...special) });
      expect(verdict.outcome).toBe(outcome);
      expect(verdict.modes[which].outcome).toBe(outcome);
      expect(verdict.reasons.filter((reason) => reason.mode === which).map((reason) => reason.code)).toContain(code);
    }
  });

  it("judges the modes apart: losses in one are not paid by gains in the other", () => {
    const verdict = judge({ greedy: mode(200, [3, lost]), sampled: mode(200, [9, gained]) });
    expect(verdict.outcome).toBe("fail");
    expect(verdict.modes.sampled.outcome).toBe("pass");
  });

  it("distrusts greedy flake above the limit, and lets sampled answers flake to both sides", () => {
    const noisy = mode(200, [3, flaky], [3, ["wrong", "wrong", "pass"]]);
    expect(codes({ greedy: noisy })).toContain("greedy:flake_above_limit");
    expect(judge({ greedy: noisy }).outcome).toBe("inconclusive");
    expect(judge({ sampled: noisy }).outcome).toBe("pass");
  });

  it("distrusts a baseline that moved to one side between its two runs", () => {
    expect(codes({ sampled: mode(200, [7, flaky]) })).toContain("sampled:baseline_shifted");
    expect(judge({ sampled: mode(200, [7, flaky]) }).outcome).toBe("inconclusive");
  });

  it.each([
    [600, 2, "pass"],
    [600, 3, "inconclusive"],
    [600, 4, "fail"],
    [1000, 4, "pass"],
    [1000, 5, "inconclusive"],
    [1000, 6, "fail"],
  ] as const)("of %i prompts, %i lost: %s", (n, count, outcome) => {
    expect(judge({ prompts: n, greedy: mode(n, [count, lost]), sampled: mode(n) }).outcome).toBe(outcome);
  });

  it.each([
    ["no samples at all", { greedy: [], sampled: [] }, "greedy:no_samples"],
    ["no samples in one mode", { sampled: [] }, "sampled:no_samples"],
    ["a prompt that was never asked", { greedy: mode(200).slice(1) }, "greedy:samples_missing"],
    [
      "a side without an answer",
      { greedy: mode(200).map((s, i) => (i === 7 ? { ...s, baselineRepeat: [] } : s)) },
      "greedy:samples_missing",
    ],
    ["a truncated answer", { sampled: mode(200, [1, ["pass", "invalid", "pass"]]) }, "sampled:samples_invalid"],
    [
      "a timeout of the repeated baseline",
      { greedy: mode(200, [1, ["pass", "pass", "invalid"]]) },
      "greedy:samples_invalid",
    ],
    [
      "an invalid answer beside clear losses",
      { greedy: mode(200, [1, ["invalid", "pass", "pass"]], [50, lost]) },
      "greedy:samples_invalid",
    ],
    ["a suite of 20", { prompts: 20, greedy: mode(20), sampled: mode(20) }, "greedy:too_few_prompts"],
    ["more answers than prompts", { greedy: mode(201) }, "greedy:suite_changed"],
    ["other conditions", { differingConditions: ["vllmVersion"] }, "run:conditions_differ"],
  ] as [string, Partial<RunSamples>, string][])("is inconclusive: %s", (_, run, code) => {
    expect(judge(run).outcome).toBe("inconclusive");
    expect(codes(run)).toContain(code);
  });

  it("reports what the mode showed, and what a pass proves", () => {
    const verdict = judge({ greedy: mode(200, [2, lost], [2, gained], [10, neverRight]) });
    expect(verdict.modes.greedy).toMatchObject({
      n: 200,
      prompts: 200,
      missing: 0,
      invalid: 0,
      b: 2,
      c: 2,
      netRegression: 0,
      baselinePassed: 188,
      candidatePassed: 188,
      flakeCount: 0,
      flakeRate: 0,
      pSignFlip: null,
    });
    expect(verdict.modes.greedy.pMcNemar).toBeCloseTo(11 / 16, 12);
    expect(verdict.modes.greedy.U95).toBeCloseTo(0.0311, 4);
    expect(verdict.reasons[0]?.message).toBe(
      "greedy: net regression 0.00 % (2 lost, 2 gained of 200) is below 0.50 %; true regression rate at most 3.11 % with 95 % confidence",
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
    expect(() => judge({ greedy: [...mode(199), ...mode(1)] })).toThrow(/twice/);
  });

  it("weighs several answers a prompt by their rates", () => {
    const of = (passes: number): SampleStatus[] =>
      Array.from({ length: 5 }, (_, at) => (at < passes ? "pass" : "wrong"));
    const repeated = (rows: [number, number, number][]): PairedSamples[] =>
      rows.map(([baseline, candidate, repeat], at) => ({
        caseId: `${at}`,
        baseline: of(baseline),
        candidate: of(candidate),
        baselineRepeat: of(repeat),
      }));
    const steady = Array.from({ length: 200 }, (): [number, number, number] => [5, 5, 5]);
    const drift = steady.map((row, at): [number, number, number] => (at < 40 ? [5, 4, 5] : row));
    const slight = steady.map((row, at): [number, number, number] => (at < 4 ? [5, 4, 5] : row));
    expect(judge({ sampled: repeated(steady) }).outcome).toBe("pass");
    expect(judge({ sampled: repeated(slight) }).modes.sampled.netRegression).toBeCloseTo(0.004, 12);
    expect(judge({ sampled: repeated(slight) }).outcome).toBe("pass");
    const verdict = judge({ sampled: repeated(drift) });
    expect(verdict.modes.sampled.pSignFlip).toBeLessThan(0.01);
    expect(verdict.outcome).toBe("fail");
  });
});

describe("properties of the verdict", () => {
  const status = fc.constantFrom<SampleStatus>("pass", "pass", "pass", "pass", "wrong");
  const rare = fc.constantFrom<SampleStatus>("pass", "pass", "wrong", "invalid");
  const special = fc.array(fc.tuple(status, status, status), { maxLength: 14 });
  const rank: Record<Outcome, number> = { pass: 0, inconclusive: 1, fail: 2 };
  const rows = (few: [SampleStatus, SampleStatus, SampleStatus][]) =>
    mode(200, ...few.map((sides): [number, Sides] => [1, sides]));

  it("never passes at or above the limit, or with anything unknown", () => {
    const any = fc.array(fc.tuple(rare, rare, rare), { maxLength: 14 });
    fc.assert(
      fc.property(any, any, (greedy, sampled) => {
        const verdict = judge({ greedy: rows(greedy), sampled: rows(sampled) });
        if (verdict.outcome !== "pass") return;
        for (const report of Object.values(verdict.modes)) {
          expect(report.netRegression).toBeLessThan(defaultPolicy.limit);
          expect([report.missing, report.invalid, report.n]).toEqual([0, 0, 200]);
        }
      }),
    );
  });

  it("never improves when a right answer of the candidate turns wrong", () => {
    fc.assert(
      fc.property(special, (few) => {
        const before = judge({ greedy: rows(few) });
        const after = judge({
          greedy: rows([...few.slice(0, -1), ...few.slice(-1).map(([b, , r]): Sides => [b, "wrong", r])]),
        });
        expect(rank[after.outcome]).toBeGreaterThanOrEqual(rank[before.outcome]);
      }),
    );
  });

  it("does not depend on the order of the samples, and repeats itself", () => {
    fc.assert(
      fc.property(special, fc.string(), (few, seed) => {
        const samples = rows(few);
        const shuffled = createRandom(seed).shuffle(samples);
        expect(judge({ greedy: shuffled })).toEqual(judge({ greedy: samples }));
      }),
      { numRuns: 40 },
    );
  });

  it("turns from pass when one raw answer flips", () => {
    fc.assert(
      fc.property(fc.nat(199), fc.constantFrom("greedy", "sampled"), (at, which) => {
        const flipped = mode(200).map(
          (sample, index): PairedSamples => (index === at ? { ...sample, candidate: ["wrong"] } : sample),
        );
        expect(judge({}).outcome).toBe("pass");
        expect(judge({ [which]: flipped }).outcome).toBe("inconclusive");
      }),
    );
  });
});
