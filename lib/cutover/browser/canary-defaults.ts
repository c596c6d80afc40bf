import { DEFAULT_VALUES } from "#lib/pools/browser/setting-defaults.ts";
import type { CutoverPlan, PlanChoice } from "./plan-schema.ts";

/** How a cutover goes that nobody has planned otherwise, as long as nobody has changed the settings. */
export const DEFAULT_PLAN: CutoverPlan = {
  shadow: DEFAULT_VALUES.cutoverShadow,
  weights: DEFAULT_VALUES.cutoverWeights,
  minRequests: DEFAULT_VALUES.cutoverMinRequests,
  minMinutes: DEFAULT_VALUES.cutoverStepMinutes,
  maxMinutes: 240,
  soakMinutes: DEFAULT_VALUES.cutoverSoakMinutes,
};

/** Behind its gate, but with no step in between: the pointer moves once the version is warm. */
export const AT_ONCE = { shadow: false, weights: [], soakMinutes: 0 } satisfies PlanChoice;
