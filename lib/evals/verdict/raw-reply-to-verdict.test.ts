import { describe, expect, it } from "vitest";
import type { EvalCase } from "../eval-case.ts";
import { createRandom } from "../random.ts";
import { scoreReply } from "../scoring/score-reply.ts";
import { answerFor } from "../suites/generator/answer-for.ts";
import { generateSuite } from "../suites/generator/generate-suite.ts";
import { judgeRun } from "./judge-run.ts";
import type { PairedSamples, Take } from "./tally.ts";

const suite = generateSuite({ seed: "acme" });

/** What a node sends, as text: nothing but the text is changed by these tests. */
function rawReply(evalCase: EvalCase): string {
  const { content, tool_calls } = answerFor(evalCase);
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "acme--support--v2-0123456789ab",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content, tool_calls },
        finish_reason: tool_calls.length === 0 ? "stop" : "tool_calls",
      },
    ],
  });
}

/** As if it had been asked over and over, with the same reply. */
const score = (raw: string, evalCase: EvalCase): Take[] => {
  const { status } = scoreReply(JSON.parse(raw), evalCase);
  return Array.from({ length: 10 }, (_, index) => ({ take: index + 1, status }));
};

function verdictOf(editCandidate: (raw: string, evalCase: EvalCase) => string) {
  const samples = suite.map((evalCase): PairedSamples => {
    const right = score(rawReply(evalCase), evalCase);
    return {
      caseId: evalCase.id,
      baseline: right,
      candidate: score(editCandidate(rawReply(evalCase), evalCase), evalCase),
      baselineRepeat: right,
    };
  });
  return judgeRun({ prompts: suite.length, greedy: samples, sampled: samples }, createRandom("run").next);
}

describe("from raw replies to the verdict", () => {
  it("passes when every reply is right", () => {
    expect(verdictOf((raw) => raw).outcome).toBe("pass");
  });

  it.each([
    ["one letter of a tool's name", (raw: string) => raw.replace('"name":"', '"name":"x')],
    [
      "one digit of an id",
      (raw: string) =>
        raw.replace(/([A-Z]{3}-)(\d)/, (_, prefix: string, digit: string) => `${prefix}${(Number(digit) + 1) % 10}`),
    ],
    ["a trailing comma in the arguments", (raw: string) => raw.replace('\\"}"', '\\",}"')],
  ])("turns from pass to inconclusive by %s in one reply, and to fail by two", (_, flip) => {
    const targets = suite
      .filter((evalCase) => evalCase.category === "near_duplicate_names")
      .map((evalCase) => evalCase.id);
    const flipFirst = (count: number) =>
      verdictOf((raw, { id }) => (targets.slice(0, count).includes(id) ? flip(raw) : raw));
    expect(flipFirst(1).modes.greedy).toMatchObject({ b: 1, c: 0, netRegression: 0.005, confirmed: 1 });
    expect(flipFirst(1).outcome).toBe("inconclusive");
    expect(flipFirst(2).outcome).toBe("fail");
  });

  it("is inconclusive when one reply was cut off, however right it looks", () => {
    const cut = verdictOf((raw, { ordinal }) =>
      ordinal === 200 ? raw.replace(/"finish_reason":"[a-z_]+"/, '"finish_reason":"length"') : raw,
    );
    expect(cut.outcome).toBe("inconclusive");
    expect(cut.reasons.map((reason) => reason.code)).toContain("samples_invalid");
  });

  it("is not moved by spelling: spaces, key order, call ids", () => {
    const respelled = verdictOf((raw) =>
      raw.replaceAll(/"id":"call_[^"]+"/g, '"id":"call_random"').replaceAll('\\":', '\\" : '),
    );
    expect(respelled.outcome).toBe("pass");
  });
});
