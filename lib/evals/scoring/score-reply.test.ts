import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EvalCase, Expectation, ToolDefinition } from "../eval-case.ts";
import { callsOf, scoreReply, transportFailure } from "./score-reply.ts";

const tool = (name: string, parameters: Record<string, unknown> = {}): ToolDefinition => ({
  type: "function",
  function: { name, description: name, parameters: { type: "object", ...parameters } },
});

const tools = [
  tool("get_status", {
    properties: { id: { type: "string" }, verbose: { type: "boolean", default: false } },
    required: ["id"],
  }),
  tool("set_weight", { properties: { id: { type: "string" }, kg: { type: "number" } } }),
  tool("ping"),
];

const evalCase = (expected: Omit<Expectation, "reason">): EvalCase => ({
  id: "case-1",
  ordinal: 1,
  category: "test",
  messages: [{ role: "user", content: "?" }],
  tools,
  expected: { reason: "because", ...expected },
});

type Call = [name: string, args: string | null];
const reply = (calls: Call[] | null, more: { finish_reason?: string | null; content?: string | null } = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "acme--support--v3-abcdefabcdef",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: more.content ?? null,
        tool_calls: calls?.map(([name, args], index) => ({
          id: `chatcmpl-tool-${index}`,
          type: "function",
          function: { name, arguments: args },
        })),
      },
      finish_reason:
        more.finish_reason === undefined
          ? calls === null || calls.length === 0
            ? "stop"
            : "tool_calls"
          : more.finish_reason,
      stop_reason: null,
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

const status = (id: string, name = "get_status") => ({ name, arguments: JSON.stringify({ id }) });
const single = evalCase({ calls: [status("A")] });
const refusal = evalCase({ calls: [] });
const parallel = evalCase({
  calls: [status("A"), status("B"), { name: "set_weight", arguments: '{"id":"A","kg":2}' }],
});

const verdict = (body: unknown, of: EvalCase) => {
  const { status: outcome, kind } = scoreReply(body, of);
  return `${outcome}/${kind}`;
};

describe("scoreReply", () => {
  it.each<[string, EvalCase, unknown, string]>([
    ["the expected call", single, reply([["get_status", '{"id":"A"}']]), "pass/match"],
    [
      "the expected call with finish_reason stop",
      single,
      reply([["get_status", '{"id":"A"}']], { finish_reason: "stop" }),
      "pass/match",
    ],
    [
      "the call with text beside it",
      single,
      reply([["get_status", '{"id":"A"}']], { content: "One moment." }),
      "pass/match",
    ],
    ["the default spelled out", single, reply([["get_status", '{"verbose":false, "id":"A"}']]), "pass/match"],
    [
      "another value than the default",
      single,
      reply([["get_status", '{"verbose":true,"id":"A"}']]),
      "wrong/wrong_arguments",
    ],
    ["a name in other case", single, reply([["Get_Status", '{"id":"A"}']]), "wrong/wrong_name"],
    ["a name with a space", single, reply([["get_status ", '{"id":"A"}']]), "wrong/wrong_name"],
    ["another tool", single, reply([["set_weight", '{"id":"A"}']]), "wrong/wrong_name"],
    ["other arguments", single, reply([["get_status", '{"id":"B"}']]), "wrong/wrong_arguments"],
    ["an extra argument", single, reply([["get_status", '{"id":"A","x":1}']]), "wrong/wrong_arguments"],
    ["arguments that are a list", single, reply([["get_status", "[]"]]), "wrong/wrong_arguments"],
    [
      "the call twice",
      single,
      reply([
        ["get_status", '{"id":"A"}'],
        ["get_status", '{"id":"A"}'],
      ]),
      "wrong/unexpected_call",
    ],
    [
      "the call and another",
      single,
      reply([
        ["get_status", '{"id":"A"}'],
        ["ping", "{}"],
      ]),
      "wrong/unexpected_call",
    ],
    ["no call", single, reply(null, { content: "It is fine." }), "wrong/missing_call"],
    ["an empty list of calls", single, reply([]), "wrong/missing_call"],
    ["broken JSON", single, reply([["get_status", '{"id":"A"']]), "wrong/parse_error"],
    ["NaN", single, reply([["get_status", '{"id":NaN}']]), "wrong/parse_error"],
    [
      "a duplicate key with equal values",
      single,
      reply([["get_status", '{"id":"A","id":"A"}']]),
      "wrong/duplicate_key",
    ],
    ["a lone surrogate", single, reply([["get_status", '{"id":"\\ud800"}']]), "wrong/parse_error"],
    [
      "missing arguments of a tool that needs none",
      evalCase({ calls: [{ name: "ping", arguments: "{}" }] }),
      reply([["ping", null]]),
      "pass/match",
    ],
    [
      "empty arguments of a tool that needs none",
      evalCase({ calls: [{ name: "ping", arguments: "{}" }] }),
      reply([["ping", ""]]),
      "pass/match",
    ],
    [
      "parallel calls in another order",
      parallel,
      reply([
        ["set_weight", '{"kg":2.0,"id":"A"}'],
        ["get_status", '{"id":"B"}'],
        ["get_status", '{"id":"A"}'],
      ]),
      "pass/match",
    ],
    [
      "one parallel call repeated instead of the other",
      parallel,
      reply([
        ["set_weight", '{"kg":2,"id":"A"}'],
        ["get_status", '{"id":"A"}'],
        ["get_status", '{"id":"A"}'],
      ]),
      "wrong/wrong_arguments",
    ],
    [
      "one parallel call missing",
      parallel,
      reply([
        ["set_weight", '{"kg":2,"id":"A"}'],
        ["get_status", '{"id":"B"}'],
      ]),
      "wrong/missing_call",
    ],
    ["a refusal", refusal, reply(null, { content: "Which shipment?" }), "pass/match"],
    ["a refusal without text", refusal, reply([], { content: null }), "pass/match"],
    ["a call where none is due", refusal, reply([["ping", "{}"]]), "wrong/unexpected_call"],
    ["a call that the parser lost", refusal, reply([], { finish_reason: "tool_calls" }), "wrong/parse_error"],
    [
      "a call left in the text, hermes",
      refusal,
      reply(null, { content: '<tool_call>{"name":"ping"}</tool_call>' }),
      "wrong/parse_error",
    ],
    [
      "a call left in the text, llama 3",
      refusal,
      reply(null, { content: '{"name": "ping", "parameters": {}}' }),
      "wrong/parse_error",
    ],
    ["a refusal that names a tool", refusal, reply(null, { content: 'I will not call "ping" here.' }), "pass/match"],
    [
      "the token limit",
      single,
      reply([["get_status", '{"id":"A"}']], { finish_reason: "length" }),
      "invalid/truncated",
    ],
    [
      "the token limit on a refusal",
      refusal,
      reply(null, { content: "Which", finish_reason: "length" }),
      "invalid/truncated",
    ],
    ["an abort", single, reply([["get_status", '{"id":"A"}']], { finish_reason: "abort" }), "invalid/transport"],
    ["no finish_reason", refusal, reply(null, { finish_reason: null }), "invalid/transport"],
    [
      "an error body",
      single,
      { error: { message: "out of memory", type: "InternalServerError", code: 500 } },
      "invalid/transport",
    ],
    ["an older error body", single, { object: "error", message: "no", code: 400 }, "invalid/transport"],
    ["HTML", single, "<html>502</html>", "invalid/transport"],
    ["nothing", single, undefined, "invalid/transport"],
    ["no choices", single, { choices: [] }, "invalid/transport"],
    [
      "the legacy function_call where none is due",
      refusal,
      {
        choices: [
          { finish_reason: "stop", message: { content: null, function_call: { name: "ping", arguments: "{}" } } },
        ],
      },
      "wrong/unexpected_call",
    ],
    [
      "arguments as an object",
      single,
      {
        choices: [
          {
            finish_reason: "tool_calls",
            message: { tool_calls: [{ function: { name: "get_status", arguments: { id: "A" } } }] },
          },
        ],
      },
      "wrong/parse_error",
    ],
    [
      "a call that is null",
      single,
      { choices: [{ finish_reason: "tool_calls", message: { tool_calls: [null] } }] },
      "wrong/parse_error",
    ],
  ])("%s", (_, of, body, expected) => {
    expect(verdict(body, of)).toBe(expected);
  });

  it("shows where the arguments differ", () => {
    const score = scoreReply(
      reply([["set_weight", '{"kg": "2", "id":"A", "note":null}']]),
      evalCase({ calls: [{ name: "set_weight", arguments: '{"id":"A","kg":2}' }] }),
    );
    expect(score.detail.differences).toEqual([
      { path: "$.kg", expected: "2", actual: '"2"' },
      { path: "$.note", expected: null, actual: "null" },
    ]);
  });

  it("reports what was defaulted", () => {
    expect(callsOf(reply([["get_status", '{"id":"A"}']]), single)?.[0]?.defaulted).toEqual(["$.verbose"]);
  });

  it("says that a tool does not exist", () => {
    expect(scoreReply(reply([["get_state", "{}"]]), single).detail.message).toContain("get_state (no such tool)");
  });

  it("reports hostile names and values in text that Postgres can store", () => {
    for (const body of [
      reply([["get\u0000\ud800", "{}"]]),
      reply([["get_status", '{"id":"A\\u0000"}']]),
      reply([["get_status", "{\u0000}"]]),
    ])
      expect(JSON.stringify(scoreReply(body, single).detail)).not.toMatch(/(?<!\\)\\u0000|(?<!\\)\\ud800/);
  });

  it("passes an alternative, and explains a miss by the closest one", () => {
    const either = evalCase({ calls: [status("A"), status("B")], alternatives: [[], [status("C")]] });
    expect(verdict(reply(null), either)).toBe("pass/match");
    expect(verdict(reply([["get_status", '{"id":"C"}']]), either)).toBe("pass/match");
    const score = scoreReply(
      reply([
        ["get_status", '{"id":"B"}'],
        ["get_status", '{"id":"X"}'],
      ]),
      either,
    );
    expect(score.detail.differences).toEqual([{ path: "$.id", expected: '"A"', actual: '"X"' }]);
  });

  it("accepts each listed value of an argument, and its absence only where it may be absent", () => {
    const listed = evalCase({
      calls: [
        {
          name: "set_weight",
          arguments: '{"id":"A","kg":2}',
          accepts: { id: { values: ['"A"', '"a"'], mayOmit: false }, kg: { values: ["2", "2.5"], mayOmit: true } },
        },
      ],
    });
    expect(verdict(reply([["set_weight", '{"id":"a","kg":2.50}']]), listed)).toBe("pass/match");
    expect(verdict(reply([["set_weight", '{"id":"a"}']]), listed)).toBe("pass/match");
    expect(verdict(reply([["set_weight", '{"kg":2}']]), listed)).toBe("wrong/wrong_arguments");
    expect(verdict(reply([["set_weight", '{"id":"A","kg":3}']]), listed)).toBe("wrong/wrong_arguments");
    expect(verdict(reply([["set_weight", '{"id":"A","kg":2,"x":1}']]), listed)).toBe("wrong/wrong_arguments");
  });

  it("matches overlapping answers as well as possible, whatever the order", () => {
    const wide = {
      name: "get_status",
      arguments: '{"id":"A"}',
      accepts: { id: { values: ['"A"', '"B"'], mayOmit: false } },
    };
    const overlapping = evalCase({ calls: [wide, status("A")] });
    expect(
      verdict(
        reply([
          ["get_status", '{"id":"A"}'],
          ["get_status", '{"id":"B"}'],
        ]),
        overlapping,
      ),
    ).toBe("pass/match");
    expect(
      verdict(
        reply([
          ["get_status", '{"id":"B"}'],
          ["get_status", '{"id":"A"}'],
        ]),
        overlapping,
      ),
    ).toBe("pass/match");
  });

  it("fails loudly when the suite's own answer is broken", () => {
    const broken = evalCase({ calls: [{ name: "get_status", arguments: "{id:1}" }] });
    expect(() => scoreReply(reply([["get_status", '{"id":"A"}']]), broken)).toThrow(/case-1/);
  });

  it("never judges a reply that is not one: any JSON value is invalid or wrong, and does not throw", () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (body, calls) => {
        expect(scoreReply(body, single).status).not.toBe("pass");
        const odd = { choices: [{ finish_reason: "tool_calls", message: { tool_calls: [calls] } }] };
        expect(scoreReply(odd, single).status).not.toBe("pass");
      }),
    );
  });
});

describe("transportFailure", () => {
  it("is an invalid sample", () => {
    expect(transportFailure("timed out after 60 s")).toMatchObject({ status: "invalid", kind: "transport" });
  });
});

describe("the suite's own matchers", () => {
  const suite = (matchers: EvalCase["matchers"]): EvalCase => ({
    ...evalCase({ calls: [{ name: "set_weight", arguments: '{"id":"A","kg":2}' }, status("B")] }),
    ...(matchers ? { matchers } : {}),
  });
  const answer = reply([
    ["set_weight", '{"id":"other","kg":2}'],
    ["get_status", '{"id":"B"}'],
  ]);
  it("speak of the one tool that they name", () => {
    expect(scoreReply(answer, suite(undefined)).status).toBe("wrong");
    expect(scoreReply(answer, suite([{ tool: "set_weight", path: "$.id", matcher: "ignore" }])).status).toBe("pass");
    expect(scoreReply(answer, suite([{ tool: "get_status", path: "$.id", matcher: "ignore" }])).status).toBe("wrong");
  });
  it("allow an extra key only where the tool's schema does", () => {
    const closed = { ...tool("get_status", { properties: { id: {} }, additionalProperties: false }) };
    const extra = reply([["get_status", '{"id":"A","trace":1}']]);
    const one = { ...single, matchers: [{ tool: "get_status", path: "$.trace", matcher: "ignore" as const }] };
    expect(scoreReply(extra, single).status).toBe("wrong");
    expect(scoreReply(extra, one).status).toBe("pass");
    expect(scoreReply(extra, { ...one, tools: [closed] }).status).toBe("wrong");
  });
});
