import type { Clock } from "#lib/platform/clock.ts";
import type { NewSample, SampleKey } from "./stored-sample.ts";

export type AskAll = {
  keys: readonly SampleKey[];
  /** Requests in flight at most; each slot takes the next prompt as soon as it is free. */
  slots: number;
  ask(key: SampleKey, signal: AbortSignal): Promise<NewSample>;
  /** Keeps answers. @returns false when nobody wants more: the run was cancelled */
  save(samples: readonly NewSample[]): Promise<boolean>;
  isStillWanted(): Promise<boolean>;
  clock: Clock;
  signal: AbortSignal;
};

/** `unwanted`: cancelled, or frozen for now. `in_vain`: so many failures to deliver in a row that going on would be pointless. */
export type AskEnd = { kind: "all_asked" } | { kind: "unwanted" } | { kind: "in_vain"; message: string };

const batchSize = 16;
const batchAgeMs = 1_000;
const wantedEveryMs = 1_000;
const vainMax = 16;

/**
 * Asks every key through a fixed number of slots, in order, and keeps the answers in small batches, so that little is
 * lost when the process dies.
 * @throws the signal's reason when it aborts, and whatever `ask` or `save` throw; what was answered before is kept
 */
export async function askAll(job: AskAll): Promise<AskEnd> {
  const { clock, signal, save } = job;
  const halt = new AbortController();
  const stopping = AbortSignal.any([signal, halt.signal]);
  const queue = job.keys.values();
  const batch = createBatch(save, clock);
  let end: AskEnd = { kind: "all_asked" };
  let inVain = 0;
  const stop = (reason: AskEnd) => {
    if (halt.signal.aborted) return;
    end = reason;
    halt.abort();
  };

  const slot = async () => {
    for (let next = queue.next(); !next.done && !stopping.aborted; next = queue.next()) {
      const sample = await job.ask(next.value, stopping);
      inVain = sample.rawReply === null ? inVain + 1 : 0;
      if (!(await batch.add(sample))) stop({ kind: "unwanted" });
      else if (inVain >= vainMax) stop({ kind: "in_vain", message: sample.detail.message });
    }
  };
  const watch = watchWanted(job, stopping, () => stop({ kind: "unwanted" }));
  const ends = await Promise.allSettled(Array.from({ length: job.slots }, () => haltOnError(slot(), stop)));
  try {
    if (!(await batch.flush())) stop({ kind: "unwanted" });
  } finally {
    halt.abort();
    await watch;
  }
  signal.throwIfAborted();
  const failed = ends.find((ended) => ended.status === "rejected" && !isAbort(ended.reason));
  if (failed?.status === "rejected") throw failed.reason;
  return end;
}

/** One slot's failure ends the others too; which end it is does not matter then. */
const haltOnError = (work: Promise<void>, stop: (end: AskEnd) => void): Promise<void> =>
  work.catch((error) => {
    stop({ kind: "unwanted" });
    throw error;
  });

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

/** Looks now and then whether the run is still wanted, also while every slot waits for an answer. */
async function watchWanted(job: AskAll, stopping: AbortSignal, onUnwanted: () => void): Promise<void> {
  const slept = () =>
    job.clock.sleep(wantedEveryMs, stopping).then(
      () => true,
      () => false,
    );
  while (await slept()) if (!(await job.isStillWanted())) return onUnwanted();
}

/** Collects answers and saves them once there are enough, or the oldest has waited long enough; one save at a time. */
function createBatch(save: AskAll["save"], clock: Clock) {
  let waiting: NewSample[] = [];
  let since = clock.now().getTime();
  let saving: Promise<boolean> = Promise.resolve(true);
  const flush = (): Promise<boolean> => {
    const samples = waiting;
    waiting = [];
    since = clock.now().getTime();
    saving = saving.then((isWanted) => (isWanted && samples.length > 0 ? save(samples) : isWanted));
    return saving;
  };
  return {
    flush,
    /** @returns false when nobody wants more */
    add(sample: NewSample): Promise<boolean> {
      waiting.push(sample);
      const isDue = waiting.length >= batchSize || clock.now().getTime() - since >= batchAgeMs;
      return isDue ? flush() : Promise.resolve(true);
    },
  };
}
