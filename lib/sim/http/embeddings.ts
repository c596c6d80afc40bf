import type { IncomingMessage, ServerResponse } from "node:http";
import { hashPair } from "../hash.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import { type NodeContext, outputRoom, resolveModel } from "./node-context.ts";
import { parseBody } from "./parse-body.ts";
import { badRequest, sendJson } from "./reply.ts";
import { EmbeddingBodySchema } from "./request-schema.ts";
import { fixedSource, type Generation, runGenerations } from "./run-generation.ts";

const DIMENSIONS = 64;

/**
 * POST /v1/embeddings. A real node has it when it was started with a model that embeds; here every node has. A vector
 * follows from the tokens and the adapter's bytes, so that two adapters never give the same one.
 */
export async function embeddings(
  context: NodeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await parseBody(request, EmbeddingBodySchema);
  const lora = resolveModel(context, body.model);
  const inputs = inputsOf(context, body.input);
  const seeds: number[] = [];
  const id = `embd-${context.randomId()}`;
  const generations = inputs.map((tokens, index): Generation => {
    outputRoom(context, tokens.length, null);
    return {
      id: `${id}-${index}`,
      lora,
      promptTokens: tokens,
      maxTokens: 1,
      open: (weights) => {
        seeds[index] = seedOf(tokens, weights());
        return fixedSource([0], false);
      },
      onTokens: () => {},
    };
  });
  await runGenerations(context, response, generations);
  const prompt = inputs.reduce((sum, tokens) => sum + tokens.length, 0);
  sendJson(response, 200, {
    id,
    object: "list",
    created: Math.floor(context.nowSeconds()),
    model: lora?.name ?? context.base.name,
    data: seeds.map((seed, index) => ({
      index,
      object: "embedding",
      embedding: body.encoding_format === "base64" ? asBase64(vectorOf(seed)) : vectorOf(seed),
    })),
    usage: { prompt_tokens: prompt, total_tokens: prompt, completion_tokens: 0, prompt_tokens_details: null },
  });
}

function inputsOf(context: NodeContext, input: string | string[] | number[] | number[][]): (readonly number[])[] {
  const encode = (text: string) => context.base.tokenizer.encode(text, true);
  if (typeof input === "string") return [encode(input)];
  if (input.length === 0) throw badRequest("please provide at least one input", "input");
  if (input.every((item) => typeof item === "number")) return [input];
  return input.map((item) => (typeof item === "string" ? encode(item) : [item].flat()));
}

const seedOf = (tokens: readonly number[], weights: AdapterWeights | null): number =>
  tokens.reduce(hashPair, weights === null ? 0 : Number.parseInt(weights.digest.slice(0, 8), 16));

/** Of length 1. */
function vectorOf(seed: number): number[] {
  const raw = Array.from({ length: DIMENSIONS }, (_, index) => hashPair(seed, index) / 2 ** 31 - 1);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}

const asBase64 = (vector: readonly number[]): string => Buffer.from(new Float32Array(vector).buffer).toString("base64");
