import * as z from "zod";

/** What the scorer reads of a non-streamed chat completion (vLLM `ChatCompletionResponse`); the rest is kept raw. */
const completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z.array(z.unknown()).nullish(),
          function_call: z.unknown().optional(),
        }),
      }),
    )
    .min(1),
});

const wireFunction = z.object({ name: z.string(), arguments: z.string().nullish() });
const wireCall = z.object({ function: wireFunction });

const wireError = z.union([
  z.object({ error: z.object({ message: z.string() }) }),
  z.object({ object: z.literal("error"), message: z.string() }),
  z.object({ detail: z.string() }).transform(({ detail }) => ({ message: detail })),
]);

/** `malformed` is a call that is not in OpenAI's shape, such as arguments that are an object instead of text. */
export type WireCall = { name: string; arguments: string | null } | { malformed: string };

export type ReadReply =
  | { ok: true; finishReason: string | null; content: string; calls: WireCall[] }
  | { ok: false; message: string };

/** Takes a reply body apart without judging it. `ok: false` means that the body is not a chat completion at all. */
export function readReply(reply: unknown): ReadReply {
  const parsed = completion.safeParse(reply);
  if (!parsed.success) return { ok: false, message: describeOther(reply) };
  const choice = parsed.data.choices[0];
  if (choice === undefined) return { ok: false, message: "the reply has no choice" };
  const calls = (choice.message.tool_calls ?? []).map(readCall);
  const legacy = choice.message.function_call;
  if (legacy !== undefined && legacy !== null) calls.push(readCall({ function: legacy }));
  return { ok: true, finishReason: choice.finish_reason ?? null, content: choice.message.content ?? "", calls };
}

function readCall(call: unknown): WireCall {
  const parsed = wireCall.safeParse(call);
  if (parsed.success) return { name: parsed.data.function.name, arguments: parsed.data.function.arguments ?? null };
  const where = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  return { malformed: `a tool call is not in OpenAI's shape (${where || "not an object"})` };
}

function describeOther(reply: unknown): string {
  const error = wireError.safeParse(reply);
  if (!error.success) return "the reply is not a chat completion";
  const message = "error" in error.data ? error.data.error.message : error.data.message;
  return `the node answered with an error: ${message.slice(0, 2_000)}`;
}

/** What tool parsers leave in the text when they fail: hermes, mistral, llama 3, functionary, deepseek. */
const parserMarks = [
  "<tool_call>",
  "[TOOL_CALLS]",
  "<|python_tag|>",
  "<function=",
  "functools[",
  "<|tool▁call▁begin|>",
];

/**
 * A tool call that the node's parser did not recognise and left in the text. Without this, a reply that tried to call
 * a tool would count as a refusal.
 */
export function findUnparsedCall(content: string, toolNames: readonly string[]): string | null {
  const mark = parserMarks.find((candidate) => content.includes(candidate));
  if (mark !== undefined) return `the text contains ${mark}`;
  for (const name of toolNames) {
    const quoted = JSON.stringify(name);
    const looksLikeCall =
      content.includes(quoted) && /"name"\s*:/.test(content) && /"(arguments|parameters)"\s*:/.test(content);
    if (looksLikeCall) return `the text contains a call of ${name}`;
  }
  return null;
}
