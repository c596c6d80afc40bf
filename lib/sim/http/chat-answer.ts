import { decideAnswer, type Question, type Reply } from "../answers/decide-answer.ts";
import { promptHash } from "../answers/prompt-hash.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import { callHead, renderCalls } from "../model/render-chat.ts";
import type { NodeContext } from "./node-context.ts";
import type { ChatBody } from "./request-schema.ts";

/** What one choice of a chat will say, and its tokens. */
export type ChatAnswer = { reply: Reply; raw: string; ids: readonly number[] };

export function toolChoiceOf(body: ChatBody): Question["toolChoice"] {
  const choice = body.tool_choice;
  if (choice === undefined || choice === null) return { kind: (body.tools ?? []).length > 0 ? "auto" : "none" };
  return typeof choice === "string" ? { kind: choice } : { kind: "named", name: choice.function.name };
}

/** Decides one choice; asked when the adapter's bytes are in a slot, so changed bytes give the new answer. */
export function answerChat(
  context: NodeContext,
  body: ChatBody,
  weights: AdapterWeights | null,
  choice: number,
): ChatAnswer {
  const { tokenizer, eosIds } = context.base;
  const reply = decideAnswer({
    scenario: context.scenario(),
    digest: weights?.digest ?? null,
    promptHash: promptHash(body),
    tools: body.tools ?? [],
    toolChoice: toolChoiceOf(body),
    temperature: body.temperature ?? 1,
    seed: body.seed === null || body.seed === undefined ? null : body.seed + choice,
    nonce: context.nextNonce(),
  });
  const raw = reply.calls.length > 0 ? renderCalls(reply.calls) : reply.text;
  const eos = [...eosIds].at(-1);
  return { reply, raw, ids: [...tokenizer.encode(raw, false), ...(eos === undefined ? [] : [eos])] };
}

export type ToolCallDelta = {
  index: number;
  id?: string;
  type?: "function";
  function: { name?: string; arguments?: string };
};

/**
 * What a streaming tool parser has to say after `length` characters of the raw text, when it had said everything up to
 * `from`: each call's name once its arguments begin, then the arguments as they grow.
 */
export function toolDeltas(calls: Reply["calls"], from: number, length: number, newId: () => string): ToolCallDelta[] {
  const deltas: ToolCallDelta[] = [];
  let at = 0;
  for (const [index, call] of calls.entries()) {
    const start = at + callHead(call.name).length;
    const end = start + call.arguments.length;
    if (from < start && length >= start)
      deltas.push({ id: newId(), type: "function", index, function: { name: call.name } });
    const part = call.arguments.slice(Math.max(0, from - start), Math.max(0, Math.min(length, end) - start));
    if (part !== "") deltas.push({ index, function: { arguments: part } });
    at = end + "}; ".length;
  }
  return deltas;
}
