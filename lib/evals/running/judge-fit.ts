import { promptText } from "../asking/ask-gateway.ts";
import type { EvalCase } from "../eval-case.ts";

type Prompt = Pick<EvalCase, "ordinal" | "category" | "messages" | "tools">;
export type Measured = Pick<EvalCase, "ordinal" | "category"> & { tokens: number };

/** Left for the answer: the longest right answer of a generated suite takes 220. */
export const ANSWER_TOKENS = 256;
/** What a chat template adds at most. */
const TEMPLATE_BYTES = 1_024;
/** Templates print JSON with spaces that ours does not have. */
const SPACES = 1.5;

/** Prompts that could be too long, the longest first: a token is at least one byte, so that the rest needs no counting. */
export const suspects = <P extends Prompt>(prompts: readonly P[], maxModelLen: number): P[] =>
  prompts
    .map((prompt) => ({ prompt, bytes: Buffer.byteLength(promptText(prompt)) * SPACES + TEMPLATE_BYTES }))
    .filter(({ bytes }) => bytes + ANSWER_TOKENS > maxModelLen)
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ prompt }) => prompt);

/** Why a suite cannot be asked of a pool, and what to do; null = every prompt fits. */
export function judgeFit(
  measured: readonly Measured[],
  { poolName, maxModelLen, promptCount }: { poolName: string; maxModelLen: number; promptCount: number },
): string | null {
  const misfits = measured.filter(({ tokens }) => tokens + ANSWER_TOKENS > maxModelLen);
  const longest = misfits.reduce<Measured | null>(
    (most, one) => (most && most.tokens >= one.tokens ? most : one),
    null,
  );
  if (longest === null) return null;
  const count = (value: number) => value.toLocaleString("en-US");
  // a node counts no further than one past its limit
  const tokens = longest.tokens > maxModelLen ? `more than ${count(maxModelLen)}` : count(longest.tokens);
  return [
    `${misfits.length} of ${promptCount} prompts ${misfits.length === 1 ? "is" : "are"} too long for pool ${poolName}: max_model_len is ${count(maxModelLen)} tokens, and an answer needs ${ANSWER_TOKENS} of them.`,
    `The longest is prompt ${longest.ordinal} (${longest.category}) with ${tokens} tokens. Nothing was asked.`,
    "Use a suite with shorter prompts, or raise max_model_len in the pool's settings.",
  ].join(" ");
}
