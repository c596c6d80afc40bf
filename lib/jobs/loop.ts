import type { Deps } from "#lib/identity/ctx.ts";
import { runLeasedLoop } from "#lib/platform/leased-loop.ts";
import type { JobHandler } from "./job-handler.ts";
import { JOBS_LOOP } from "./run-job.ts";
import { createJobRunner, JOBS_LEASE_MS } from "./run-jobs.ts";

const INTERVAL_MS = 2_000;

/**
 * Works on jobs until `signal` aborts; resolves when the items in work have ended or were given back. One worker does so at
 * a time; another takes over when it stops, or 15 seconds after it died.
 */
export function runJobLoop(
  deps: Deps,
  signal: AbortSignal,
  handlers: readonly JobHandler[],
  options: { intervalMs?: number; holder?: string } = {},
): Promise<void> {
  const runner = createJobRunner(deps, handlers, signal);
  return runLeasedLoop(deps, signal, {
    name: JOBS_LOOP,
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    leaseMs: JOBS_LEASE_MS,
    wakesOn: ["Job"],
    holder: options.holder,
    withLease: (lease) => ({
      ...lease,
      acquire: async () => {
        const term = await lease.acquire();
        runner.holdTerm(term);
        return term;
      },
      // the items in work still write under this term
      release: async (term) => {
        await runner.ended();
        await lease.release(term);
      },
    }),
    tick: async (turn) => {
      await runner.startOpenJobs(turn.term);
      const failed = runner.takeFailures();
      if (failed.length > 0) throw new Error(failed.join("; "));
    },
  });
}
