import type { Clock } from "#lib/platform/clock.ts";
import { sharedSignal } from "#lib/platform/shared-signal.ts";
import type { NewSample, SampleKey } from "../stored-sample.ts";
import { createPromptQueue } from "./pace/prompt-queue.ts";
import { createTries, type InTurn } from "./pace/tries.ts";
import type { Turns } from "./pace/turns.ts";

export type AskAll = {
  keys: readonly SampleKey[];
  /** How many requests may be in flight. */
  turns: Turns;
  /** What a node has to hold to answer. */
  adapterOf(key: SampleKey): string;
  ask(key: SampleKey, tries: { inTurn: InTurn; signal: AbortSignal }): Promise<NewSample>;
  /** Keeps answers. @returns false when nobody wants more: the run was cancelled */
  save(samples: readonly NewSample[]): Promise<boolean>;
  directive(): Promise<Directive>;
  clock: Clock;
  signal: AbortSignal;
};

/**
 * What is wanted of a run now. `go_on`: at most so many at a time, null = as many as are answered; `ask_no_more`: what is
 * in flight may still be answered; `stop`: not even that.
 */
export type Directive = { kind: "go_on"; most: number | null } | { kind: "ask_no_more" } | { kind: "stop" };

/** `unwanted`: cancelled, or not for now. `in_vain`: so many failures to deliver in a row that going on would be pointless. */
export type AskEnd = { kind: "all_asked" } | { kind: "unwanted" } | { kind: "in_vain"; message: string };

const batchSize = 16;
const batchAgeMs = 1_000;
const directiveEveryMs = 1_000;
const vainMax = 16;
/** Prompts between two tries, or waiting to be kept, beside those in flight: a catalog that is away ends the asking. */
const openMax = 128;

/**
 * Asks every key, adapter by adapter: the next one's turn comes when the last answer of the one before is there, so that no
 * late try brings an adapter back. Answers are kept in small batches, so that little is lost when the process dies.
 * @throws the signal's reason when it aborts, and whatever `ask` or `save` throw; what was answered before is kept
 */
export async function askAll(job: AskAll): Promise<AskEnd> {
  const { clock, signal, save, turns } = job;
  const batch = createBatch(save, clock);
  const state = createRunState(signal);
  const queue = createPromptQueue(job.keys, { adapterOf: job.adapterOf, promptOf: ({ ordinal }) => ordinal });
  const open = createOpen();
  let inVain = 0;

  const askOne = async (key: SampleKey, tries: ReturnType<typeof createTries>) => {
    try {
      const sample = await job.ask(key, { inTurn: tries.inTurn, signal: state.stopping });
      if (sample.latencyMs !== null) queue.learn(key, sample.latencyMs);
      inVain = sample.rawReply === null ? inVain + 1 : 0;
      if (!(await batch.add(sample))) state.end({ kind: "unwanted" }, "at_once");
      else if (inVain >= vainMax) state.end({ kind: "in_vain", message: sample.detail.message }, "at_once");
    } catch (error) {
      state.fail(error);
    } finally {
      tries.giveBack();
    }
  };
  const askEach = async () => {
    for (let last = queue.adapter(); queue.adapter() !== null; ) {
      await open.until(queue.adapter() === last ? openMax : 0, state.draining);
      const turn = await turns.take("new", state.draining);
      last = queue.adapter();
      const key = queue.next();
      if (key === null) return turn.end({ kind: "other", retryAfterMs: null });
      open.add(askOne(key, createTries(turns, turn, state.draining)));
    }
  };
  const watch = watchDirective(job, state);
  await askEach().catch(state.fail);
  await open.until(0, null);
  try {
    if (!(await batch.flush())) state.end({ kind: "unwanted" }, "at_once");
  } finally {
    state.end({ kind: "all_asked" }, "at_once");
    await watch;
  }
  signal.throwIfAborted();
  return state.result();
}

/** How a run of questions ends: the first reason counts. */
function createRunState(signal: AbortSignal) {
  const halt = new AbortController();
  const drain = new AbortController();
  const stopping = sharedSignal(signal, halt.signal);
  const draining = sharedSignal(stopping, drain.signal);
  let end: AskEnd | { kind: "failed"; error: unknown } | null = null;
  return {
    /** What is in flight breaks off. */
    stopping,
    /** Nothing more is asked. */
    draining,
    end(reason: AskEnd, how: "at_once" | "after_answers") {
      end ??= reason;
      (how === "at_once" ? halt : drain).abort();
    },
    /** An error of one ends the others too. That of breaking off says nothing new. */
    fail(error: unknown) {
      if (draining.aborted && isAbort(error)) return;
      end ??= { kind: "failed", error };
      halt.abort();
    },
    result(): AskEnd {
      if (end?.kind === "failed") throw end.error;
      return end ?? { kind: "all_asked" };
    },
  };
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

/** The prompts that are being asked. */
function createOpen() {
  const open = new Set<Promise<void>>();
  return {
    add(work: Promise<void>) {
      open.add(work);
      void work.finally(() => open.delete(work));
    },
    /** Waits until at most so many are left. @throws the signal's reason when it aborts first */
    async until(most: number, signal: AbortSignal | null): Promise<void> {
      while (open.size > most) {
        signal?.throwIfAborted();
        await Promise.race(open);
      }
    },
  };
}

/** Looks now and then what is wanted of the run, also while nothing is answered. */
async function watchDirective(job: AskAll, state: ReturnType<typeof createRunState>): Promise<void> {
  const slept = () =>
    job.clock.sleep(directiveEveryMs, state.draining).then(
      () => true,
      () => false,
    );
  while (await slept()) {
    const directive = await job.directive();
    switch (directive.kind) {
      case "go_on":
        job.turns.cap(directive.most);
        break;
      case "ask_no_more":
        state.end({ kind: "unwanted" }, "after_answers");
        break;
      case "stop":
        state.end({ kind: "unwanted" }, "at_once");
    }
  }
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
