import { performance } from "node:perf_hooks";
import { type Clock, systemClock } from "#lib/platform/clock.ts";

/** The engine's time. `wait` takes milliseconds of the simulated machine. */
export type EngineTimer = {
  nowMs(): number;
  wait(ms: number): Promise<void>;
  /** How much of the clock of `nowMs` so many milliseconds of the simulated machine are. */
  realMs(ms: number): number;
};

/** Below this the operating system's timer is coarser than the wait itself, so waits are saved up. */
const SHORTEST_SLEEP_MS = 1;

/**
 * Real time, shortened by `speed`. Waits accumulate: many short ones sleep once, and time lost to a busy machine is not
 * made up by a burst.
 */
export function scaledTimer(speed: number, signal: AbortSignal, clock: Clock = systemClock): EngineTimer {
  let dueMs = 0;
  return {
    nowMs: () => performance.now(),
    realMs: (ms) => ms / speed,
    async wait(ms) {
      const now = performance.now();
      dueMs = Math.max(dueMs, now - SHORTEST_SLEEP_MS) + ms / speed;
      const restMs = dueMs - now;
      if (restMs >= SHORTEST_SLEEP_MS) await clock.sleep(restMs, signal);
      else await new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}
