import type { Deps } from "#lib/identity/ctx.ts";
import { createLease, processHolder } from "#lib/platform/lease.ts";
import { runLoop } from "#lib/platform/loop.ts";
import { scrubRound } from "./scrub-round.ts";

export const SCRUB_LOOP = "scrub";
const INTERVAL_MS = 30_000;
const LEASE_MS = 90_000;

/**
 * Proves the adapter store's bytes again and again, until `signal` aborts. What cannot be read at present is the run's
 * error, so that it shows where loops are watched; nothing is quarantined for it.
 */
export const runScrubLoop = (deps: Deps, signal: AbortSignal): Promise<void> =>
  runLoop({
    name: SCRUB_LOOP,
    intervalMs: INTERVAL_MS,
    jitterRatio: 0.1,
    clock: deps.clock,
    random: Math.random,
    signal,
    lease: createLease(deps.db, { name: SCRUB_LOOP, holder: processHolder, ttlMs: LEASE_MS }),
    tick: async (turn) => {
      const round = await scrubRound(deps, { name: SCRUB_LOOP, term: turn.term }, turn.signal);
      const [first, ...more] = round.unreadable;
      if (first)
        throw new Error(`${first.storePath}: ${first.message}${more.length > 0 ? ` (and ${more.length} more)` : ""}`);
    },
    log: deps.log,
  });
