import { describe, expect, it } from "vitest";
import type { SampleSide, SampleStatus } from "../schema.ts";
import { cleanText, scoreText } from "../scoring/score-stored.ts";
import type { SampleOutline, StoredSample } from "../stored-sample.ts";
import { generateSuite } from "../suites/generator/generate-suite.ts";
import { showCase } from "../suites/show-suite.ts";
import { pairSamples, sortIntoFilters } from "./pair-samples.ts";

const [evalCase] = generateSuite({ seed: "acme", count: 1 });
if (!evalCase) throw new Error("a suite of one has a case");
const stored = { ...evalCase, caseId: "cas_1" };

const outline = (ordinal: number, statuses: Partial<Record<SampleSide, SampleStatus>>): SampleOutline[] =>
  Object.entries(statuses).map(([side, status]) => ({
    ordinal,
    side: side as SampleSide,
    take: 1,
    mode: ordinal % 2 === 0 ? "sampled" : "greedy",
    status,
    nodeName: "node-1",
  }));

describe("sortIntoFilters", () => {
  it("finds a case by any of its modes, in the suite's order", () => {
    const rows = [
      ...outline(5, { baseline: "pass", candidate: "invalid" }),
      ...outline(4, { baseline: "wrong", candidate: "wrong" }),
      ...outline(3, { baseline: "wrong", candidate: "pass", baseline_repeat: "invalid" }),
      ...outline(2, { baseline: "pass", candidate: "wrong" }),
      ...outline(1, { baseline: "pass" }),
    ];
    const { shown, lost } = sortIntoFilters([1, 2, 3, 4, 5, 6], rows);
    expect([...lost]).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
      [4, 0],
      [5, 0],
      [6, 0],
    ]);
    expect(shown).toEqual({
      all: [1, 2, 3, 4, 5, 6],
      regressed: [2],
      improved: [3],
      flaky: [],
      both_fail: [4],
      invalid: [3, 5],
    });
  });
});

describe("pairSamples", () => {
  const sample = (side: SampleSide, status: SampleStatus): StoredSample => ({
    id: `smp_${side}`,
    caseId: "cas_1",
    ordinal: 1,
    side,
    take: 1,
    mode: "greedy",
    status,
    kind: status === "pass" ? "match" : "wrong_name",
    detail: { message: "m", differences: [] },
    finishReason: "tool_calls",
    seed: null,
    rawReply: "{}",
    nodeName: "node-1",
    latencyMs: 400,
    attempts: 1,
  });
  const samples = [sample("baseline", "pass"), sample("candidate", "wrong"), sample("baseline_repeat", "pass")];

  it("puts the sides beside each other, and marks what changed", () => {
    const pair = pairSamples(stored, samples, true);
    expect(pair).toMatchObject({ caseId: "cas_1", ordinal: 1, toolCount: evalCase.tools.length });
    expect(pair.prompt).toBe(evalCase.messages.findLast(({ role }) => role === "user")?.content);
    expect(pair.modes.greedy).toMatchObject({ regressed: true, improved: false, flaked: false });
    const unasked = { statuses: [], sample: null };
    expect(pair.modes.sampled).toEqual({
      ...{ baseline: unasked, candidate: unasked, baselineRepeat: unasked },
      ...{ regressed: false, improved: false, flaked: false, confirmed: false },
    });
    expect(pair.modes.greedy.baseline.sample?.nodeName).toBe("node-1");
  });

  it("goes by what most answers of a side say, and shows one that went wrong", () => {
    const drawn = (side: SampleSide, take: number, status: SampleStatus) => ({ ...sample(side, status), take });
    const { greedy } = pairSamples(
      stored,
      [
        ...[1, 2, 3].map((take) => drawn("baseline", take, take === 2 ? "wrong" : "pass")),
        ...[3, 2, 1].map((take) => drawn("candidate", take, take === 1 ? "pass" : "wrong")),
      ],
      true,
    ).modes;
    expect(greedy).toMatchObject({ regressed: true, flaked: true, confirmed: false });
    expect(greedy.candidate).toMatchObject({ statuses: ["pass", "wrong", "wrong"], sample: { take: 2 } });
  });

  it("names no node to customers", () => {
    expect(JSON.stringify(pairSamples(stored, samples, false))).not.toContain("node-1");
  });

  it("shows a case with its right answer", () => {
    expect(showCase(stored)).toMatchObject({ id: "cas_1", key: evalCase.id, expected: { alternatives: [] } });
  });
});

describe("scoreText", () => {
  it("is invalid for what is no JSON", () => {
    expect(scoreText("<html>", evalCase)).toMatchObject({ status: "invalid", kind: "transport" });
  });

  it("cleans what Postgres refuses, and nothing else", () => {
    expect(cleanText("a\0b\ud800c\u{1f600}\n")).toBe("a\ufffdb\ufffdc\u{1f600}\n");
  });
});
