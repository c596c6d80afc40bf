import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReadFile } from "../../browser/suite-schema.ts";
import { scoreReply } from "../../scoring/score-reply.ts";
import { answerFor } from "../generator/answer-for.ts";
import { readFile } from "./read-file.ts";

const tools = [
  {
    type: "function",
    function: {
      name: "pay",
      description: "Pay.",
      parameters: {
        type: "object",
        properties: { amount: { type: "integer" }, to: { type: "string" } },
        required: ["to"],
      },
      strict: true,
    },
  },
];
const ask = (content: string) => [{ role: "user", content }];
const line = (change: Record<string, unknown> = {}) =>
  JSON.stringify({
    messages: ask("Pay Ann."),
    tools,
    expected_tool_calls: [{ name: "pay", arguments: { to: "Ann" } }],
    ...change,
  });
const read = (text: string, more: Partial<ReadFile> = {}) =>
  readFile({ format: "openai", category: "imported", text, ...more });
const told = (text: string, more?: Partial<ReadFile>) =>
  read(text, more).problems.map(({ line: at, file, field, code }) => `${file}:${at} ${field} ${code}`);

describe("a file in OpenAI's shape", () => {
  it("is a prompt a line, with its answer beside it or as the last message", () => {
    const made = { id: "c", type: "function", function: { name: "pay", arguments: '{"to":"Bo"}' } };
    const tuned = {
      messages: [...ask("Pay Bo."), { role: "assistant", content: null, tool_calls: [made] }],
      tools,
      parallel_tool_calls: true,
    };
    const talk = { messages: [...ask("Hello."), { role: "assistant", content: "Hello!" }], tools };
    const { cases, problems } = read(
      [line({ category: "money", hold_out: true, tags: ["x"] }), "", JSON.stringify(tuned), JSON.stringify(talk)].join(
        "\n",
      ),
    );
    expect(problems).toEqual([]);
    expect(cases).toMatchObject([
      { id: "money-001", ordinal: 1, holdOut: true, tags: ["x"], expected: { calls: [{ arguments: '{"to":"Ann"}' }] } },
      { id: "imported-001", ordinal: 2, expected: { calls: [{ name: "pay", arguments: '{"to":"Bo"}' }] } },
      { id: "imported-002", ordinal: 3, expected: { calls: [] } },
    ]);
    expect(cases[1]?.messages).toHaveLength(1);
    expect(cases[0]?.tools[0]?.function).not.toHaveProperty("strict");
  });

  it("keeps every digit of an argument", () => {
    const big = line().replace('"to":"Ann"', '"to":"Ann","amount":9007199254740993');
    expect(read(big).cases[0]?.expected.calls[0]?.arguments).toBe('{"to":"Ann","amount":9007199254740993}');
  });

  it("tells every problem with its line and field, and gives no half of the file", () => {
    const text = [
      line(),
      "{oops",
      line({ expected_tool_calls: [{ name: "steal", arguments: {} }] }),
      line({ messages: [] }),
      line({ expected_tool_calls: undefined }),
      line({ expected_tool_calls: [{ name: "pay", arguments: { to: 1 } }] }),
      line({ category: "No Words" }),
      "[]",
      line({ expected_tool_calls: [{ arguments: {} }] }),
      line({
        tools: [{ type: "function", function: { name: "t", parameters: { $ref: "http://x" } } }],
        expected_tool_calls: [],
      }),
      "[".repeat(200_000),
    ].join("\n");
    expect(told(text)).toEqual([
      "text:2  bad_json",
      "text:3 expected.calls.0.name unknown_tool",
      "text:4 messages no_messages",
      "text:5 expected_tool_calls no_answer",
      "text:6 expected.calls.0.arguments breaks_schema",
      "text:7 category invalid_format",
      "text:8  not_an_object",
      "text:9 expected_tool_calls bad_calls",
      "text:10 tools.0.function.parameters.$ref remote_ref",
      expect.stringMatching(/^text:11 /),
    ]);
  });

  it("leaves out what asks the same with the same tools, and says which", () => {
    const { cases, duplicates } = read(
      [line(), line({ messages: ask(" pay  ANN. ") }), line({ tools: [], expected_tool_calls: [] })].join("\n"),
    );
    expect(duplicates).toEqual([{ line: 2, of: 1 }]);
    expect(cases).toHaveLength(2);
  });

  it("has an end", () => {
    const many = Array.from({ length: 1001 }, (_, at) => line({ messages: ask(`Pay ${at}.`) })).join("\n");
    expect(told(many)).toEqual(["text:1001  too_many_prompts"]);
    expect(told("\n\n")).toEqual(["text:1  no_prompts"]);
    expect(told(`{"a":"${"x".repeat(1_000_000)}"}`)).toEqual(["text:1  line_too_long"]);
  });

  it("never throws, whatever stands in it", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(tools, ask("?"), [{ role: "assistant", tool_calls: [{}] }]));
    const record = fc.dictionary(
      fc.constantFrom(
        "messages",
        "tools",
        "expected_tool_calls",
        "alternatives",
        "category",
        "tags",
        "question",
        "id",
        "function",
      ),
      value,
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(record, fc.jsonValue()), { maxLength: 4 }),
        fc.constantFrom("openai", "bfcl"),
        (rows, format) => {
          const { cases, problems } = read(rows.map((row) => JSON.stringify(row)).join("\n"), { format });
          expect(cases.length + problems.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

const folder = new URL("../../../../../shared/data/bfcl/", import.meta.url);
describe.skipIf(!existsSync(folder))("the leaderboard's sample", () => {
  const file = (name: string) => readFileSync(new URL(name, folder), "utf8");
  it.each(["simple_python", "multiple", "parallel", "irrelevance"])(
    "%s is imported whole, and its key passes",
    (name) => {
      const answers = name === "irrelevance" ? {} : { answers: file(`${name}.answers.jsonl`) };
      const { cases, problems, duplicates, lines } = read(file(`${name}.jsonl`), {
        format: "bfcl",
        category: "bfcl",
        ...answers,
      });
      expect(problems).toEqual([]);
      expect(cases.length + duplicates.length).toBe(lines);
      for (const evalCase of cases) {
        const { content, tool_calls } = answerFor(evalCase);
        const finish_reason = tool_calls.length === 0 ? "stop" : "tool_calls";
        expect(scoreReply({ choices: [{ message: { content, tool_calls }, finish_reason }] }, evalCase).status).toBe(
          "pass",
        );
      }
    },
  );

  it("a broken line of questions or answers is told by its number", () => {
    const [first = ""] = file("multiple.jsonl").split("\n");
    const answers = file("multiple.answers.jsonl").split("\n");
    const format = { format: "bfcl", category: "bfcl" } as const;
    expect(told(`${first}\n{"id":"x"}`, format)).toContain("text:2 question invalid_type");
    expect(told(first, { ...format, answers: `${answers[0]}\n{` })).toEqual(["answers:2  bad_json"]);
    expect(told(first, { ...format, answers: answers[1] ?? "" })).toEqual(["text:1  not_expressible"]);
  });
});
