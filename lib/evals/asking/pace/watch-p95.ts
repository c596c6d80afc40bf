import type { PoolRequests } from "#lib/requests/traffic/pool-requests-store.ts";
import { binomialCdf } from "../../verdict/binomial.ts";

/** What has been found out about a pool's customers and the runs that ask beside them. In the worker's memory. */
export type P95Watch = {
  /** Runs yield because customers became slower: since when, and what was seen last; null = they do not. */
  yields: { since: number; slower: Slower } | null;
  /** When runs last yielded or resumed: what customers waited before says nothing of now. */
  changedAt: number;
  /** Until then it is known that runs are not the reason. */
  acquittedUntil: number;
};
export const newP95Watch = (): P95Watch => ({
  yields: null,
  changedAt: Number.NEGATIVE_INFINITY,
  acquittedUntil: Number.NEGATIVE_INFINITY,
});

/** Customers' p95 while a run asks, against that before it began. */
export type Slower = { p95Ms: number; beforeMs: number };

/** A run may not raise the p95 by more. */
const LIMIT = 1.1;
/** A smaller rise is noise. From a p95 of 50 ms on, which any real model has, 10 % is the limit alone. */
const LEAST_RISE_MS = 5;
/** With fewer requests before the run, nobody knows what their p95 was. */
const LEAST = 200;
/**
 * Significance levels: a run yields when the number of slow requests has a p-value below the first, and resumes when it has
 * one above the second. The p95 of a few hundred requests varies by 10 % at random, so a bare comparison stops innocent runs.
 */
const YIELDS_BELOW = 0.01;
const GOES_ON_ABOVE = 0.1;
/** Customers' requests of so long count, at most. */
export const WINDOW_MS = 2 * 60_000;
/** While runs yield, so long: customers who were slow for a moment are forgotten soon. */
const WITHOUT_MS = 30_000;
/** A yielding run resumes after this many requests without it. With fewer it is unknown whether customers are fast again. */
const LEAST_WITHOUT = 20;
/** Who has yielded for a whole window while customers stayed slow is not the reason, and must still get on. */
const ACQUITTED_FOR_MS = 15 * 60_000;

/** Requests of the last window that take longer than this count as slow; null = the p95 before the run is not known. */
export const slowAboveMs = ({ count, p95Ms }: PoolRequests): number | null =>
  p95Ms === null || count < LEAST ? null : Math.max(p95Ms * LIMIT, p95Ms + LEAST_RISE_MS);

/**
 * The earliest arrival that counts, in ms since 1970: within the last window, and since runs do what they do now. Requests
 * from before a run began must not stop it, and those that it slowed down must not keep it waiting.
 * @param startedAt when the run began
 */
export const watchedFrom = ({ yields, changedAt }: P95Watch, startedAt: number, now: number): number =>
  Math.max(now - (yields === null ? WINDOW_MS : WITHOUT_MS), changedAt, startedAt);

/**
 * Whether runs of a pool must yield because its customers became slower since the run began: if at most one request in
 * twenty exceeds `slowAboveMs`, the p95 is within the limit; significantly more means that it is above.
 * @param before of the minutes before the run began to ask
 * @param recent of those since `watchedFrom`; its `slower` counts those above `slowAboveMs(before)`
 */
export function watchP95(
  watch: P95Watch,
  { before, recent }: { before: PoolRequests; recent: PoolRequests },
  now: number,
): { watch: P95Watch; slower: Slower | null } {
  const { yields } = watch;
  const slower = slowerBy(before, recent, yields === null ? YIELDS_BELOW : GOES_ON_ABOVE);
  if (yields === null) {
    if (slower === null || now < watch.acquittedUntil) return { watch, slower: null };
    return { watch: { ...watch, yields: { since: now, slower }, changedAt: now }, slower };
  }
  const isOver = now - yields.since >= WINDOW_MS;
  if (isOver || (slower === null && recent.count >= LEAST_WITHOUT)) {
    const acquittedUntil = slower === null ? watch.acquittedUntil : now + ACQUITTED_FOR_MS;
    return { watch: { yields: null, changedAt: now, acquittedUntil }, slower: null };
  }
  const last = slower ?? yields.slower;
  return { watch: { ...watch, yields: { ...yields, slower: last } }, slower: last };
}

function slowerBy(before: PoolRequests, recent: PoolRequests, chance: number): Slower | null {
  if (slowAboveMs(before) === null || before.p95Ms === null || recent.p95Ms === null) return null;
  // one-sided binomial test: P(as many or more slow ones | a share of 0.05)
  const p = 1 - binomialCdf(recent.count, recent.slower - 1, 0.05);
  return p < chance ? { p95Ms: recent.p95Ms, beforeMs: before.p95Ms } : null;
}
