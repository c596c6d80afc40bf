import type { UnusableReason } from "../../browser/recording-schema.ts";
import { CaseInput } from "../../browser/suite-schema.ts";
import type { EvalCase } from "../../eval-case.ts";
import { createRandom } from "../../random.ts";
import { findUnparsedCall, type WireCall } from "../../scoring/read-reply.ts";
import { isSchema } from "../../scoring/tool-schema.ts";
import { checkCase } from "../check-case.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { readExample } from "../import/read-example.ts";
import type { Rng } from "./pseudonyms.ts";
import { redactCase } from "./redact-case.ts";

/** What was asked, as it came, and what was answered. */
export type Exchange = { body: string; calls: readonly WireCall[]; content: string };
export type Prepared =
  | {
      ok: true;
      prompt: CaseInput;
      /** Equal for requests that differ in nothing but what was replaced: as prompts they are one witness. */
      fingerprint: string;
    }
  | { ok: false; reason: UnusableReason };

const unusable = (reason: UnusableReason): Prepared => ({ ok: false, reason });

/**
 * Makes a prompt of a request and its answer, redacted; nothing of what it was made of is in it but what was not recognised.
 * What the live version answered is taken for right: whoever makes a suite of it corrects what was not.
 *
 * @param words what the customer named to be replaced
 */
export function prepareRecorded({ body, calls, content }: Exchange, words: readonly string[], rng: Rng): Prepared {
  const asked = parse(body);
  if (!isSchema(asked)) return unusable("no_text");
  const { messages, tools, tool_choice: choice } = asked;
  if (!Array.isArray(tools) || tools.length === 0) return unusable("no_tools");
  if (choice !== undefined && choice !== null && choice !== "auto") return unusable("forced_tool");
  const made = calls.flatMap((call) =>
    "malformed" in call ? [] : [{ name: call.name, arguments: call.arguments ?? "{}" }],
  );
  const names = tools.flatMap((tool: unknown) =>
    isSchema(tool) && isSchema(tool.function) && typeof tool.function.name === "string" ? [tool.function.name] : [],
  );
  if (made.length < calls.length || findUnparsedCall(content, names) !== null) return unusable("no_answer");
  const line = {
    messages,
    tools,
    expected_tool_calls: made,
    reason: "What the live version answered when this was recorded.",
  };
  const example = readExample(line, line, categoryOf(made.length, messages));
  const read = example.ok ? CaseInput.safeParse(example.input) : null;
  if (!read?.success) return unusable("no_text");
  if (checkCase(read.data).length > 0) return unusable("unsound");
  const prompt = redactCase(read.data, words, rng);
  if (checkCase(prompt).length > 0) return unusable("unsound");
  return { ok: true, prompt, fingerprint: fingerprintOf(asTemplate(read.data, words)) };
}

/** With stand-ins that are the same in every exchange: they say where something stood, and nothing of it. */
const asTemplate = (prompt: CaseInput, words: readonly string[]) =>
  redactCase(prompt, words, createRandom("template").next) as Pick<EvalCase, "messages" | "tools">;

function categoryOf(calls: number, messages: unknown): string {
  if (calls === 0) return "recorded_no_call";
  if (calls > 1) return "recorded_parallel";
  const turns = Array.isArray(messages)
    ? messages.filter((message) => isSchema(message) && message.role === "user")
    : [];
  return turns.length > 1 ? "recorded_multi_turn" : "recorded_call";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the node answered it: it is JSON that JSON.parse does not take
  }
}
