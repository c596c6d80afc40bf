import { missRate } from "../browser/what-a-pass-proves.ts";
import type { ModeMeasures } from "./measure-mode.ts";

/** A share for sentences: two digits, "1.49 %". */
export function formatShare(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}

/**
 * What a mode proved about the true regression rate, in the only words a gate may use: never "no regression", always a
 * bound and its confidence: "at most 1.49 % with 95 % confidence".
 */
export function summarise(measures: Pick<ModeMeasures, "n" | "U95">): string {
  if (measures.n === 0) return "nothing is known: no prompt has a complete set of samples";
  return `at most ${formatShare(measures.U95)} with 95 % confidence`;
}

/** A regression this small is what a gate of a few hundred prompts misses now and then. */
const SMALL_RATE = 0.01;

/** What a pass of so many prompts cannot rule out, said beside it: how often a small regression goes unseen. */
export function formatBlindSpot(prompts: number): string {
  const missed = Math.round(missRate(prompts, SMALL_RATE) * 100);
  const often = missed === 0 ? "less than once in 100 gates" : `in ${missed} of 100 gates`;
  return `A version that breaks 1 % of all such prompts would pass ${often} of ${prompts} prompts.`;
}
