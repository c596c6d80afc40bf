import { performance } from "node:perf_hooks";
import { type Clock, systemClock } from "#lib/platform/clock.ts";

/** The engine's time. `wait` takes milliseconds of the simulated machine. */
export type EngineTimer = {
  nowMs(): number;
  wait(ms: number): Promise<void>;
  /** Called after idling: what passed meanwhile is not owed to anyone. */
  begin(): void;
  /** How much of the clock of `nowMs` so many milliseconds of the simulated machine are. */
  realMs(ms: number): number;
};

/** Below this the operating system's timer is coarser than the wait itself, so waits are saved up. */
const SHORTEST_SLEEP_MS = 1;
/** Our own work between two waits, and a timer that fires late, count as part of the next wait, up to this much. */
const CATCH_UP_MS = 12;

/**
 * Real time, shortened by `speed`. Waits accumulate: many short ones sleep once; a busy machine makes steps late, but
 * more than one step of an A100 is never made up by a burst.
 */
export function scaledTimer(
  speed: number,
  signal: AbortSignal,
  clock: Clock = systemClock,
  nowMs: () => number = () => performance.now(),
): EngineTimer {
  let dueMs = nowMs();
  return {
    nowMs,
    realMs: (ms) => ms / speed,
    begin() {
      dueMs = Math.max(dueMs, nowMs());
    },
    async wait(ms) {
      const now = nowMs();
      dueMs = Math.max(dueMs, now - CATCH_UP_MS) + ms / speed;
      const restMs = dueMs - now;
      if (restMs >= SHORTEST_SLEEP_MS) await clock.sleep(restMs, signal);
      else await new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}
