import { type Ctx, type Deps, systemWrite } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import { type Fence, requireTerm } from "#lib/platform/lease.ts";
import { allowedActor, RightsLost } from "./act-as.ts";
import {
  beginJob,
  claimItem,
  giveBackItem,
  isCancelled,
  isJobDone,
  type Lane,
  settleItem,
  takeOverItems,
} from "./claim-store.ts";
import type { ItemOutcome, JobHandler, RunningItem, RunningJob } from "./job-handler.ts";
import { closeJob, endPending, type JobRow, lockJob } from "./store.ts";

export const JOBS_LOOP = "jobs";
const ATTEMPTS_MAX = 3;
const CONCURRENCY_MAX = 16;
/** How long an item may go on after the worker was told to stop. */
const GRACE_MS = 15_000;
const BROKEN_OFF = "Cancelled after its worker had stopped; it may be half done.";

type JobRun = {
  deps: Deps;
  fence: Fence;
  job: JobRow;
  handler: JobHandler;
  signal: AbortSignal;
  /** Set once whoever started the job may not go on. */
  lost: string | null;
  /** The last position claimed in each lane. */
  claimed: Record<Lane, number>;
};

const write = <T>({ deps, fence }: Pick<JobRun, "deps" | "fence">, change: (ctx: Ctx) => Promise<T>): Promise<T> =>
  systemWrite(deps, JOBS_LOOP, async (ctx) => {
    await requireTerm(ctx.tx, fence);
    return change(ctx);
  });

/**
 * Works on a job until none of its items waits, or the worker stops. Items that a worker died over come first and one at a
 * time, so that an item which kills its worker takes no others down with it.
 * @throws what the database threw; the items in work are taken up again at the next turn
 */
export async function runJob(given: Omit<JobRun, "lost" | "claimed">): Promise<void> {
  const run: JobRun = { ...given, lost: null, claimed: { again: -1, first: -1 } };
  const begun = await write(run, async ({ tx, clock }) => {
    if (!(await beginJob(tx, run.job.id, clock.now()))) return false;
    await takeOverItems(tx, run.job.id, {
      attempts: ATTEMPTS_MAX,
      message: `The worker died ${ATTEMPTS_MAX} times while it worked on this.`,
      fix: "Look for the reason in the worker's log, then try it again.",
      now: clock.now(),
    });
    return true;
  });
  if (!begun) return;
  await runLane(run, "again");
  const lanes = Math.min(CONCURRENCY_MAX, Math.max(1, run.handler.concurrency ?? 1));
  const ended = await Promise.allSettled(Array.from({ length: lanes }, () => runLane(run, "first")));
  const failed = ended.find((lane) => lane.status === "rejected");
  if (failed) throw failed.reason;
  await closeWhenDone(run);
}

/** One item after the other; each outcome is written together with the claim of the next. */
async function runLane(run: JobRun, lane: Lane): Promise<void> {
  let settle: ((ctx: Ctx) => Promise<unknown>) | null = null;
  for (;;) {
    const before = settle;
    const item = await write(run, async (ctx) => {
      await before?.(ctx);
      return run.signal.aborted || run.lost !== null ? null : claimNext(run, lane, ctx);
    });
    if (item === null) return;
    settle = await workOn(run, item);
  }
}

/** Rights are looked at before each item: what was allowed at the start may not be any more. */
async function claimNext(run: JobRun, lane: Lane, { tx, clock }: Ctx): Promise<RunningItem | null> {
  const actor = await allowedActor(tx, run.job.startedBy, run.handler.action, clock.now());
  if ("lost" in actor) {
    run.lost = actor.lost;
    return null;
  }
  const item = await claimItem(tx, run.job.id, lane, { after: run.claimed[lane], now: clock.now() });
  if (item !== null) run.claimed[lane] = Math.max(run.claimed[lane], item.position);
  return item;
}

/** @returns how its end is written */
async function workOn(run: JobRun, item: RunningItem): Promise<(ctx: Ctx) => Promise<unknown>> {
  const { id, kind, title, input } = run.job;
  const hold = { fence: run.fence, jobId: id, position: item.position, attempt: item.attempt };
  const job: RunningJob = { id, kind, title, input, action: run.handler.action, hold };
  const outcome = await attempt(run, job, item);
  return async ({ tx, clock }) =>
    outcome === "given_back" ? giveBackItem(tx, hold) : settleItem(tx, hold, outcome, clock.now());
}

async function attempt(run: JobRun, job: RunningJob, item: RunningItem): Promise<ItemOutcome | "given_back"> {
  const timer = new AbortController();
  const work = run.handler.runItem(run.deps, job, item, run.signal);
  try {
    return await Promise.race([work, graceIsOver(run, timer.signal)]);
  } catch (error) {
    // what an aborted item throws says nothing about the item
    return run.signal.aborted ? "given_back" : outcomeOf(run, item, error);
  } finally {
    timer.abort();
    work.catch(() => {}); // given back: whatever it still throws, its writes are refused
  }
}

/** Resolves when the worker was told to stop and an item has had its time; else never. */
function graceIsOver({ deps, signal }: JobRun, ended: AbortSignal): Promise<"given_back"> {
  return new Promise((resolve) => {
    const wait = () =>
      deps.clock.sleep(GRACE_MS, ended).then(
        () => resolve("given_back"),
        () => {}, // the item ended first
      );
    if (signal.aborted) void wait();
    else {
      signal.addEventListener("abort", wait, { once: true });
      ended.addEventListener("abort", () => signal.removeEventListener("abort", wait), { once: true });
    }
  });
}

function outcomeOf(run: JobRun, item: RunningItem, error: unknown): ItemOutcome {
  if (error instanceof RightsLost) {
    run.lost = error.message;
    return rightsLost(error.message);
  }
  if (error instanceof AppError) return { state: "failed", message: error.message, fix: error.fix };
  run.deps.log.error("job item failed", { jobId: run.job.id, kind: run.job.kind, key: item.key, error });
  return {
    state: "failed",
    message: "It failed for a reason of Switchyard's own.",
    fix: `Try it again; if it fails again, look in the worker's log for ${run.job.id}.`,
  };
}

const rightsLost = (message: string): ItemOutcome & { fix: string } => ({
  state: "failed",
  message,
  fix: "Ask a person with that right to retry the failed items. The job then continues in their name.",
});

/** The last lane to end closes the job; items that were given back leave it open. */
const closeWhenDone = (run: JobRun): Promise<void> =>
  write(run, async ({ tx, clock }) => {
    const { id } = run.job;
    const now = clock.now();
    await lockJob(tx, id);
    if (run.lost !== null) {
      const { message, fix } = rightsLost(run.lost);
      await endPending(tx, id, { state: "failed", message, fix, now });
      await closeJob(tx, id, { state: "failed", message: run.lost, now });
      return;
    }
    const cancelled = await isCancelled(tx, id);
    // what a dead worker had begun, or a stopping one gave back, is not begun again
    if (cancelled) await endPending(tx, id, { state: "skipped", message: BROKEN_OFF, fix: null, now });
    if (!(await isJobDone(tx, id))) return;
    await closeJob(tx, id, { state: cancelled ? "cancelled" : "completed", message: null, now });
  });
