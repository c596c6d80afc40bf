const CONFIDENCE = 0.95;

/**
 * The true regression rate that a pass without a single loss excludes with 95 % confidence: the exact one-sided bound for
 * no failure among n, U = 1 - 0.05^(1/n) (Clopper and Pearson, 1934); about 3/n. A share of 0 to 1.
 * @param prompts a whole number from 0 on; 0 excludes nothing: 1
 */
export const excludedRate = (prompts: number): number => (prompts <= 0 ? 1 : 1 - (1 - CONFIDENCE) ** (1 / prompts));

/**
 * How often a version that loses each answer with this probability shows none of its losses: (1 - rate)^n. What so many
 * prompts cannot rule out.
 */
export const missRate = (prompts: number, rate: number): number => (1 - rate) ** Math.max(0, prompts);

/** The fewest prompts whose pass without a loss excludes this rate: n = ln 0.05 / ln(1 - rate). @param rate between 0 and 1 */
export const promptsToExclude = (rate: number): number => Math.ceil(Math.log(1 - CONFIDENCE) / Math.log(1 - rate));
