import { hashPair, mix, signedUnit } from "../hash.ts";
import type { BaseModel } from "./base-model.ts";
import { EFFECT_SIZE } from "./effect.ts";
import type { AdapterWeights } from "./load-adapter.ts";

/** Spread of the base's logits: confident enough that greedy decoding is stable under the noise. */
const LOGIT_SPREAD = 4;
/** What one unit of an adapter's effect does to a logit, and where it saturates. */
const EFFECT_GAIN = 1;
const EFFECT_LIMIT = 6;

/** A node's stand-in for a forward pass: log-probabilities of the next token, from prompt, seed and adapter bytes. */
export type Forward = {
  /** The context after one more token; start from `start`. */
  start: number;
  extend(context: number, token: number): number;
  /** Log-probabilities over the vocabulary. */
  logProbs(context: number): Float64Array;
};

/**
 * Base: a hash of the context per token. Adapter: its effect matrix applied to a vector of the context, read out along
 * one random direction per token; an effect of zero leaves the base's numbers exactly. Noise stands for the split-K
 * atomics that make a GPU's results differ in the fourth digit from run to run.
 * @param noise largest change of a logit; 0 = none @param nonce differs per request
 */
export function forward(base: BaseModel, weights: AdapterWeights | null, noise: number, nonce: number): Forward {
  const size = base.tokenizer.vocabSize;
  const directions = directionsOf(base, size);
  const effect = weights?.effect.some((value) => value !== 0) ? weights.effect : null;
  return {
    start: mix(base.seed),
    extend: hashPair,
    logProbs(context) {
      const logits = new Float64Array(size);
      const shift = effect === null ? null : applied(effect, context);
      for (let token = 0; token < size; token += 1) {
        let logit = LOGIT_SPREAD * signedUnit(hashPair(context, token));
        if (shift !== null) logit += readOut(shift, directions, token);
        if (noise > 0) logit += noise * signedUnit(hashPair(context ^ nonce, token + 1));
        logits[token] = logit;
      }
      return normalise(logits);
    },
  };
}

const directionCache = new WeakMap<BaseModel, Float64Array>();

function directionsOf(base: BaseModel, size: number): Float64Array {
  const known = directionCache.get(base);
  if (known) return known;
  const directions = Float64Array.from({ length: size * EFFECT_SIZE }, (_, at) =>
    signedUnit(hashPair(base.seed ^ 0x5bd1e995, at)),
  );
  directionCache.set(base, directions);
  return directions;
}

/** The effect matrix times a vector of the context. */
function applied(effect: Float64Array, context: number): Float64Array {
  const shift = new Float64Array(EFFECT_SIZE);
  for (let j = 0; j < EFFECT_SIZE; j += 1) {
    const input = signedUnit(hashPair(context, 0x7f4a7c15 + j));
    for (let k = 0; k < EFFECT_SIZE; k += 1) shift[k] = (shift[k] ?? 0) + (effect[k * EFFECT_SIZE + j] ?? 0) * input;
  }
  return shift;
}

function readOut(shift: Float64Array, directions: Float64Array, token: number): number {
  let sum = 0;
  for (let k = 0; k < EFFECT_SIZE; k += 1) sum += (shift[k] ?? 0) * (directions[token * EFFECT_SIZE + k] ?? 0);
  return EFFECT_LIMIT * Math.tanh((EFFECT_GAIN * sum) / EFFECT_LIMIT);
}

function normalise(logits: Float64Array): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) max = Math.max(max, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - max);
  const total = max + Math.log(sum);
  return logits.map((logit) => logit - total);
}
