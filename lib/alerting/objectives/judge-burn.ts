import type { AlertSeverity } from "../browser/alert-kinds.ts";
import type { ObjectiveState } from "../browser/objective-kinds.ts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Requests that count, and those among them that were good. */
export type Count = { good: number; total: number };

export type BurnTier = { severity: AlertSeverity; limit: number; longSeconds: number; shortSeconds: number };

/**
 * Pairs of windows and burn rates of the Google SRE workbook, chapter 5 ("multiwindow, multi-burn-rate alerts"). The limits
 * are a share of a 30-day budget: 2 % within 1 h, 5 % within 6 h, 10 % within 3 d. The short window, a twelfth of the long
 * one, ends an alert soon after the trouble.
 */
export const BURN_TIERS: readonly BurnTier[] = [
  { severity: "critical", limit: 14.4, longSeconds: HOUR, shortSeconds: 5 * MINUTE },
  { severity: "critical", limit: 6, longSeconds: 6 * HOUR, shortSeconds: 30 * MINUTE },
  { severity: "warning", limit: 1, longSeconds: 3 * DAY, shortSeconds: 6 * HOUR },
];

/** Fewer requests than this in a window say nothing. */
export const LEAST_REQUESTS = 10;
/** One unlucky request of a quiet tenant burns a tight budget at any pace; so many in the long window are no accident. */
export const LEAST_BAD = 3;

/**
 * How much faster than allowed the budget goes: 1 uses it up exactly at the end of its window.
 * @param goal the share of requests that must be good, below 1
 * @returns null without a request
 */
export const burnRate = ({ good, total }: Count, goal: number): number | null =>
  total === 0 ? null : (total - good) / total / (1 - goal);

/** The part of the allowed bad requests that is left, from 1 downward, below 0 once it is overdrawn; null without a request. */
export function budgetLeft(count: Count, goal: number): number | null {
  const rate = burnRate(count, goal);
  return rate === null ? null : 1 - rate;
}

/** What was counted within a tier's two windows. */
export type SeenWindows = { long: Count; short: Count; knownSeconds: number };

/**
 * bad = both windows burn at the limit or faster. Where the long one is known to be below, the short one cannot change the
 * answer; where it is not, too few requests in the short one leave it unknown, which neither fires nor resolves an alert.
 * @param seen `knownSeconds` = how far back requests were counted. Until the short window is full, both hold the same
 * requests, and a warning about three days would rest on the first minutes.
 */
export function judgeTier(
  tier: BurnTier,
  { long, short, knownSeconds }: SeenWindows,
  goal: number,
): "bad" | "good" | "unknown" {
  if (long.total < LEAST_REQUESTS) return "unknown";
  if (!isBurning(long, tier.limit, goal) || long.total - long.good < LEAST_BAD) return "good";
  if (short.total < LEAST_REQUESTS || knownSeconds < tier.shortSeconds) return "unknown";
  return isBurning(short, tier.limit, goal) ? "bad" : "good";
}

/** Whether a budget goes at a rate or faster. Shares such as 0.05 are not exact in binary: the limit itself counts. */
export const isBurning = (count: Count, limit: number, goal: number): boolean =>
  (burnRate(count, goal) ?? 0) >= limit - 1e-9;

/** The whole objective, by its own window and what burns. */
export function judgeObjective(
  window: Count,
  goal: number,
  tiers: readonly ("bad" | "good" | "unknown")[],
): ObjectiveState {
  if (window.total < LEAST_REQUESTS) return "unknown";
  if ((budgetLeft(window, goal) ?? 0) < -1e-9) return "missed";
  return tiers.includes("bad") ? "burning" : "met";
}
