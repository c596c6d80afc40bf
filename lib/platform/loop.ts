import type { Clock } from "./clock.ts";
import { errorText } from "./errors.ts";
import type { Lease } from "./lease.ts";
import type { Log } from "./log.ts";
import type { LoopRegistry, LoopState } from "./loop-registry.ts";
import { forMany } from "./shared-signal.ts";

/** One run of a loop. `signal` aborts at shutdown and when the lease is lost; `term` fences every write. */
export type Turn = { signal: AbortSignal; term: bigint };

export type LoopOptions = {
  name: string;
  /** Pause between the end of a run and the start of the next. */
  intervalMs: number;
  /** A run that lasts longer hangs, and is told as late; null = it may last for hours. */
  longestRunMs: number | null;
  /** The pause is stretched by up to this share at random, so that loops do not march in step. */
  jitterRatio: number;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  signal: AbortSignal;
  /** Subscribes to "there is work"; a missed wake-up costs one interval, never correctness. */
  wake?: (onWake: () => void) => () => void | Promise<void>;
  /** Least pause before a run that a wake-up asked for, so that a loop's own writes cannot make it spin. */
  wakeGapMs?: number;
  lease: Lease;
  tick: (turn: Turn) => Promise<void>;
  /** Receives what the loop is doing, for who watches over the process. */
  book?: LoopRegistry | undefined;
  /** What each run leaves on its lease, asked when it ends. */
  note?: () => Record<string, unknown>;
  log: Log;
};

/**
 * Runs `tick` for ever under its lease and survives whatever it throws. Resolves once `signal` has aborted, the run in
 * progress has ended and the lease is handed back.
 */
export async function runLoop(options: LoopOptions): Promise<void> {
  const log = options.log.child({ loop: options.name });
  const bell = createBell();
  const unsubscribe = options.wake?.(bell.ring);
  let term: bigint | null = null;
  const { name, longestRunMs } = options;
  const everyMs = options.intervalMs * (1 + options.jitterRatio);
  const noteState = (state: LoopState["state"]) =>
    options.book?.note({ name, everyMs, longestRunMs }, state, options.clock.now());
  noteState("starting");
  while (!options.signal.aborted) {
    term = await acquireOrNull(options.lease, log);
    if (term !== null) {
      bell.silence();
      noteState("running");
      await runOnce(options, term, log);
    }
    noteState(term === null ? "standby" : "waiting");
    await pause(options, bell, term !== null);
  }
  options.book?.end(name);
  await unsubscribe?.();
  if (term !== null)
    await options.lease.release(term).catch((error) => log.warn("lease not handed back", { error: errorText(error) }));
}

/** A database that is away must not end the loop: it counts as not holding the lease. */
const acquireOrNull = (lease: Lease, log: Log): Promise<bigint | null> =>
  lease.acquire().catch((error) => {
    log.error("lease not reached", { error: errorText(error) });
    return null;
  });

async function runOnce(options: LoopOptions, term: bigint, log: Log): Promise<void> {
  const { clock, lease } = options;
  const ended = new AbortController();
  const turn = linkedTo(options.signal);
  const heartbeat = keepLease(options, term, ended.signal, turn.controller, log);
  const startedAt = clock.now();
  let failure: string | null = null;
  try {
    await options.tick({ signal: turn.controller.signal, term });
  } catch (error) {
    failure = errorText(error);
    if (!options.signal.aborted) log.error("run failed", { error });
  }
  ended.abort();
  turn.unlink();
  await heartbeat;
  const at = clock.now();
  log.debug("run ended", { durationMs: at.getTime() - startedAt.getTime(), failed: failure !== null });
  const error = options.signal.aborted ? null : failure;
  const note = options.note ? { note: options.note() } : {};
  await lease
    .report(term, { at, error, ...note })
    .catch((cause) => log.error("run not recorded", { error: errorText(cause) }));
}

/** Prolongs the lease while a run lasts; aborts the run when somebody else has it, or when it may have expired. */
async function keepLease(
  options: LoopOptions,
  term: bigint,
  ended: AbortSignal,
  turn: AbortController,
  log: Log,
): Promise<void> {
  const { clock, lease } = options;
  let heldSince = clock.now().getTime();
  while (await slept(clock, lease.ttlMs / 3, ended)) {
    try {
      if ((await lease.acquire()) !== term) return turn.abort(new Error("another worker holds the lease"));
      heldSince = clock.now().getTime();
    } catch (error) {
      log.warn("lease not prolonged", { error: errorText(error) });
      if (clock.now().getTime() - heldSince >= lease.ttlMs) return turn.abort(new Error("the lease may have expired"));
    }
  }
}

/** Waits for the next run: the whole interval, or until somebody rings. A standby only watches the lease. */
async function pause(options: LoopOptions, bell: Bell, isHolder: boolean): Promise<void> {
  const { clock, signal, intervalMs, random } = options;
  const wholeMs = intervalMs * (1 + options.jitterRatio * random());
  if (!isHolder) return void (await slept(clock, wholeMs, signal));
  const gapMs = Math.min(options.wakeGapMs ?? 250, wholeMs);
  if (!(await slept(clock, gapMs, signal))) return;
  const woken = linkedTo(signal);
  bell.onRing(() => woken.controller.abort());
  await slept(clock, wholeMs - gapMs, woken.controller.signal);
  bell.onRing(null);
  woken.unlink();
}

/** A controller that follows `parent` until unlinked. (`AbortSignal.any` would leave a trace on it for each run.) */
function linkedTo(parent: AbortSignal): { controller: AbortController; unlink: () => void } {
  const controller = new AbortController();
  forMany(controller.signal); // a run may ask every node at once
  const follow = () => controller.abort(parent.reason);
  if (parent.aborted) follow();
  parent.addEventListener("abort", follow, { once: true });
  return { controller, unlink: () => parent.removeEventListener("abort", follow) };
}

/** @returns false when the signal ended the sleep */
const slept = (clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> =>
  clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );

type Bell = { ring(): void; silence(): void; onRing(listener: (() => void) | null): void };

/** Remembers that somebody rang while nobody listened: work that arrives during a run is seen right after it. */
function createBell(): Bell {
  let rung = false;
  let listener: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      listener?.();
    },
    silence() {
      rung = false;
    },
    onRing(next) {
      listener = next;
      if (rung) next?.();
    },
  };
}
