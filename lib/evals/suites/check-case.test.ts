import { describe, expect, it } from "vitest";
import { CaseInput } from "../browser/suite-schema.ts";
import { checkCase } from "./check-case.ts";
import { generateSuite } from "./generator/generate-suite.ts";

const good = {
  category: "by_hand",
  messages: [{ role: "user", content: "Cancel A-1." }],
  tools: [
    {
      type: "function",
      function: {
        name: "cancel",
        description: "",
        parameters: {
          type: "object",
          properties: { id: { type: "string" } },
          required: ["id"],
          additionalProperties: false,
        },
      },
    },
  ],
  expected: { calls: [{ name: "cancel", arguments: '{"id":"A-1"}' }], reason: "it is said" },
};
const codes = (change: Record<string, unknown>) =>
  checkCase(CaseInput.parse({ ...good, ...change })).map(({ field, code }) => `${field} ${code}`);
const expecting = (calls: unknown[], more: Record<string, unknown> = {}) =>
  codes({ expected: { calls, reason: "", ...more } });
const user = { role: "user", content: "?" };

describe("a prompt", () => {
  it("of the generator has nothing wrong, whatever its category", () => {
    for (const { id: _key, ordinal: _place, ...evalCase } of generateSuite({ seed: "acme", count: 200 }))
      expect(checkCase(CaseInput.parse(evalCase)), evalCase.category).toEqual([]);
  });

  it("may call nothing, or several tools, or have its answer another way", () => {
    expect(expecting([])).toEqual([]);
    const call = good.expected.calls[0];
    expect(expecting([call, call], { alternatives: [[call]] })).toEqual([]);
  });

  it("has a right answer that its own tools allow", () => {
    expect(expecting([{ name: "delete", arguments: "{}" }])).toEqual(["expected.calls.0.name unknown_tool"]);
    expect(expecting([{ name: "cancel", arguments: "{}" }])).toEqual(["expected.calls.0.arguments breaks_schema"]);
    expect(expecting([{ name: "cancel", arguments: '{"id":1}' }])).toEqual([
      "expected.calls.0.arguments breaks_schema",
    ]);
    expect(expecting([{ name: "cancel", arguments: '{"id":"A",}' }])).toEqual([
      "expected.calls.0.arguments parse_error",
    ]);
    expect(expecting([{ name: "cancel", arguments: '{"id":"A","id":"A"}' }])).toEqual([
      "expected.calls.0.arguments duplicate_key",
    ]);
    expect(expecting([{ name: "cancel", arguments: "[]" }])).toEqual(["expected.calls.0.arguments not_an_object"]);
    expect(expecting([], { alternatives: [[{ name: "x", arguments: "{}" }]] })).toEqual([
      "expected.alternatives.0.0.name unknown_tool",
    ]);
  });

  it("asks something, in turns that follow each other", () => {
    expect(codes({ messages: [{ role: "system", content: "s" }] })).toEqual([
      "messages.0 nothing_asked",
      "messages.0 no_user",
    ]);
    expect(codes({ messages: [user, { role: "assistant", content: "Yes?" }] })).toEqual(["messages.1 nothing_asked"]);
    expect(codes({ messages: [{ role: "user", content: " " }] })).toEqual(["messages.0 empty_message"]);
    expect(codes({ messages: [user, { role: "system", content: "s" }, user] })).toEqual(["messages.1 late_system"]);
    expect(codes({ messages: [user, { role: "tool", content: "{}", tool_call_id: "c" }] })).toEqual([
      "messages.1 answer_to_nothing",
    ]);
    const called = {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c", type: "function", function: { name: "cancel", arguments: "{}" } }],
    };
    expect(codes({ messages: [user, called, { role: "tool", content: "{}", tool_call_id: "c" }] })).toEqual([]);
  });

  it("has matchers at paths, and tools without dangers", () => {
    expect(expecting([], { matchers: { start: "uri" } })).toEqual(["expected.matchers bad_path"]);
    const remote = { type: "object", properties: { a: { $ref: "http://x/y" } } };
    expect(codes({ tools: [{ type: "function", function: { name: "t", parameters: remote } }] })).toEqual([
      "tools.0.function.parameters.properties.a.$ref remote_ref",
    ]);
  });
});
