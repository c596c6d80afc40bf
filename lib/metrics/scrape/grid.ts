import type { Clock } from "#lib/platform/clock.ts";

export type GridOptions = {
  intervalMs: number;
  clock: Clock;
  /** Milliseconds of a clock that nobody sets, from any start. */
  steadyMs: () => number;
  signal: AbortSignal;
};

/**
 * Calls `onInstant` once now, then at each multiple of the interval, until `signal` aborts. The instants are laid out on
 * the steady clock, so neither what a call takes nor a wall clock that is set moves them; those that were missed are left
 * out, never made up for. A call is not waited for.
 */
export async function runOnGrid({ intervalMs, clock, steadyMs, signal }: GridOptions, onInstant: () => void) {
  if (signal.aborted) return;
  let due = steadyMs() + intervalMs - (clock.now().getTime() % intervalMs);
  onInstant();
  while (await slept(clock, Math.max(0, due - steadyMs()), signal)) {
    onInstant();
    const missed = Math.max(0, Math.floor((steadyMs() - due) / intervalMs));
    due += (missed + 1) * intervalMs;
  }
}

/** @returns false when the signal ended it */
const slept = (clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> =>
  clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );
