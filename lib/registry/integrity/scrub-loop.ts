import type { Deps } from "#lib/identity/ctx.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import { scrubRound } from "./scrub-round.ts";

export const SCRUB_LOOP = "scrub";
const INTERVAL_MS = 30_000;
const LEASE_MS = 90_000;

/** Some 40 MB/s are enough to read 800 GB in it. */
const LONGEST_ROUND_MS = 6 * 3_600_000;

/**
 * Proves the adapter store's bytes again and again, until `signal` aborts. What cannot be read at present is the run's
 * error, so that it shows where loops are watched; nothing is quarantined for it.
 */
export const runScrubLoop = (deps: Deps, signal: AbortSignal): Promise<void> =>
  runLeasedLoop(deps, signal, {
    name: SCRUB_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    longestRunMs: LONGEST_ROUND_MS,
    tick: async (turn) => {
      const round = await scrubRound(deps, { name: SCRUB_LOOP, term: turn.term }, turn.signal);
      const [first, ...more] = round.unreadable;
      if (first)
        throw new Error(`${first.storePath}: ${first.message}${more.length > 0 ? ` (and ${more.length} more)` : ""}`);
    },
  });
