import type { IncomingMessage, ServerResponse } from "node:http";
import type { FinishReason } from "../engine/request.ts";
import type { LoraEntry } from "../lora-registry.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import { forward } from "../model/log-probs.ts";
import { renderChat } from "../model/render-chat.ts";
import { answerChat, type ChatAnswer, toolChoiceOf, toolDeltas } from "./chat-answer.ts";
import { chatLogprobs, scoreTokens } from "./logprobs.ts";
import { type NodeContext, outputRoom, resolveModel } from "./node-context.ts";
import { parseBody } from "./parse-body.ts";
import { badRequest, lazyStream, sendJson } from "./reply.ts";
import { type ChatBody, ChatBodySchema } from "./request-schema.ts";
import { fixedSource, type Generation, runGenerations } from "./run-generation.ts";
import { TokenText } from "./text-decoder.ts";

type Chat = {
  id: string;
  created: number;
  model: string;
  body: ChatBody;
  lora: LoraEntry | null;
  promptTokens: readonly number[];
  maxTokens: number;
};

/** One choice on its way: filled by the engine's callbacks. */
type Choice = {
  index: number;
  answer: ChatAnswer | null;
  weights: AdapterWeights | null;
  text: TokenText;
  finish: FinishReason | null;
};

/** POST /v1/chat/completions */
export async function chatCompletions(
  context: NodeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await parseBody(request, ChatBodySchema);
  const lora = resolveModel(context, body.model);
  const choice = toolChoiceOf(body);
  if (choice.kind === "named" && !body.tools?.some((tool) => tool.function.name === choice.name))
    throw badRequest(
      "The tool specified in `tool_choice` does not match any of the specified `tools` (parameter=tool_choice)",
      "tool_choice",
    );
  if (body.messages.length === 0) throw badRequest("list object has no element 0");
  const promptTokens = context.base.tokenizer.encode(renderChat(body.messages, body.tools ?? []), false);
  const wanted = body.max_completion_tokens ?? body.max_tokens;
  if (wanted !== null && wanted !== undefined && wanted < 1)
    throw badRequest(`max_tokens must be at least 1, got ${wanted}.`, "max_tokens");
  const chat: Chat = {
    id: `chatcmpl-${context.randomId()}`,
    created: Math.floor(context.nowSeconds()),
    model: lora?.name ?? context.base.name,
    body,
    lora,
    promptTokens,
    maxTokens: outputRoom(context, promptTokens.length, wanted),
  };
  if (body.stream) await streamChat(context, response, chat);
  else await sendChat(context, response, chat);
}

const choicesOf = (context: NodeContext, chat: Chat): Choice[] =>
  Array.from({ length: chat.body.n ?? 1 }, (_, index) => ({
    index,
    answer: null,
    weights: null,
    text: new TokenText(context.base.tokenizer),
    finish: null,
  }));

function generationOf(context: NodeContext, chat: Chat, choice: Choice, onTokens: Generation["onTokens"]): Generation {
  return {
    id: `${chat.id}-${choice.index}`,
    lora: chat.lora,
    promptTokens: chat.promptTokens,
    maxTokens: chat.maxTokens,
    open(weights) {
      choice.weights = weights();
      choice.answer = answerChat(context, chat.body, choice.weights, choice.index);
      return fixedSource(choice.answer.ids, chat.body.ignore_eos ?? false);
    },
    onTokens,
  };
}

async function sendChat(context: NodeContext, response: ServerResponse, chat: Chat): Promise<void> {
  const choices = choicesOf(context, chat);
  const generations = choices.map((choice) =>
    generationOf(context, chat, choice, (ids, finish) => {
      choice.text.push(ids, finish !== null);
      choice.finish = finish;
    }),
  );
  await runGenerations(context, response, generations);
  sendJson(response, 200, {
    id: chat.id,
    object: "chat.completion",
    created: chat.created,
    model: chat.model,
    choices: choices.map((choice) => choiceReply(context, chat, choice)),
    service_tier: null,
    system_fingerprint: context.fingerprint,
    usage: { ...usageOf(chat, choices), prompt_tokens_details: null, completion_tokens_details: null },
    prompt_logprobs: null,
    prompt_token_ids: null,
    prompt_text: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  });
}

function choiceReply(context: NodeContext, chat: Chat, choice: Choice) {
  const calls = choice.finish === "stop" ? (choice.answer?.reply.calls ?? []) : [];
  const kind = toolChoiceOf(chat.body).kind;
  const isForced = kind === "named" || kind === "required";
  const toolCalls = calls.map((call) => ({ id: toolCallId(context), type: "function", function: call }));
  return {
    index: choice.index,
    message: {
      role: "assistant",
      content: calls.length > 0 ? (isForced ? "" : null) : choice.text.text,
      refusal: null,
      annotations: null,
      audio: null,
      function_call: null,
      ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
      reasoning: null,
    },
    logprobs: logprobsOf(context, chat, choice, choice.text.ids),
    finish_reason: finishReason(choice, calls.length > 0, kind),
    stop_reason: null,
    token_ids: null,
    routed_experts: null,
  };
}

/** "tool_calls" for auto and required, "stop" for a named tool. */
const finishReason = (choice: Choice, hasCalls: boolean, kind: string): string | null =>
  choice.finish === "stop" && hasCalls && kind !== "named" ? "tool_calls" : choice.finish;

const toolCallId = (context: NodeContext) => `chatcmpl-tool-${context.randomId()}`;

function logprobsOf(context: NodeContext, chat: Chat, choice: Choice, ids: readonly number[]) {
  if (!chat.body.logprobs) return null;
  const model = forward(context.base, choice.weights, context.logitNoise, context.nextNonce());
  const start = chat.promptTokens.reduce(model.extend, model.start);
  return chatLogprobs(context.base.tokenizer, scoreTokens(model, start, ids, chat.body.top_logprobs ?? 0).scores);
}

function usageOf(chat: Chat, choices: readonly Choice[]) {
  const prompt = chat.promptTokens.length;
  const completion = choices.reduce((sum, choice) => sum + choice.text.ids.length, 0);
  return {
    prompt_tokens: prompt,
    total_tokens: prompt + completion,
    completion_tokens: completion,
  };
}

async function streamChat(context: NodeContext, response: ServerResponse, chat: Chat): Promise<void> {
  const choices = choicesOf(context, chat);
  const wantsUsage = chat.body.stream_options?.include_usage ?? false;
  const head = { id: chat.id, object: "chat.completion.chunk", created: chat.created, model: chat.model };
  const stream = lazyStream(response);
  const send = (fields: object) => stream.send(JSON.stringify({ ...head, ...fields }));
  const generations = choices.map((choice) =>
    generationOf(context, chat, choice, (ids, finish) => {
      if (choice.text.ids.length === 0) send(firstChunk(choice.index));
      for (const event of streamEvents(context, chat, choice, ids, finish)) {
        const isLast = "stop_reason" in event && !wantsUsage;
        send({ choices: [event], ...(isLast ? { system_fingerprint: context.fingerprint } : {}) });
      }
    }),
  );
  await stream.guard(() => runGenerations(context, response, generations));
  if (wantsUsage) send({ choices: [], usage: usageOf(chat, choices), system_fingerprint: context.fingerprint });
  stream.end();
}

const firstChunk = (index: number) => ({
  choices: [{ index, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null }],
  prompt_token_ids: null,
  prompt_text: null,
});

/** The chunks for one batch of new tokens; the last carries the finish reason. */
function streamEvents(
  context: NodeContext,
  chat: Chat,
  choice: Choice,
  ids: readonly number[],
  finish: FinishReason | null,
): object[] {
  const before = choice.text.text.length;
  const text = choice.text.push(ids, finish !== null);
  choice.finish = finish;
  const calls = choice.answer?.reply.calls ?? [];
  const deltas: object[] =
    calls.length === 0
      ? text === ""
        ? []
        : [{ content: text }]
      : toolDeltas(calls, before, choice.text.text.length, () => toolCallId(context)).map((delta) => ({
          tool_calls: [delta],
        }));
  // The end of the text and the end of the answer are two chunks: the last one is empty.
  if (finish !== null)
    deltas.push(calls.length === 0 ? {} : { tool_calls: [{ index: calls.length - 1, function: { arguments: "" } }] });
  const kind = toolChoiceOf(chat.body).kind;
  return deltas.map((delta, at) => {
    const isLast = finish !== null && at === deltas.length - 1;
    return {
      index: choice.index,
      delta,
      logprobs: at === 0 ? logprobsOf(context, chat, choice, ids) : null,
      finish_reason: isLast ? finishReason(choice, calls.length > 0, kind) : null,
      ...(isLast ? { stop_reason: null } : {}),
      token_ids: null,
    };
  });
}
