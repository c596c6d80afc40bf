import type { Forward } from "../model/log-probs.ts";
import type { Tokenizer } from "../model/tokenizer.ts";
import { HttpError } from "./reply.ts";

/** The log-probability of one token and of the most likely ones in its place, most likely first. */
export type TokenLogProb = { id: number; logProb: number; top: readonly { id: number; logProb: number }[] };

/** Log-probabilities of `ids` one after another. @param count how many alternatives @returns also the context after them */
export function scoreTokens(
  model: Forward,
  context: number,
  ids: readonly number[],
  count: number,
): { scores: TokenLogProb[]; context: number } {
  let at = context;
  const scores = ids.map((id) => {
    const score = scoreOf(model.logProbs(at), id, count);
    at = model.extend(at, id);
    return score;
  });
  return { scores, context: at };
}

/** One token among the log-probabilities of its place. */
export const scoreOf = (all: Float64Array, id: number, count: number): TokenLogProb => ({
  id,
  logProb: all[id] ?? Number.NEGATIVE_INFINITY,
  top: topOf(all, count),
});

/** Of equals, the lowest id first. A few are picked out of thousands: to sort them all takes ten times as long. */
function topOf(all: Float64Array, count: number): { id: number; logProb: number }[] {
  const top: { id: number; logProb: number }[] = [];
  for (let id = 0; count > 0 && id < all.length; id += 1) {
    const logProb = all[id] ?? Number.NaN;
    if (top.length === count && !(logProb > (top[count - 1]?.logProb ?? 0))) continue;
    let place = top.length;
    while (place > 0 && logProb > (top[place - 1]?.logProb ?? 0)) place -= 1;
    top.splice(place, 0, { id, logProb });
    if (top.length > count) top.pop();
  }
  return top;
}

/** @throws HttpError 400, which is what vLLM's JSON encoder makes of NaN weights */
function finite(logProb: number): number {
  if (Number.isNaN(logProb))
    throw new HttpError(400, "BadRequestError", "Out of range float values are not JSON compliant");
  return Math.max(logProb, -9999);
}

/** `logprobs` of a completion: null where there is nothing before the token. @param spell how a token is written */
export function completionLogprobs(
  spell: (id: number) => string,
  scores: readonly (TokenLogProb | { id: number })[],
  offset = 0,
) {
  const tokens = scores.map(({ id }) => spell(id));
  let at = offset;
  const textOffset = tokens.map((token) => {
    const start = at;
    at += token.length;
    return start;
  });
  return {
    text_offset: textOffset,
    token_logprobs: scores.map((score) => ("logProb" in score ? finite(score.logProb) : null)),
    tokens,
    top_logprobs: scores.map((score) => ("logProb" in score ? topEntries(spell, score) : null)),
  };
}

const topEntries = (spell: (id: number) => string, score: TokenLogProb): Record<string, number> =>
  Object.fromEntries(
    [{ id: score.id, logProb: score.logProb }, ...score.top.filter((other) => other.id !== score.id)].map(
      ({ id, logProb }) => [spell(id), finite(logProb)],
    ),
  );

/** `logprobs` of a chat choice. */
export const chatLogprobs = (tokenizer: Tokenizer, scores: readonly TokenLogProb[]) => ({
  content: scores.map((score) => ({
    ...entryOf(tokenizer, score),
    top_logprobs: score.top.map((other) => entryOf(tokenizer, other)),
  })),
});

function entryOf(tokenizer: Tokenizer, { id, logProb }: { id: number; logProb: number }) {
  const token = tokenizer.decode([id]);
  return { token, logprob: finite(logProb), bytes: [...Buffer.from(token, "utf8")] };
}
