import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { findUnparsedCall, readReply } from "./read-reply.ts";

/** Recorded from a real vLLM 0.32.0, see the README beside the file. */
const recorded = z
  .object({
    exchanges: z.record(z.string(), z.object({ response: z.object({ status: z.number(), body: z.string() }) })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../vllm/testdata/vllm-0.32.0/chat.json", import.meta.url), "utf8")));
const replies = Object.entries(recorded.exchanges)
  .filter(([, { response }]) => response.body.startsWith("{"))
  .map(([name, { response }]) => [name, response.status, JSON.parse(response.body) as unknown] as const);
const [answers, errors] = [
  replies.filter(([, status]) => status === 200),
  replies.filter(([, status]) => status !== 200),
];

describe("replies of a real vLLM", () => {
  it.each(answers)("%s (%i) is a completion without calls", (_, __, body) => {
    const read = readReply(body);
    expect(read).toMatchObject({ ok: true, calls: [] });
    expect(read.ok && ["stop", "length"].includes(read.finishReason ?? "")).toBe(true);
  });

  it.each(errors)("%s (%i) is an error with its message", (_, __, body) => {
    const read = readReply(body);
    expect(read.ok).toBe(false);
    expect(!read.ok && read.message).toMatch(/^the node answered with an error: .{10}/);
  });

  it("were there to be read", () => {
    expect([answers.length, errors.length].every((count) => count >= 5)).toBe(true);
  });
});

describe("findUnparsedCall", () => {
  const tools = ["get_status", "ping"];
  it.each([
    '<tool_call>\n{"name": "get_status"',
    '[TOOL_CALLS] [{"name":"x"}]',
    '<|python_tag|>{"name": "get_status", "parameters": {}}',
    'Sure: {"name": "ping", "arguments": {}}',
    "<function=get_status>{}</function>",
  ])("finds a call left in %j", (content) => {
    expect(findUnparsedCall(content, tools)).not.toBeNull();
  });

  it.each([
    "",
    "Which order?",
    'The tool is called "get_status".',
    '{"name": "other", "parameters": {}}',
    '{"name": "get_status"}',
  ])("lets %j be text", (content) => {
    expect(findUnparsedCall(content, tools)).toBeNull();
  });
});
