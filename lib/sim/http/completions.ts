import type { IncomingMessage, ServerResponse } from "node:http";
import type { FinishReason, TokenSource } from "../engine/request.ts";
import { hashPair } from "../hash.ts";
import type { AdapterWeights } from "../model/load-adapter.ts";
import { type Forward, forward } from "../model/log-probs.ts";
import { completionLogprobs, scoreOf, scoreTokens, type TokenLogProb } from "./logprobs.ts";
import { type NodeContext, outputRoom, resolveModel } from "./node-context.ts";
import { parseBody } from "./parse-body.ts";
import { badRequest, lazyStream, sendJson } from "./reply.ts";
import { type CompletionBody, CompletionBodySchema } from "./request-schema.ts";
import { type Generation, runGenerations } from "./run-generation.ts";
import { TokenText } from "./text-decoder.ts";

/** vLLM's own default, as OpenAI's. */
const DEFAULT_MAX_TOKENS = 16;
/** `--max-logprobs`. */
const MAX_LOGPROBS = 20;

type Choice = {
  index: number;
  prompt: readonly number[];
  text: TokenText;
  scores: (TokenLogProb | { id: number })[];
  finish: FinishReason | null;
};

/** POST /v1/completions. Tokens are drawn from the pseudo-model, so text, log-probabilities and adapter agree. */
export async function completions(
  context: NodeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await parseBody(request, CompletionBodySchema);
  const lora = resolveModel(context, body.model);
  const wanted = body.max_tokens ?? DEFAULT_MAX_TOKENS;
  checkLimits(body, wanted);
  const choices = promptsOf(context, body)
    .flatMap((prompt) => Array.from({ length: body.n ?? 1 }, () => prompt))
    .map(
      (prompt, index): Choice => ({
        index,
        prompt,
        text: new TokenText(context.base.tokenizer),
        scores: [],
        finish: null,
      }),
    );
  const head = {
    id: `cmpl-${context.randomId()}`,
    object: "text_completion",
    created: Math.floor(context.nowSeconds()),
    model: lora?.name ?? context.base.name,
  };
  const generations = choices.map(
    (choice): Generation => ({
      id: `${head.id}-${choice.index}`,
      lora,
      promptTokens: choice.prompt,
      maxTokens: outputRoom(context, choice.prompt.length, Math.max(1, wanted)),
      open: (weights) => sample(context, body, modelsOf(context, weights), choice),
      onTokens: (ids, finish) => {
        choice.text.push(wanted === 0 ? [] : ids, finish !== null);
        choice.finish = finish;
      },
    }),
  );
  if (body.stream) return streamCompletion(context, response, { head, body, choices, generations });
  await runGenerations(context, response, generations);
  sendJson(response, 200, {
    ...head,
    choices: choices.map((choice) => choiceReply(context, body, choice, wanted)),
    service_tier: null,
    system_fingerprint: context.fingerprint,
    usage: { ...usageOf(choices), prompt_tokens_details: null, completion_tokens_details: null },
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  });
}

/** @throws HttpError 400 for what vLLM refuses, and for the one thing only a simulated node refuses */
function checkLimits(body: CompletionBody, wanted: number): void {
  if (wanted < 1 && !body.echo) throw badRequest(`max_tokens must be at least 1, got ${wanted}.`, "max_tokens");
  if ((body.logprobs ?? 0) > MAX_LOGPROBS)
    throw badRequest(
      `Requested sample logprobs of ${body.logprobs}, which is greater than max allowed: ${MAX_LOGPROBS} ` +
        `(parameter=logprobs, value=${body.logprobs})`,
      "logprobs",
    );
  if (body.stream && body.echo) throw badRequest("a simulated node does not stream an echoed prompt", "echo");
}

/** One token list per prompt; text gets the beginning-of-text token. */
function promptsOf(context: NodeContext, body: CompletionBody): (readonly number[])[] {
  const { prompt } = body;
  const encode = (text: string) => context.base.tokenizer.encode(text, true);
  if (typeof prompt === "string") return [encode(prompt)];
  if (prompt.length === 0) throw badRequest("please provide at least one prompt", "prompt");
  if (prompt.every((item) => typeof item === "number")) return [prompt];
  return prompt.map((item) => (typeof item === "string" ? encode(item) : [item].flat()));
}

/** The forward pass with the weights of the moment: an in-place load switches requests that are under way. */
function modelsOf(context: NodeContext, weights: () => AdapterWeights | null): () => Forward {
  const nonce = context.nextNonce();
  let [used, model] = [weights(), forward(context.base, weights(), context.logitNoise, nonce)];
  return () => {
    const now = weights();
    if (now !== used) [used, model] = [now, forward(context.base, now, context.logitNoise, nonce)];
    return model;
  };
}

/** Draws tokens one after another: the most likely at temperature 0, else by Gumbel's trick from the request's seed. */
function sample(context: NodeContext, body: CompletionBody, models: () => Forward, choice: Choice): TokenSource {
  const model = models();
  const alternatives = body.logprobs ?? 0;
  const keepsScores = body.logprobs !== null && body.logprobs !== undefined;
  const [first, ...rest] = choice.prompt;
  let at = first === undefined ? model.start : model.extend(model.start, first);
  if (keepsScores && body.echo) {
    const scored = scoreTokens(model, at, rest, alternatives);
    if (first !== undefined) choice.scores.push({ id: first }, ...scored.scores);
    at = scored.context;
  } else at = rest.reduce(model.extend, at);
  const seed = body.seed === null || body.seed === undefined ? context.nextNonce() : body.seed + choice.index;
  return {
    take(count) {
      const ids: number[] = [];
      const model = models();
      while (ids.length < count) {
        const all = model.logProbs(at);
        const id = pick(all, body.temperature ?? 1, hashPair(seed, at));
        if (keepsScores && (body.max_tokens ?? DEFAULT_MAX_TOKENS) > 0)
          choice.scores.push(scoreOf(all, id, alternatives));
        at = model.extend(at, id);
        ids.push(id);
        if (context.base.eosIds.has(id) && !body.ignore_eos) return { ids, done: true };
      }
      return { ids, done: false };
    },
  };
}

function pick(logProbs: Float64Array, temperature: number, seed: number): number {
  let [best, id] = [Number.NEGATIVE_INFINITY, 0];
  for (let token = 0; token < logProbs.length; token += 1) {
    const logProb = logProbs[token] ?? Number.NaN;
    const score = temperature > 0 ? logProb / temperature + gumbel(seed, token) : logProb;
    if (score > best) {
      best = score;
      id = token;
    }
  }
  return id;
}

const gumbel = (seed: number, token: number): number =>
  -Math.log(-Math.log((hashPair(seed, token) + 0.5) / 4294967296));

function choiceReply(context: NodeContext, body: CompletionBody, choice: Choice, wanted: number) {
  const { tokenizer } = context.base;
  const echoed = body.echo ? tokenizer.decode(choice.prompt, true) : "";
  const keepsScores = body.logprobs !== null && body.logprobs !== undefined;
  return {
    index: choice.index,
    text: echoed + (wanted === 0 ? "" : choice.text.text),
    logprobs: keepsScores ? logprobsReply(context, body, choice.scores) : null,
    finish_reason: choice.finish,
    stop_reason: null,
    token_ids: null,
    prompt_logprobs: null,
    prompt_token_ids: null,
    routed_experts: null,
  };
}

function usageOf(choices: readonly Choice[]) {
  const prompt = choices.reduce((sum, choice) => sum + choice.prompt.length, 0);
  const completion = choices.reduce((sum, choice) => sum + choice.text.ids.length, 0);
  return {
    prompt_tokens: prompt,
    total_tokens: prompt + completion,
    completion_tokens: completion,
  };
}

async function streamCompletion(
  context: NodeContext,
  response: ServerResponse,
  work: { head: object; body: CompletionBody; choices: readonly Choice[]; generations: readonly Generation[] },
): Promise<void> {
  const stream = lazyStream(response);
  const send = (fields: object) => stream.send(JSON.stringify({ ...work.head, ...fields }));
  const generations = work.generations.map((generation, at): Generation => {
    const choice = work.choices[at];
    return {
      ...generation,
      onTokens: (ids, finish) => {
        if (choice === undefined) return;
        const before = choice.text.text.length;
        generation.onTokens(ids, finish);
        const scores = choice.scores.splice(0);
        const logprobs = scores.length > 0 ? logprobsReply(context, work.body, scores, before) : null;
        const text = choice.text.text.slice(before);
        send({
          choices: [
            {
              index: choice.index,
              text,
              logprobs,
              finish_reason: finish,
              stop_reason: null,
              prompt_token_ids: null,
              token_ids: null,
            },
          ],
        });
      },
    };
  });
  await stream.guard(() => runGenerations(context, response, generations));
  if (work.body.stream_options?.include_usage)
    send({ choices: [], usage: usageOf(work.choices), system_fingerprint: context.fingerprint });
  stream.end();
}

const logprobsReply = (context: NodeContext, body: CompletionBody, scores: Choice["scores"], offset = 0) =>
  completionLogprobs(
    body.return_tokens_as_token_ids ? (id) => `token_id:${id}` : (id) => context.base.tokenizer.decode([id]),
    scores,
    offset,
  );
