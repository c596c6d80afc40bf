import type { SampleSide } from "../schema.ts";
import type { PairedSamples, Take } from "./tally.ts";

type Answer = Take & { caseId: string; side: SampleSide };

/** The answers of one decoding mode by prompt, in the suite's order; prompts without any answer are left out. */
export function pairAnswers(caseIds: readonly string[], answers: readonly Answer[]): PairedSamples[] {
  const byCase = new Map<string, Record<SampleSide, Take[]>>();
  for (const { caseId, side, take, status } of answers) {
    const sides = byCase.get(caseId) ?? { baseline: [], candidate: [], baseline_repeat: [] };
    sides[side].push({ take, status });
    byCase.set(caseId, sides);
  }
  return caseIds.flatMap((caseId) => {
    const found = byCase.get(caseId);
    if (!found) return [];
    const { baseline, candidate, baseline_repeat: baselineRepeat } = found;
    return [{ caseId, baseline, candidate, baselineRepeat }];
  });
}
