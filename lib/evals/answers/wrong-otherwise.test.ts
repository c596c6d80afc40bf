import { describe, expect, it } from "vitest";
import type { ExpectedCall } from "../eval-case.ts";
import type { SampleSide, SampleStatus } from "../schema.ts";
import type { StoredSample } from "../stored-sample.ts";
import { generateSuite } from "../suites/generator/generate-suite.ts";
import { replyWith } from "../testing/reply-with.ts";
import { isWrongOtherwise } from "./wrong-otherwise.ts";

const [evalCase] = generateSuite({ seed: "acme", count: 1 });
if (!evalCase) throw new Error("a suite of one has a case");
const stored = { ...evalCase, caseId: "cas_1" };

const call = (name: string, args = "{}"): ExpectedCall => ({ name, arguments: args });
const [book, cancel] = [call("book_slot", '{"day":"Mon","hour":9}'), call("cancel_slot")];

const answer = (side: SampleSide, calls: readonly ExpectedCall[], status: SampleStatus = "wrong", take = 1) =>
  sample(side, JSON.stringify(replyWith(calls)), status, take);
const sample = (side: SampleSide, rawReply: string | null, status: SampleStatus = "wrong", take = 1): StoredSample => ({
  ...{ id: `smp_${side}_${take}`, caseId: "cas_1", ordinal: 1, side, take, mode: "greedy", status, kind: "wrong_name" },
  ...{ detail: { message: "", differences: [] }, finishReason: "tool_calls", seed: null, rawReply },
  ...{ nodeName: null, latencyMs: 100, attempts: 1 },
});

describe("a prompt that both sides got wrong", () => {
  it.each<[string, boolean, StoredSample[]]>([
    ["calls another tool", true, [answer("baseline", [book]), answer("candidate", [cancel])]],
    [
      "passes another argument",
      true,
      [answer("baseline", [book]), answer("candidate", [call("book_slot", '{"day":"Mon","hour":10}')])],
    ],
    ["calls nothing any more", true, [answer("baseline", [book]), answer("candidate", [])]],
    ["says the same", false, [answer("baseline", [book]), answer("candidate", [book])]],
    [
      "says the same with keys and calls in another order",
      false,
      [
        answer("baseline", [book, cancel]),
        answer("candidate", [cancel, call("book_slot", '{ "hour": 9, "day": "Mon" }')]),
      ],
    ],
    [
      "says what the baseline said when it was asked again",
      false,
      [answer("baseline", [book]), answer("baseline_repeat", [cancel]), answer("candidate", [cancel])],
    ],
    [
      "is judged by its first answer",
      false,
      [answer("candidate", [cancel], "wrong", 2), answer("candidate", [book]), answer("baseline", [book])],
    ],
    ["is no chat completion on both sides", false, [sample("baseline", "{}"), sample("candidate", "<html>")]],
    ["is none on one side", true, [answer("baseline", []), sample("candidate", "<html>")]],
    ["has no reply of the candidate that counts", false, [answer("baseline", [book]), sample("candidate", null)]],
    ["has no wrong answer of the baseline", false, [answer("baseline", [book], "pass"), answer("candidate", [cancel])]],
  ])("%s: %s", (_, isOtherwise, samples) => {
    expect(isWrongOtherwise(stored, samples)).toBe(isOtherwise);
  });
});
