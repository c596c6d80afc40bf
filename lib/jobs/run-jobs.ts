import { type Deps, systemRead, systemWrite } from "#lib/identity/ctx.ts";
import { AppError, conflict, errorText } from "#lib/platform/errors.ts";
import { createLease, type Fence, processHolder, requireTerm } from "#lib/platform/lease.ts";
import type { JobHandler } from "./job-handler.ts";
import { JOBS_LOOP, runJob } from "./run-job.ts";
import { type JobRow, openJobs, setJobMessage } from "./store.ts";

/** Jobs that one worker works on at the same time; the others wait in the order of their start. */
const JOBS_MAX = 4;
export const JOBS_LEASE_MS = 15_000;

const jobsLease = (deps: Deps, holder: string) =>
  createLease(deps.db, { name: JOBS_LOOP, holder, ttlMs: JOBS_LEASE_MS });

export type JobRunner = {
  /** Starts what can be started and returns; a job that runs on is not started again. */
  startOpenJobs(term: bigint): Promise<void>;
  /** Resolves when no job is being worked on. */
  ended(): Promise<void>;
  /** What went wrong since the last call. */
  takeFailures(): string[];
  /** The lease is ours under this term, or not at all (null): work under another one stops. */
  holdTerm(term: bigint | null): void;
};

/** The jobs that this process works on. @param signal aborts when it is to stop */
export function createJobRunner(deps: Deps, handlers: readonly JobHandler[], signal: AbortSignal): JobRunner {
  const byKind = new Map(handlers.map((handler) => [handler.kind, handler]));
  const running = new Map<string, Promise<void>>();
  const failures: string[] = [];
  let held: { term: bigint; stop: AbortController } | null = null;
  signal.addEventListener("abort", () => held?.stop.abort(signal.reason), { once: true });

  const start = (job: JobRow, handler: JobHandler, fence: Fence, stop: AbortSignal) => {
    const work = runJob({ deps, fence, job, handler, signal: stop })
      .catch((error) => {
        if (stop.aborted || isLeaseLost(error)) return;
        failures.push(`${job.id}: ${errorText(error)}`);
        deps.log.error("job broke off", { jobId: job.id, kind: job.kind, error });
      })
      .finally(() => running.delete(job.id));
    running.set(job.id, work);
  };

  const holdTerm = (term: bigint | null) => {
    if (held?.term === term) return;
    held?.stop.abort(new Error("another worker holds the lease"));
    held = term === null ? null : { term, stop: new AbortController() };
    if (signal.aborted) held?.stop.abort(signal.reason);
  };

  return {
    holdTerm,
    takeFailures: () => failures.splice(0),
    ended: async () => {
      while (running.size > 0) await Promise.all(running.values());
    },
    async startOpenJobs(term) {
      holdTerm(term);
      const fence = { name: JOBS_LOOP, term };
      for (const job of await systemRead(deps, JOBS_LOOP, (ctx) => openJobs(ctx.tx))) {
        if (held === null || held.stop.signal.aborted || running.size >= JOBS_MAX) return;
        if (running.has(job.id)) continue;
        const handler = byKind.get(job.kind);
        if (handler) start(job, handler, fence, held.stop.signal);
        else await noteUnknown(deps, fence, job);
      }
    },
  };
}

const isLeaseLost = (error: unknown) => error instanceof AppError && error.reason === "lease_lost";

/** A worker of another release may know it, so it waits, and says why. */
async function noteUnknown(deps: Deps, fence: Fence, job: JobRow): Promise<void> {
  const message = `The worker does not know jobs of the kind ${job.kind}. Bring it to the release of the console.`;
  if (job.message === message) return;
  await systemWrite(deps, JOBS_LOOP, async ({ tx }) => {
    await requireTerm(tx, fence);
    await setJobMessage(tx, job.id, message);
  });
}

/**
 * Works on every open job until it has ended, or `signal` aborts; for tests and tools.
 * @throws AppError `conflict` (`lease_held`) while a worker runs; Error with what broke off
 */
export async function runJobsOnce(
  deps: Deps,
  handlers: readonly JobHandler[],
  options: { holder?: string; signal?: AbortSignal } = {},
): Promise<void> {
  const lease = jobsLease(deps, options.holder ?? processHolder);
  const signal = options.signal ?? new AbortController().signal;
  const runner = createJobRunner(deps, handlers, signal);
  const term = await lease.acquire();
  if (term === null) throw conflict("lease_held", "A worker runs the jobs already.");
  const known = new Set(handlers.map(({ kind }) => kind));
  try {
    for (;;) {
      await runner.startOpenJobs(term);
      await runner.ended();
      const failures = runner.takeFailures();
      if (failures.length > 0) throw new Error(failures.join("; "));
      const open = await systemRead(deps, JOBS_LOOP, (ctx) => openJobs(ctx.tx));
      if (signal.aborted || !open.some(({ kind }) => known.has(kind))) return;
    }
  } finally {
    await lease.release(term);
  }
}
