import { defaultPolicy } from "../gate-policy.ts";
import type { DecodingMode } from "../schema.ts";
import type { RunConditions } from "./run-conditions.ts";

type Sampling = RunConditions["sampling"][string];
/** Room for the longest right answer of a suite several times over; a reply that reaches it is cut off and invalid. */
const maxTokens = 1_024;
/** Seeds of two takes lie further apart than the prompts of the largest suite. */
const takeStride = 1_009;

/**
 * How each mode decodes. The seed follows from the suite alone, so every side and every run of a suite rolls the same
 * dice, and trying again is no way to a luckier throw.
 */
export function samplingOf(suiteHash: string): Record<DecodingMode, Sampling> {
  // 28 bits: the largest suite on top still fits the catalog's 31
  const seed = Number.parseInt(suiteHash.slice(0, 7), 16);
  const { takes } = defaultPolicy;
  return {
    greedy: { temperature: 0, topP: 1, seeds: [], maxTokens, takes: takes.greedy },
    sampled: { temperature: 0.7, topP: 0.95, seeds: [seed], maxTokens, takes: takes.sampled },
  };
}

/** The seed of a take of the prompt at this place of the suite; null where nothing is drawn by lot. */
export function seedAt(sampling: Sampling, { ordinal, take }: { ordinal: number; take: number }): number | null {
  const first = sampling.seeds[0];
  return first === undefined ? null : first + ordinal + (take - 1) * takeStride;
}
