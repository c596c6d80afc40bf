import { describe, expect, it } from "vitest";
import { compareCalls, type Judged, judgeCalls, toolsOf } from "./judge-calls.ts";
import { readCalls } from "./read-calls.ts";

const TOOLS = [
  {
    type: "function",
    function: {
      name: "book",
      parameters: {
        type: "object",
        properties: {
          seats: { type: "integer" },
          day: { enum: ["mon", "tue"] },
          note: { type: "string", default: "" },
        },
        required: ["seats"],
        additionalProperties: false,
      },
    },
  },
  { type: "function", function: { name: "cancel" } },
];
const tools = toolsOf(JSON.stringify({ messages: [], tools: TOOLS }));

type Called = [name: string, args: string];
const whole = (calls: readonly Called[], content: string | null = null) =>
  JSON.stringify({
    choices: [
      {
        index: 0,
        message: { content, tool_calls: calls.map(([name, args]) => ({ function: { name, arguments: args } })) },
      },
    ],
  });
/** As vLLM streams: the name first, then the arguments in two pieces, then a last event with usage and no choice. */
function stream(calls: readonly Called[], isEnded = true): string {
  const delta = (change: object) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: change }] })}\n\n`;
  const events = calls.flatMap(([name, args], index) => [
    delta({ tool_calls: [{ index, function: { name, arguments: "" } }] }),
    delta({ tool_calls: [{ index, function: { arguments: args.slice(0, 4) } }] }),
    delta({ tool_calls: [{ index, function: { arguments: args.slice(4) } }] }),
  ]);
  return [
    delta({ role: "assistant", content: "" }),
    ...events,
    'data: {"choices":[]}\n\n',
    isEnded ? "data: [DONE]\n\n" : "",
  ].join("");
}

const ONE: Called = ["book", '{"seats": 2}'];

describe("the tool calls of a reply", () => {
  it.each<[Judged["toolCalls"], string, readonly Called[]]>([
    ["none", "no call", []],
    ["valid", "a call as declared", [ONE]],
    ["valid", "a tool that declares nothing", [["cancel", ""]]],
    ["invalid", "a missing argument", [["book", "{}"]]],
    ["invalid", "a wrong type", [["book", '{"seats":"2"}']]],
    ["invalid", "a value that is not allowed", [["book", '{"seats":2,"day":"sun"}']]],
    ["invalid", "an argument that nobody declared", [["book", '{"seats":2,"rows":1}']]],
    ["invalid", "a tool that nobody declared", [["pay", "{}"]]],
    ["unparsed", "arguments that are no JSON", [["book", '{"seats":']]],
    ["unparsed", "one of two", [ONE, ["book", "{'seats':2}"]]],
    ["invalid", "one of two in another way", [["pay", "{}"], ONE]],
  ])("are %s: %s, in one piece and streamed", (toolCalls, _, calls) => {
    const [inOne, streamed] = [readCalls(whole(calls), false), readCalls(stream(calls), true)];
    expect(judgeCalls(inOne, tools)?.toolCalls).toBe(toolCalls);
    expect(judgeCalls(streamed, tools)).toEqual(judgeCalls(inOne, tools));
  });

  it("are unparsed when the node's parser left one in the text", () => {
    const text = '<tool_call>{"name": "book", "arguments": {"seats": 2}}</tool_call>';
    expect(judgeCalls(readCalls(whole([], text), false), tools)?.toolCalls).toBe("unparsed");
    expect(judgeCalls(readCalls(whole([], text), false), new Map())?.toolCalls).toBe("none");
  });

  it("cannot be told of what is no whole chat completion", () => {
    for (const [text, isStream] of [
      ["", false],
      ["{", false],
      ['{"error":{"message":"no"}}', false],
      ['{"choices":[]}', false],
      [stream([ONE], false), true],
      ["", true],
    ] as const)
      expect(judgeCalls(readCalls(text, isStream), tools)).toBeNull();
    const hostile =
      'data: {"choices":[{"delta":{"tool_calls":[{"index":1e9},{"index":-1},7,null]}}]}\n\ndata: [DONE]\n';
    expect(judgeCalls(readCalls(hostile, true), tools)?.toolCalls).toBe("none");
  });

  it("bears schemas that lead nowhere", () => {
    const parameters = { $ref: "https://example.com/schema.json", properties: { a: { $ref: "#/properties/a" } } };
    const odd = toolsOf(JSON.stringify({ tools: [{ function: { name: "book", parameters } }, 7, { function: {} }] }));
    expect(judgeCalls(readCalls(whole([["book", '{"a":1}']]), false), odd)?.toolCalls).toBe("valid");
    expect(toolsOf("no json").size).toBe(0);
  });
});

describe("a copy's reply beside the customer's own", () => {
  const judged = (...calls: Called[]) => judgeCalls(readCalls(whole(calls), false), tools);

  it.each([
    ["same", judged(ONE), judged(["book", ' {"note":"", "seats":2.0 } '])],
    ["same", judged(ONE, ["cancel", "{}"]), judged(["cancel", "{}"], ONE)],
    ["different", judged(ONE), judged(["book", '{"seats":3}'])],
    ["different", judged(ONE), judged(["cancel", "{}"])],
    ["different", judged(ONE, ONE), judged(ONE)],
    ["different", judged(ONE), judged()],
    ["both_none", judged(), judged()],
    ["not_comparable", judged(ONE), null],
    ["not_comparable", null, judged()],
    ["not_comparable", judged(ONE), judged(["book", "{"])],
  ])("is %s", (comparison, own, copy) => {
    expect(compareCalls(own, copy)).toBe(comparison);
  });
});
