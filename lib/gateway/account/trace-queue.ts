import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import { TraceBatch } from "#lib/requests/trace/trace-batch.ts";

/** Traces on their way to the catalog, in order and bounded. */
export type TraceQueue = {
  push(trace: RequestTrace): void;
  /** Traces that are not confirmed yet. */
  pending(): number;
  /** Closes the batch that is being filled. @returns those that wait, the oldest first; what is pushed from now on is in none */
  close(): readonly TraceBatch[];
  /** It is in the catalog now. */
  confirm(stored: TraceBatch): void;
};

/** Ten minutes at 30 requests a second without a database; what does not fit is counted and lost. */
const MAX_PENDING = 20_000;
const BATCH = 500;

/**
 * What waits for a second or longer waits as bytes outside the heap: as objects the collector would copy it over and over,
 * which cost about a fifth of a request.
 * @param onDropped told of traces that were given up: the oldest batch at a time
 */
export function createTraceQueue(onDropped: (count: number) => void): TraceQueue {
  const batches: TraceBatch[] = [];
  let open: TraceBatch | null = null;
  let pending = 0;
  const dropOldest = () => {
    const dropped = batches.shift()?.size ?? 0;
    pending -= dropped;
    onDropped(dropped);
  };
  return {
    push(trace) {
      if (open === null) {
        open = new TraceBatch();
        batches.push(open);
      }
      open.add(trace);
      pending += 1;
      if (open.size >= BATCH) open = null;
      if (pending > MAX_PENDING) dropOldest();
    },
    pending: () => pending,
    close() {
      open = null;
      return [...batches];
    },
    confirm(stored) {
      // it may have been dropped while it was on its way
      const index = batches.indexOf(stored);
      if (index < 0) return;
      batches.splice(index, 1);
      pending -= stored.size;
    },
  };
}
