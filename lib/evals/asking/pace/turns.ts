import type { Clock } from "#lib/platform/clock.ts";
import { type Aimd, type AimdPolicy, afterAnswer, afterBusy, afterOrder, allowedNow, startAimd } from "./aimd.ts";

/** What a request came to, as far as pacing goes. `other`: neither says that there is room nor that there is none. */
export type TurnEnd = { kind: "answered" | "busy" | "other"; retryAfterMs: number | null };

/** Leave to have one request in flight; whoever has it gives it back once. */
export type Turn = { end(how: TurnEnd): void };

/** Who waits: a prompt that is asked for the first time, or one that is asked again, which goes first. */
export type TurnKind = "new" | "again";

/**
 * Hands out turns, as many at a time as the other side bears. What it has learnt stays between runs: one object for each
 * pool, for as long as the worker lives.
 */
export type Turns = {
  /** @throws the signal's reason when it aborts first */
  take(kind: TurnKind, signal: AbortSignal): Promise<Turn>;
  /** Fewer at a time than it would bear, for a reason of ours; null = none. */
  cap(most: number | null): void;
  /** What the cap is. */
  most(): number | null;
  /** Requests in flight at most, now. */
  limit(): number;
  inFlight(): number;
};

export function createTurns(policy: AimdPolicy, clock: Clock): Turns {
  const line = createLine();
  let aimd: Aimd = startAimd(policy);
  let most: number | null = null;
  let inFlight = 0;
  let isArmed = false;
  const now = () => clock.now().getTime();
  const limit = () => Math.min(most ?? Number.POSITIVE_INFINITY, allowedNow(aimd, now()));

  const begin = (): Turn => {
    const sentAt = now();
    inFlight += 1;
    return {
      end({ kind, retryAfterMs }) {
        if (kind === "answered") aimd = afterAnswer(aimd, inFlight, policy);
        if (kind === "busy") aimd = afterBusy(aimd, sentAt, now());
        if (retryAfterMs !== null) aimd = afterOrder(aimd, retryAfterMs, now());
        inFlight -= 1;
        handOut();
      },
    };
  };
  const handOut = () => {
    while (inFlight < limit()) {
      const next = line.shift();
      if (next === null) return;
      next.grant(begin());
    }
    armWake();
  };
  /** Somebody who waits wakes up all when the server's order is over. */
  const armWake = () => {
    const heldMs = aimd.heldUntil - now();
    const sleeper = line.first();
    if (heldMs <= 0 || isArmed || sleeper === null) return;
    isArmed = true;
    const wake = () => {
      isArmed = false;
      handOut();
    };
    void clock.sleep(heldMs, sleeper.signal).then(wake, wake);
  };

  return {
    limit,
    most: () => most,
    inFlight: () => inFlight,
    cap(wanted) {
      most = wanted;
      handOut();
    },
    take(kind, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const waiting = line.join(kind, signal);
      handOut();
      return waiting;
    },
  };
}

type Waiter = { grant(turn: Turn): void; signal: AbortSignal };

/** Those who wait: who asks again first, then in the order of coming. Who gives up is out of the line at once. */
function createLine() {
  const waiting: Record<TurnKind, Waiter[]> = { new: [], again: [] };
  return {
    first: (): Waiter | null => waiting.again[0] ?? waiting.new[0] ?? null,
    shift: (): Waiter | null => waiting.again.shift() ?? waiting.new.shift() ?? null,
    join: (kind: TurnKind, signal: AbortSignal): Promise<Turn> =>
      new Promise((resolve, reject) => {
        const leave = () => {
          waiting[kind] = waiting[kind].filter((one) => one !== waiter);
          reject(signal.reason);
        };
        const waiter: Waiter = {
          signal,
          grant(turn) {
            signal.removeEventListener("abort", leave);
            resolve(turn);
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        waiting[kind].push(waiter);
      }),
  };
}
