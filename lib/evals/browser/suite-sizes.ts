/** Sizes that are offered: the least that gates, and two that prove more. */
export const SUITE_SIZES = [200, 600, 1000] as const;
/** A run of fewer prompts cannot pass. */
export const GATE_PROMPTS_MIN = 200;
/** The most prompts of a suite, wherever they come from. */
export const SUITE_PROMPTS_MAX = 1000;
