import { stringify } from "lossless-json";
import type { FieldProblem } from "#lib/platform/errors.ts";
import { isSchema } from "../../scoring/tool-schema.ts";

/** A line in OpenAI's shape as the input of a prompt, or what keeps it from being one. */
export type Example = { ok: true; input: Record<string, unknown> } | { ok: false; problems: FieldProblem[] };

const refused = (field: string, code: string, message: string, fix: string): Example => ({
  ok: false,
  problems: [{ field, code, message, fix }],
});

/**
 * Reads one line: `{messages, tools, expected_tool_calls}`, with `alternatives`, `category`, `tags`, `hold_out`, `reason`
 * where wanted; or an example for fine-tuning, whose last message is the assistant's and holds the right answer.
 *
 * @param plain the line as `JSON.parse` gives it @param exact the same with all digits of its numbers
 */
export function readExample(plain: unknown, exact: unknown, category: string): Example {
  if (!isSchema(plain) || !isSchema(exact)) return refused("", "not_an_object", "No JSON object.", "Write {…}.");
  const { messages, tools = [], tags = [], alternatives, reason = "the file's answer" } = plain;
  if (!Array.isArray(messages) || messages.length === 0)
    return refused("messages", "no_messages", "No list of messages.", "Give messages as OpenAI's API takes them.");
  const said = plain.expected_tool_calls !== undefined;
  const last: unknown = messages.at(-1);
  const answers = !said && isSchema(last) && last.role === "assistant";
  if (!said && !answers)
    return refused(
      "expected_tool_calls",
      "no_answer",
      "The right answer is not said.",
      "Add expected_tool_calls ([] for none), or end with the assistant's message.",
    );
  const exactLast = Array.isArray(exact.messages) ? exact.messages.at(-1) : null;
  const listed = said ? exact.expected_tool_calls : isSchema(exactLast) ? (exactLast.tool_calls ?? []) : [];
  const calls = callsOf(listed);
  const field = said ? "expected_tool_calls" : `messages.${messages.length - 1}.tool_calls`;
  if (calls === null)
    return refused(field, "bad_calls", "Not a list of calls.", 'Write [{"name": …, "arguments": {…}}].');
  const others =
    alternatives === undefined ? [] : Array.isArray(exact.alternatives) ? exact.alternatives.map(callsOf) : [null];
  if (others.includes(null))
    return refused("alternatives", "bad_calls", "Not a list of lists of calls.", "Write [[…], […]].");
  const before: unknown[] = answers ? messages.slice(0, -1) : messages;
  return {
    ok: true,
    input: {
      category: plain.category ?? category,
      holdOut: plain.hold_out ?? false,
      tags,
      tools: Array.isArray(tools) ? tools.map(toolOf) : tools,
      messages: before.map(messageOf),
      expected: { calls, alternatives: others, reason },
    },
  };
}

/** Calls as `{name, arguments}` or in OpenAI's own wrapping; arguments as text or as an object. */
function callsOf(listed: unknown): { name: string; arguments: string }[] | null {
  if (!Array.isArray(listed)) return null;
  const calls = listed.map((item: unknown) => {
    const call = isSchema(item) && isSchema(item.function) ? item.function : item;
    if (!isSchema(call) || typeof call.name !== "string") return null;
    const { name, arguments: args = {} } = call;
    return { name, arguments: typeof args === "string" ? args : (stringify(args) ?? "{}") };
  });
  return calls.every((call) => call !== null) ? calls : null;
}

/** What a request carries beside the tool itself, such as `strict`, is nothing to compare. */
function toolOf(tool: unknown): unknown {
  if (!isSchema(tool) || !isSchema(tool.function)) return tool;
  const { name, description, parameters } = tool.function;
  return {
    type: tool.type ?? "function",
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    },
  };
}

/** Text in parts is one text; names and weights of messages are nothing to a prompt. */
function messageOf(message: unknown): unknown {
  if (!isSchema(message)) return message;
  const { role, content = null, tool_calls: calls, tool_call_id: answers } = message;
  const isParts = Array.isArray(content) && content.every((part) => isSchema(part) && typeof part.text === "string");
  const text = isParts ? content.map((part: { text: string }) => part.text).join("") : content;
  return {
    role: role === "developer" ? "system" : role,
    content: text,
    ...(Array.isArray(calls) ? { tool_calls: calls.map(pastCallOf) } : {}),
    ...(answers === undefined ? {} : { tool_call_id: answers }),
  };
}

function pastCallOf(call: unknown): unknown {
  if (!isSchema(call) || !isSchema(call.function)) return call;
  const { name, arguments: args = "{}" } = call.function;
  return { id: call.id, type: "function", function: { name, arguments: args } };
}
