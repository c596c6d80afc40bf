import type { CutoverPlan, PlanChoice } from "./plan-schema.ts";

/** How a cutover goes that nobody has planned otherwise. */
export const DEFAULT_PLAN: CutoverPlan = {
  shadow: true,
  weights: [1, 5, 25, 50],
  minRequests: 30,
  minMinutes: 10,
  maxMinutes: 240,
  soakMinutes: 60,
};

/** Behind its gate, but with no step in between: the pointer moves once the version is warm. */
export const AT_ONCE = { shadow: false, weights: [], soakMinutes: 0 } satisfies PlanChoice;
