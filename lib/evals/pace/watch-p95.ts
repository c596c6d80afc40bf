import type { PoolRequests } from "#lib/telemetry/traffic/pool-requests-store.ts";
import { binomialCdf } from "../binomial.ts";

/** What has been found out about a pool's customers and the runs that ask beside them. In the worker's memory. */
export type P95Watch = {
  /** Since when runs yield because customers became slower; null = they do not. */
  since: number | null;
  /** Until then it is known that runs are not the reason. */
  acquittedUntil: number;
};
export const newP95Watch = (): P95Watch => ({ since: null, acquittedUntil: Number.NEGATIVE_INFINITY });

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
/** Customers' requests of so long count. */
export const WINDOW_MS = 2 * 60_000;
/** Who has yielded for a whole window while customers stayed slow is not the reason, and must still get on. */
const ACQUITTED_FOR_MS = 15 * 60_000;

/** Requests of the last window that take longer than this count as slow; null = the p95 before the run is not known. */
export const slowAboveMs = ({ count, p95Ms }: PoolRequests): number | null =>
  p95Ms === null || count < LEAST ? null : Math.max(p95Ms * LIMIT, p95Ms + LEAST_RISE_MS);

/**
 * Whether runs of a pool must yield because its customers became slower since the run began: if at most one request in
 * twenty exceeds `slowAboveMs`, the p95 is within the limit; significantly more means that it is above.
 * @param before of the minutes before the run began to ask
 * @param recent of the last window; its `slower` counts those above `slowAboveMs(before)`
 */
export function watchP95(
  watch: P95Watch,
  { before, recent }: { before: PoolRequests; recent: PoolRequests },
  now: number,
): { watch: P95Watch; slower: Slower | null } {
  const slower = slowerBy(before, recent, watch.since === null ? YIELDS_BELOW : GOES_ON_ABOVE);
  if (slower === null) return { watch: { ...watch, since: null }, slower: null };
  if (now < watch.acquittedUntil) return { watch, slower: null };
  const since = watch.since ?? now;
  if (now - since < WINDOW_MS) return { watch: { ...watch, since }, slower };
  return { watch: { since: null, acquittedUntil: now + ACQUITTED_FOR_MS }, slower: null };
}

function slowerBy(before: PoolRequests, recent: PoolRequests, chance: number): Slower | null {
  if (slowAboveMs(before) === null || before.p95Ms === null || recent.p95Ms === null) return null;
  // one-sided binomial test: P(as many or more slow ones | a share of 0.05)
  const p = 1 - binomialCdf(recent.count, recent.slower - 1, 0.05);
  return p < chance ? { p95Ms: recent.p95Ms, beforeMs: before.p95Ms } : null;
}
