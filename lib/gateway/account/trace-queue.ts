import type { RequestTrace } from "#lib/telemetry/trace.ts";

/** Traces on their way to the catalog, in order and bounded. */
export type TraceQueue = {
  push(trace: RequestTrace): void;
  pending(): number;
  /** The oldest, at most so many. */
  batch(limit: number): readonly RequestTrace[];
  /** These are in the catalog now. */
  confirm(stored: readonly RequestTrace[]): void;
};

/** Ten minutes at 30 requests a second without a database; what does not fit is counted and lost. */
const MAX_PENDING = 20_000;

/** @param onDropped told of each trace that was given up, the oldest first */
export function createTraceQueue(onDropped: (count: number) => void): TraceQueue {
  let queue: RequestTrace[] = [];
  return {
    push(trace) {
      queue.push(trace);
      if (queue.length <= MAX_PENDING) return;
      queue.shift();
      onDropped(1);
    },
    pending: () => queue.length,
    batch: (limit) => queue.slice(0, limit),
    confirm(stored) {
      const last = stored.at(-1);
      // some of them may have been dropped meanwhile, but never one behind the last without it
      const index = last === undefined ? -1 : queue.indexOf(last);
      queue = queue.slice(index + 1);
    },
  };
}
