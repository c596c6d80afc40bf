import type { CutoverPhase } from "./schema.ts";

/**
 * Every step a cutover may take. Until traffic has moved it can be aborted, afterwards rolled back; both are final. A
 * completed one can still be rolled back while its version is live.
 */
const STEPS: Record<CutoverPhase, readonly CutoverPhase[]> = {
  pending: ["warming", "aborted"],
  warming: ["shadow", "canary", "full", "aborted"],
  shadow: ["canary", "full", "aborted"],
  canary: ["full", "rolled_back"],
  full: ["soaking", "completed", "rolled_back"],
  soaking: ["completed", "rolled_back"],
  completed: ["rolled_back"],
  rolled_back: [],
  aborted: [],
};

export const canStep = (from: CutoverPhase, to: CutoverPhase): boolean => STEPS[from].includes(to);

/** Phases in which the worker still has something to do; an adapter has at most one such cutover. */
export const OPEN_PHASES = [
  "pending",
  "warming",
  "shadow",
  "canary",
  "full",
  "soaking",
] as const satisfies CutoverPhase[];

export const isOpen = (phase: CutoverPhase): boolean => OPEN_PHASES.some((open) => open === phase);
