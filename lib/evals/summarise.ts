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
