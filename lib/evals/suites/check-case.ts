import type { FieldProblem } from "#lib/platform/errors.ts";
import type { CaseInput } from "../browser/suite-schema.ts";
import { isObjectNode } from "../scoring/argument-node.ts";
import { findViolations } from "../scoring/check-arguments.ts";
import { parseArguments } from "../scoring/parse-arguments.ts";
import { checkTools } from "./tools/tool-rules.ts";

type Call = CaseInput["expected"]["calls"][number];
const PATH = /^\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\*\]|\["[^"\\]+"\])+$/;

/**
 * What keeps a prompt from being one that a competent model can answer and the scorer can judge; empty = nothing.
 * The right answer has to be one that its own tools allow, by name and by schema.
 */
export function checkCase(input: CaseInput): FieldProblem[] {
  const { calls, alternatives, matchers = {}, ignored = [] } = input.expected;
  const problems = [...checkMessages(input), ...checkTools(input.tools, { field: "tools", isStrict: false })];
  if (problems.length > 0) return problems; // the answer is judged by tools that are sound
  for (const [at, call] of calls.entries()) problems.push(...checkCall(call, `expected.calls.${at}`, input));
  for (const [set, list] of alternatives.entries())
    for (const [at, call] of list.entries())
      problems.push(...checkCall(call, `expected.alternatives.${set}.${at}`, input));
  for (const path of [...Object.keys(matchers), ...ignored])
    if (!PATH.test(path))
      problems.push({
        field: "expected.matchers",
        code: "bad_path",
        message: `${path} is not a path into arguments.`,
        fix: "Write it like $.start or $.items[*].at.",
      });
  return problems;
}

function checkMessages({ messages }: CaseInput): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (at: number, code: string, message: string, fix: string) =>
    problems.push({ field: `messages.${at}`, code, message, fix });
  const asked = new Set<string>();
  for (const [at, message] of messages.entries()) {
    const { role, content, tool_calls: made = [], tool_call_id: answers } = message;
    const isSilent = content === null || content.trim() === "";
    if (role === "system" && at > 0)
      refuse(at, "late_system", "Only the first message may be the system's.", "Move it.");
    if (isSilent && !(role === "assistant" && made.length > 0) && role !== "tool")
      refuse(at, "empty_message", `Message ${at + 1} says nothing.`, "Write it, or remove it.");
    if (made.length > 0 && role !== "assistant")
      refuse(at, "calls_of_others", "Only an assistant's message calls tools.", "Remove tool_calls.");
    for (const call of made) {
      asked.add(call.id);
      const read = parseArguments(call.function.arguments);
      if (!read.ok)
        refuse(at, read.kind, `A call made in message ${at + 1}: ${read.message}.`, "Correct its arguments.");
    }
    if (role === "tool" && (answers === undefined || !asked.has(answers)))
      refuse(at, "answer_to_nothing", `Message ${at + 1} answers no call before it.`, "Give the id of that call.");
  }
  const last = messages.at(-1);
  if (last && last.role !== "user" && last.role !== "tool")
    refuse(
      messages.length - 1,
      "nothing_asked",
      "The last message asks nothing.",
      "End with the user's, or a tool's result.",
    );
  if (!messages.some(({ role }) => role === "user"))
    refuse(0, "no_user", "The prompt has no user message.", "Add a user's message.");
  return problems;
}

function checkCall(call: Call, field: string, { tools }: CaseInput): FieldProblem[] {
  const tool = tools.find((offered) => offered.function.name === call.name);
  if (!tool)
    return [
      {
        field: `${field}.name`,
        code: "unknown_tool",
        message: `${call.name || "A tool without a name"} is not among the prompt's tools.`,
        fix: "Name one of them, byte for byte.",
      },
    ];
  const read = parseArguments(call.arguments);
  if (!read.ok)
    return [{ field: `${field}.arguments`, code: read.kind, message: read.message, fix: "Write strict JSON." }];
  if (!isObjectNode(read.node))
    return [
      { field: `${field}.arguments`, code: "not_an_object", message: "Arguments are an object.", fix: "Write {…}." },
    ];
  return findViolations(read.node, tool.function.parameters).map((violation) => ({
    field: `${field}.arguments`,
    code: "breaks_schema",
    message: `${call.name} does not allow this: ${violation}.`,
    fix: "Change the value, or the tool's schema.",
  }));
}
