import { detectAnswerChange } from "./detect-answer-change.ts";
import { detectBatchComposition } from "./detect-batch-composition.ts";
import { detectCpuStarvation } from "./detect-cpu-starvation.ts";
import { detectMismatch } from "./detect-mismatch.ts";
import { detectMissingFallback } from "./detect-missing-fallback.ts";
import { detectPadding } from "./detect-padding.ts";
import { detectThrash } from "./detect-thrash.ts";
import type { Judgement } from "./judgement.ts";
import type { PoolFacts } from "./pool-facts.ts";

/** One for each pitfall of the mission (M10). */
const DETECTORS = [
  detectThrash,
  detectPadding,
  detectAnswerChange,
  detectCpuStarvation,
  detectMismatch,
  detectBatchComposition,
  detectMissingFallback,
];

/** All that the detectors see of one pool, and where they could not check. */
export function detectPitfalls(facts: PoolFacts): Judgement {
  const judgements = DETECTORS.map((detect) => detect(facts));
  return {
    seen: judgements.flatMap(({ seen }) => seen),
    blind: judgements.flatMap(({ blind }) => blind),
  };
}
