import type { LoadErrorClass } from "#lib/vllm/errors.ts";

const FIRST_MS = 1_000;
const CAP_MS = 100_000;
/** A permanent fault is tried again now and then: somebody may have changed the node's settings. */
const PERMANENT_MS = 3_600_000;
/** The node may still be reading; a second load meanwhile would only queue behind the first. */
const PENDING_MS = 60_000;

/**
 * How long to wait before another attempt, in ms, within ±20 % so that nodes do not come back in step.
 * @param attempts failed attempts so far, at least 1
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(fault: LoadErrorClass | "pending", attempts: number, random: () => number): number {
  const jitter = 0.8 + 0.4 * random();
  switch (fault) {
    case "permanent":
      return PERMANENT_MS * jitter;
    case "pending":
      return PENDING_MS * jitter;
    case "transient":
    case "engine_dead":
    case "already_loaded":
      return Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20)) * jitter;
  }
}
