import type { Deps } from "#lib/identity/ctx.ts";
import type { Action } from "#lib/identity/policy.ts";
import type { Fence } from "#lib/platform/lease.ts";

/** The right to settle one item: lost when another worker took it, or when it was given back. */
export type Hold = { fence: Fence; jobId: string; position: number; attempt: number };

/** The job an item belongs to, as its handler sees it. */
export type RunningJob = {
  id: string;
  kind: string;
  title: string;
  /** As it was given to `startJob`. */
  input: unknown;
  action: Action;
  hold: Hold;
};

export type RunningItem = {
  position: number;
  key: string;
  label: string;
  /** As it was given to `startJob`. */
  input: unknown;
  /** 1 = the first time. More: a worker died over it, so part of it may be done. */
  attempt: number;
};

export type ItemOutcome = {
  state: "succeeded" | "failed" | "skipped";
  /** One sentence for people: what was done, or why not. */
  message: string;
  /** What to do about it. */
  fix?: string | null;
  /** An object to look at. */
  result?: { type: string; id: string } | null;
};

/**
 * What is done for each item of the jobs of one kind. A worker may die at any moment and another begins the item again, so
 * doing it twice must come to the same as doing it once.
 */
export type JobHandler = {
  kind: string;
  /** What whoever started the job must be allowed to do, when it starts and still before every item. */
  action: Action;
  /** Items of a job at the same time; 1 where it is not said, 16 at most. */
  concurrency?: number;
  /**
   * Does one item. An AppError becomes `failed` with its message and fix; anything else `failed` with a neutral message and
   * a line in the log. Write through `writeAs`, so that it happens in the name of who started the job.
   * @param signal aborts when the worker stops: throw then, and the item is given back, or finish within 15 seconds
   */
  runItem(deps: Deps, job: RunningJob, item: RunningItem, signal: AbortSignal): Promise<ItemOutcome>;
};
