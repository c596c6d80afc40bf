import type { Deps } from "#lib/identity/ctx.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import { sweepTables } from "./sweep.ts";

export const RETENTION_LOOP = "retention";
const INTERVAL_MS = 3_600_000;
const LEASE_MS = 120_000;

/** Deletes rows that are past their time, every hour until `signal` aborts. Only the holder of the lease does. */
export function runRetentionLoop(deps: Deps, signal: AbortSignal): Promise<void> {
  return runLeasedLoop(deps, signal, {
    name: RETENTION_LOOP,
    intervalMs: INTERVAL_MS,
    leaseMs: LEASE_MS,
    longestRunMs: null, // after months without a worker there are many batches
    tick: async (turn) => {
      const deleted = await sweepTables({
        deps,
        fence: { name: RETENTION_LOOP, term: turn.term },
        signal: turn.signal,
      });
      if (Object.keys(deleted).length > 0) deps.log.info("rows past their time deleted", { deleted });
    },
  });
}
