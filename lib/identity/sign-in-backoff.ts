/** How many failures cost nothing, and how long whoever fails more often waits between two attempts. */
export type Allowance = { freeFailures: number; firstWaitMs: number; maxWaitMs: number };

/** Failures older than this count no more. */
export const FAILURE_WINDOW_MS = 15 * 60_000;

/** Of one address, or of one browser that the account signed in with before. */
export const CALLER_ALLOWANCE: Allowance = { freeFailures: 10, firstWaitMs: 1_000, maxWaitMs: 60_000 };
/** Of one account, over all addresses and unknown browsers: more than any one address can use up. */
export const ACCOUNT_ALLOWANCE: Allowance = { ...CALLER_ALLOWANCE, freeFailures: 50 };

export type Failures = { count: number; lastAt: Date | null };

/**
 * Milliseconds until the next attempt is looked at: doubling with each failure, up to a limit. It slows guessing and ends
 * by itself: a refused attempt is not a failure, so that asking again never makes the wait longer.
 */
export function waitBeforeAttempt({ count, lastAt }: Failures, allowance: Allowance, now: Date): number {
  const extra = count - allowance.freeFailures;
  if (lastAt === null || extra < 0) return 0;
  const waitMs = Math.min(allowance.maxWaitMs, allowance.firstWaitMs * 2 ** Math.min(extra, 30));
  return Math.max(0, lastAt.getTime() + waitMs - now.getTime());
}
