import { WAITS_FOR_TURN } from "../running/waits-for-turn.ts";

/** A run that has not ended, with its last sign of life. */
export type OpenRun = {
  id: string;
  tenantId: string;
  /** Such as "bot v3". */
  name: string;
  state: "queued" | "running";
  queuedAt: Date;
  startedAt: Date | null;
  lastAnswerAt: Date | null;
  /** By hand, and by whom; null = it is not. */
  pausedAt: Date | null;
  pausedBy: string | null;
  /** Since when it waits for customers' requests. */
  yieldingSince: Date | null;
  /** When a worker last took it up to ask. */
  askingSince: Date | null;
  samplesDone: number;
  samplesTotal: number;
  /** What it says of itself. */
  message: string | null;
};

export type Progress = {
  isStuck: boolean;
  reason: "moves" | "paused" | "yields_long" | "no_answer" | "queue_stands" | "queued_long";
  message: string;
};

const MINUTE_MS = 60_000;
/** A prompt is tried three times, a minute apart at most, and asked for two minutes each: after that it has come to something. */
const NO_ANSWER_MS = 10 * MINUTE_MS;
/** Customers come first, but somebody should know that they leave no room. */
const YIELDS_LONG_MS = 30 * MINUTE_MS;
/** Nothing runs, and nothing was taken from the queue. */
const QUEUE_STANDS_MS = 15 * MINUTE_MS;
/** However busy the queue is. */
const QUEUED_LONG_MS = 4 * 60 * MINUTE_MS;

/**
 * Whether a run has made no progress for longer than it may.
 * @param queueMovedAt the last answer or end of any run; null = never
 */
export function judgeProgress(run: OpenRun, queueMovedAt: Date | null, now: Date): Progress {
  const { name, state, queuedAt, startedAt, lastAnswerAt, samplesDone, samplesTotal } = run;
  const since = (...moments: (Date | null)[]) => now.getTime() - Math.max(...moments.map((at) => at?.getTime() ?? 0));
  const progress = (reason: Progress["reason"], text: string): Progress => ({
    isStuck: reason !== "moves" && reason !== "paused",
    reason,
    message: `${name}: ${text}`,
  });
  if (run.pausedAt !== null)
    return progress("paused", `paused by ${run.pausedBy ?? "somebody"} for ${minutes(since(run.pausedAt))}.`);
  if (run.yieldingSince !== null && since(run.yieldingSince) < YIELDS_LONG_MS)
    return progress("moves", run.message ?? "");
  if (run.yieldingSince !== null)
    return progress("yields_long", `yields for ${minutes(since(run.yieldingSince))}. ${run.message ?? ""}`);
  if (state === "running") {
    // one that was resumed may wait for its turn while another is asked
    const moved = run.message === WAITS_FOR_TURN ? queueMovedAt : null;
    const still = since(queuedAt, startedAt, lastAnswerAt, run.askingSince, moved);
    const asked = `${samplesDone} of ${samplesTotal} prompts are answered`;
    return still >= NO_ANSWER_MS
      ? progress("no_answer", `${asked}, and none for ${minutes(still)}.`)
      : progress("moves", `${asked}.`);
  }
  const waits = since(queuedAt);
  const stands = since(queuedAt, queueMovedAt);
  const why = run.message === null ? "" : ` ${run.message}`;
  if (stands >= QUEUE_STANDS_MS)
    return progress("queue_stands", `queued, and no run moved for ${minutes(stands)}.${why}`);
  if (waits >= QUEUED_LONG_MS) return progress("queued_long", `queued for ${minutes(waits)}.${why}`);
  return progress("moves", "queued.");
}

function minutes(ms: number): string {
  const count = Math.floor(ms / MINUTE_MS);
  return count < 120 ? `${count} min` : `${Math.floor(count / 60)} h`;
}
