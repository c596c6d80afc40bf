import type { OffboardingState, OffboardingStepName } from "../browser/offboarding-schema.ts";

/** What has to be over before a step may begin. Steps that need nothing of each other go on side by side. */
const NEEDS: Record<OffboardingStepName, readonly OffboardingStepName[]> = {
  traffic: [],
  work: ["traffic"],
  keys: ["traffic"],
  placements: ["work"],
  residency: ["work"],
  export: ["work", "keys"],
  artifacts: ["export"],
};

type Standing = readonly { step: OffboardingStepName; state: OffboardingState }[];

/** A step that was left as it is holds nothing up. */
const isOver = (state: OffboardingState): boolean => state === "done" || state === "skipped";

/**
 * Which steps may act now, and whether all is over, so that the tenant may be archived. What was skipped may act again: a
 * restart that comes later still clears a node. Told the same, it says the same, whoever asks.
 */
export function nextOffboardingStep(steps: Standing): { due: OffboardingStepName[]; isOver: boolean } {
  const over = new Set(steps.filter(({ state }) => isOver(state)).map(({ step }) => step));
  const due = steps
    .filter(({ step, state }) => state !== "done" && NEEDS[step].every((need) => over.has(need)))
    .map(({ step }) => step);
  return { due, isOver: steps.length > 0 && over.size === steps.length };
}
