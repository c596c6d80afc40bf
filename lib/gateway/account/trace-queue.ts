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
  /** Where the oldest that is still kept stands: to move all of them for each that is dropped would cost more than it. */
  let first = 0;
  return {
    push(trace) {
      queue.push(trace);
      if (queue.length - first <= MAX_PENDING) return;
      first += 1;
      onDropped(1);
      if (first < MAX_PENDING) return;
      queue = queue.slice(first);
      first = 0;
    },
    pending: () => queue.length - first,
    batch: (limit) => queue.slice(first, first + limit),
    confirm(stored) {
      const last = stored.at(-1);
      // some of them may have been dropped meanwhile, but never one behind the last without it
      const index = last === undefined ? -1 : queue.indexOf(last, first);
      queue = queue.slice(Math.max(first, index + 1));
      first = 0;
    },
  };
}
