import type { AlertRule } from "../browser/rule-table.ts";

const SECOND = 1_000;
const MINUTE = 60_000;

/** Recent requests are judged over this. */
export const WINDOW_MS = 5 * MINUTE;
/** The part of its limit below which a figure is clear of it: see `judgeThreshold`. */
export const CLEAR_SHARE = { evictions: 0.8, fallback_share: 0.5, burn: 0.8, p95_over: 0.9 } as const;
/** Bad requests of so long made an objective's alert begin. */
export const SEEN_OVER_MS: Partial<Record<AlertRule, number>> = {
  burn_fast: WINDOW_MS,
  burn_slow: 6 * 60 * MINUTE,
  p95_over: WINDOW_MS,
};
/** A tenant is on fallback from this share on, of at least so many answers. */
export const FALLBACK_SHARE = 0.2;
export const FALLBACK_LEAST = 5;
/** A node whose metrics were last read before this is not seen. */
export const SCRAPE_STALE_MS = MINUTE;
/** Gateways report each 2 s; one that has not for so long may be gone. */
export const GATEWAY_SILENT_MS = 20 * SECOND;
/** Who last evaluated the rules longer ago than this was away itself, and cannot tell since when others are. */
export const EVALUATED_LATELY_MS = MINUTE;
/** A condition that nobody renewed for this long tells nothing. */
export const CONDITION_STALE_MS = 90 * SECOND;
export const KEY_NOTICE_MS = 7 * 24 * 60 * MINUTE;
