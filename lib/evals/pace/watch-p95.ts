import type { PoolRequests } from "#lib/telemetry/traffic/pool-requests-store.ts";

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

/** A run may not raise the p95 by more; once it yields, it goes on below the lower one. */
const LIMIT = 1.1;
const CALM = 1.05;
/** The p95 of fewer requests moves by more than that by itself. */
const LEAST = 200;
/** Customers' requests of so long count. */
export const WINDOW_MS = 2 * 60_000;
/** Who has yielded for a whole window while customers stayed slow is not the reason, and must still get on. */
const ACQUITTED_FOR_MS = 15 * 60_000;

/**
 * Whether runs of a pool must yield because its customers became slower since the run began.
 * @param before of the minutes before the run began to ask
 * @param recent of the last window
 */
export function watchP95(
  watch: P95Watch,
  { before, recent }: { before: PoolRequests; recent: PoolRequests },
  now: number,
): { watch: P95Watch; slower: Slower | null } {
  const slower = slowerBy(before, recent, watch.since === null ? LIMIT : CALM);
  if (slower === null) return { watch: { ...watch, since: null }, slower: null };
  if (now < watch.acquittedUntil) return { watch, slower: null };
  const since = watch.since ?? now;
  if (now - since < WINDOW_MS) return { watch: { ...watch, since }, slower };
  return { watch: { since: null, acquittedUntil: now + ACQUITTED_FOR_MS }, slower: null };
}

function slowerBy(before: PoolRequests, recent: PoolRequests, limit: number): Slower | null {
  if (before.p95Ms === null || recent.p95Ms === null || before.count < LEAST || recent.count < LEAST) return null;
  return recent.p95Ms > before.p95Ms * limit ? { p95Ms: recent.p95Ms, beforeMs: before.p95Ms } : null;
}
