import type { IncomingMessage, ServerResponse } from "node:http";
import type { FinishReason } from "../engine/request.ts";
import { renderChat } from "../model/render-chat.ts";
import { answerChat } from "./chat-answer.ts";
import { type NodeContext, outputRoom, resolveModel } from "./node-context.ts";
import { parseBody } from "./parse-body.ts";
import { badRequest, lazyStream, sendJson } from "./reply.ts";
import { type ChatBody, type ResponsesBody, ResponsesBodySchema } from "./request-schema.ts";
import { fixedSource, runGenerations } from "./run-generation.ts";
import { TokenText } from "./text-decoder.ts";

/** POST /v1/responses: what a chat of the same messages would say, as text. Nothing is ever stored. */
export async function responses(
  context: NodeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await parseBody(request, ResponsesBodySchema);
  const lora = resolveModel(context, body.model);
  const chat = chatOf(body);
  if (chat.messages.length === 0) throw badRequest("please provide at least one input", "input");
  const promptTokens = context.base.tokenizer.encode(renderChat(chat.messages, []), false);
  const text = new TokenText(context.base.tokenizer);
  let finish: FinishReason | null = null;
  const ids = { response: `resp_${context.randomId()}`, message: `msg_${context.randomId()}` };
  const head = { id: ids.response, created_at: Math.floor(context.nowSeconds()), object: "response" };
  const model = lora?.name ?? context.base.name;
  const reply = () => ({
    ...head,
    ...outcome(ids.message, text, finish),
    model,
    usage: {
      input_tokens: promptTokens.length,
      output_tokens: text.ids.length,
      total_tokens: promptTokens.length + text.ids.length,
    },
  });
  const stream = lazyStream(response);
  const send = (type: string, fields: object) => stream.send(JSON.stringify({ type, ...fields }), type);
  const work = () =>
    runGenerations(context, response, [
      {
        id: ids.response,
        lora,
        promptTokens,
        maxTokens: outputRoom(context, promptTokens.length, body.max_output_tokens),
        open: (weights) => fixedSource(answerChat(context, chat, weights(), 0).ids, false),
        onTokens(tokens, finished) {
          if (body.stream && text.ids.length === 0)
            send("response.created", { response: { ...head, model, status: "in_progress", output: [] } });
          const delta = text.push(tokens, finished !== null);
          finish = finished;
          if (body.stream && delta !== "")
            send("response.output_text.delta", { item_id: ids.message, output_index: 0, content_index: 0, delta });
        },
      },
    ]);
  if (!body.stream) {
    await work();
    sendJson(response, 200, reply());
    return;
  }
  await stream.guard(work);
  send("response.completed", { response: reply() });
  response.end();
}

function outcome(messageId: string, text: TokenText, finish: FinishReason | null) {
  const status = finish === "length" ? "incomplete" : "completed";
  const content = [{ type: "output_text", text: text.text, annotations: [], logprobs: null }];
  return {
    status,
    incomplete_details: finish === "length" ? { reason: "max_output_tokens" } : null,
    output: [{ id: messageId, type: "message", role: "assistant", status, content }],
  };
}

/** The chat that vLLM makes of it: instructions first, then what was said. */
function chatOf({ instructions, input, temperature }: ResponsesBody): ChatBody {
  const said = typeof input === "string" ? [{ role: "user", content: input }] : input;
  const first = instructions ? [{ role: "system", content: instructions }] : [];
  return { messages: [...first, ...said], temperature };
}
