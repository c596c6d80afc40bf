import type { RollupStep } from "./rollup.ts";

/** How long single requests are kept, in days. */
export const TRACES_KEPT_DAYS = 31;
export const TRACES_KEPT_MS = TRACES_KEPT_DAYS * 86_400_000;

/** How long residency intervals are kept after they ended, in days. */
export const INTERVALS_KEPT_DAYS = 31;
export const INTERVALS_KEPT_MS = INTERVALS_KEPT_DAYS * 86_400_000;

/** How long rows of each rollup step are kept, seconds. */
export const ROLLUP_KEPT_SECONDS: Record<RollupStep, number> = {
  60: 31 * 86_400,
  300: 90 * 86_400,
  3600: 400 * 86_400,
};
