import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { renderChat } from "../model/render-chat.ts";
import { type NodeContext, resolveModel } from "./node-context.ts";
import { parseBody } from "./parse-body.ts";
import { sendJson } from "./reply.ts";
import { DetokenizeBodySchema, TokenizeBodySchema } from "./request-schema.ts";

/** GET /v1/models: what the API process knows, not what is resident. `created` is now, permission ids are new each time. */
export function listModels(context: NodeContext, response: ServerResponse): void {
  const { base, registry, maxModelLen } = context;
  const created = Math.floor(context.nowSeconds());
  const card = (fields: { id: string; root: string; parent: string | null; max_model_len: number | null }) => ({
    id: fields.id,
    object: "model",
    created,
    owned_by: "vllm",
    root: fields.root,
    parent: fields.parent,
    max_model_len: fields.max_model_len,
    permission: [permission(context, created)],
  });
  const baseCard = card({ id: base.name, root: base.directory, parent: null, max_model_len: maxModelLen });
  const loraCards = registry
    .list()
    .map((entry) => card({ id: entry.name, root: entry.path, parent: base.name, max_model_len: null }));
  sendJson(response, 200, { object: "list", data: [baseCard, ...loraCards] });
}

const permission = (context: NodeContext, created: number) => ({
  id: `modelperm-${context.randomId()}`,
  object: "model_permission",
  created,
  allow_create_engine: false,
  allow_sampling: true,
  allow_logprobs: true,
  allow_search_indices: false,
  allow_view: true,
  allow_fine_tuning: false,
  organization: "*",
  group: null,
  is_blocking: false,
});

/** POST /tokenize: takes an adapter's name and uses the base's tokenizer, as vLLM does since 0.11. */
export async function tokenize(
  context: NodeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await parseBody(request, TokenizeBodySchema);
  resolveModel(context, body.model);
  const { tokenizer } = context.base;
  const tokens =
    "prompt" in body
      ? tokenizer.encode(body.prompt, body.add_special_tokens)
      : tokenizer.encode(renderChat(body.messages, body.tools ?? [], body.add_generation_prompt), false);
  sendJson(response, 200, {
    count: tokens.length,
    max_model_len: context.maxModelLen,
    tokens,
    token_strs: body.return_token_strs ? tokenizer.spellings(tokens) : null,
  });
}

/** POST /detokenize */
export async function detokenize(
  context: NodeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await parseBody(request, DetokenizeBodySchema);
  resolveModel(context, body.model);
  sendJson(response, 200, { prompt: context.base.tokenizer.decode(body.tokens) });
}

/** GET /tokenizer_info: the tokenizer's own settings and the chat template, with `--enable-tokenizer-info-endpoint`. */
export async function tokenizerInfo({ base }: NodeContext, response: ServerResponse): Promise<void> {
  const read = (file: string) => readFile(join(base.directory, file), "utf8").catch(() => null);
  const [config, template] = [await read("tokenizer_config.json"), await read("chat_template.jinja")];
  const settings = config === null ? {} : (JSON.parse(config) as object);
  sendJson(response, 200, { ...settings, ...(template === null ? {} : { chat_template: template }) });
}
