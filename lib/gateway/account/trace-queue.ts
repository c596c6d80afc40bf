import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import type { RequestTrace } from "#lib/telemetry/trace.ts";

/** Traces on their way to the catalog: off the request path, in batches, and bounded. */
export type TraceQueue = {
  push(trace: RequestTrace): void;
  pending(): number;
  /** Stores what is left; gives up when the database stays away. */
  stop(): Promise<void>;
};

const INTERVAL_MS = 1_000;
const BATCH = 500;
/** Ten minutes at 30 requests a second without a database; what does not fit is counted and lost. */
const MAX_PENDING = 20_000;
const STOP_ATTEMPTS = 3;

export function startTraceQueue(options: {
  /** Stores a batch; may be called again with the same traces. */
  record: (traces: readonly RequestTrace[]) => Promise<void>;
  onDropped: (count: number) => void;
  log: Log;
}): TraceQueue {
  let queue: RequestTrace[] = [];
  let running: Promise<boolean> | null = null;
  const timer = setInterval(() => void flush(), INTERVAL_MS);

  /** @returns false when the database did not take them */
  const flush = (): Promise<boolean> => {
    running ??= flushAll().finally(() => {
      running = null;
    });
    return running;
  };
  const flushAll = async (): Promise<boolean> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH);
      try {
        await options.record(batch);
      } catch (error) {
        options.log.warn("traces not stored", { pending: queue.length, error: errorText(error) });
        return false;
      }
      const stored = new Set(batch);
      queue = queue.filter((trace) => !stored.has(trace));
    }
    return true;
  };
  return {
    push(trace) {
      queue.push(trace);
      if (queue.length <= MAX_PENDING) return;
      queue.shift();
      options.onDropped(1);
    },
    pending: () => queue.length,
    async stop() {
      clearInterval(timer);
      for (let attempt = 0; attempt < STOP_ATTEMPTS; attempt += 1) if (await flush()) return;
      options.onDropped(queue.length);
      options.log.error("traces lost at shutdown", { lost: queue.length });
    },
  };
}
