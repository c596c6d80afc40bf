import type { Deps } from "#lib/identity/ctx.ts";
import { processHolder } from "#lib/platform/lease.ts";
import { runLoop } from "#lib/platform/loop.ts";
import type { JobHandler } from "./job-handler.ts";
import { JOBS_LOOP } from "./run-job.ts";
import { createJobRunner, jobsLease } from "./run-jobs.ts";

const INTERVAL_MS = 2_000;

/** The table whose changes are worth a turn; "" = the listener may have missed some. */
const WAKES = new Set(["Job", ""]);

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
  const lease = jobsLease(deps, options.holder ?? processHolder);
  return runLoop({
    name: JOBS_LOOP,
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    jitterRatio: 0.1,
    clock: deps.clock,
    random: Math.random,
    signal,
    log: deps.log,
    wake: (onWake) =>
      deps.db.listen("switchyard_work", (table) => {
        if (WAKES.has(table)) onWake();
      }),
    lease: {
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
    },
    tick: async (turn) => {
      await runner.startOpenJobs(turn.term);
      const failed = runner.takeFailures();
      if (failed.length > 0) throw new Error(failed.join("; "));
    },
  });
}
