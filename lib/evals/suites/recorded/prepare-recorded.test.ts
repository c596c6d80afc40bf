import { describe, expect, it } from "vitest";
import type { WireCall } from "../../scoring/read-reply.ts";
import { prepareRecorded } from "./prepare-recorded.ts";

const tool = (name: string, properties: object = {}) => ({
  type: "function",
  function: { name, parameters: { type: "object", properties } },
});
const ASKED = { messages: [{ role: "user", content: "Where is it?" }], tools: [tool("find")] };
const CALL: WireCall = { name: "find", arguments: "{}" };

const prepare = (change: object, calls: readonly WireCall[] = [CALL], content = "") =>
  prepareRecorded({ body: JSON.stringify({ ...ASKED, ...change }), calls, content }, [], () => 0.5);
const reasonOf = (...args: Parameters<typeof prepare>) => {
  const prepared = prepare(...args);
  return prepared.ok ? "a prompt" : prepared.reason;
};

describe("a request and its answer", () => {
  it("become a prompt whose right answer is what was answered", () => {
    const prepared = prepare({});
    expect(prepared).toMatchObject({
      ok: true,
      prompt: { ...ASKED, category: "recorded_call", expected: { calls: [{ name: "find", arguments: "{}" }] } },
    });
  });

  it.each([
    ["recorded_no_call", {}, []],
    ["recorded_parallel", {}, [CALL, CALL]],
    [
      "recorded_multi_turn",
      {
        messages: [
          { role: "user", content: "Hello" },
          { role: "assistant", content: "Hello. What is it?" },
          { role: "user", content: "Where is it?" },
        ],
      },
      [CALL],
    ],
  ] as const)("are of the kind %s", (category, change, calls) => {
    expect(prepare(change, calls)).toMatchObject({ ok: true, prompt: { category } });
  });

  it.each([
    ["no_tools", { tools: undefined }, [CALL]],
    ["no_tools", { tools: [] }, [CALL]],
    ["forced_tool", { tool_choice: "required" }, [CALL]],
    ["forced_tool", { tool_choice: { type: "function", function: { name: "find" } } }, [CALL]],
    ["no_text", { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] }, [CALL]],
    ["no_answer", {}, [{ malformed: "no name" }]],
    ["unsound", {}, [{ name: "other", arguments: "{}" }]],
    ["unsound", {}, [{ name: "find", arguments: "{" }]],
    ["unsound", { tools: [tool("find", { id: { type: "integer" } })] }, [{ name: "find", arguments: '{"id":"7"}' }]],
    ["a prompt", { tool_choice: "auto" }, [CALL]],
  ] as const)("are %s where they are: %j", (reason, change, calls) => {
    expect(reasonOf(change, calls as readonly WireCall[])).toBe(reason);
  });

  it("are one with another that differs in what was replaced only", () => {
    const printOf = (content: string, id: string) => {
      const tools = [tool("find", { id: { type: "string" } })];
      const calls = [{ name: "find", arguments: JSON.stringify({ id }) }];
      const body = JSON.stringify({ messages: [{ role: "user", content }], tools });
      const prepared = prepareRecorded({ body, calls, content: "" }, [], Math.random);
      return prepared.ok ? prepared.fingerprint : prepared.reason;
    };
    const first = printOf("Where is 204411? Write to maya@north.example", "204411");
    expect(printOf("where is  377215? Write to joe@south.example", "377215")).toBe(first);
    expect(printOf("Where was 377215? Write to joe@south.example", "377215")).not.toBe(first);
    expect(printOf("Where is 204411? Write to 204411", "204411")).not.toBe(first);
  });

  it("are none where a call is left in the text", () => {
    expect(reasonOf({}, [], '<tool_call>{"name":"find","arguments":{}}</tool_call>')).toBe("no_answer");
  });

  it("are unsound where the redaction breaks what the tool's schema asks for", () => {
    const tools = [tool("find", { id: { type: "string", pattern: "^1[0-9]{5}$" } })];
    const calls = [{ name: "find", arguments: '{"id":"104411"}' }];
    expect(reasonOf({ messages: [{ role: "user", content: "Where is 104411?" }], tools }, calls)).toBe("unsound");
  });
});
