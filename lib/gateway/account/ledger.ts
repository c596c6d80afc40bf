import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { TraceBatch } from "#lib/requests/trace/trace-batch.ts";
import type { Durations } from "#lib/requests/usage/durations.ts";
import type { UsageRow } from "#lib/requests/usage/usage.ts";
import { createKeyUses } from "./key-uses.ts";
import { createTraceQueue, type TraceQueue } from "./trace-queue.ts";
import { createUsageBuffer, type UsageBuffer } from "./usage-buffer.ts";

/** Everything that is kept of requests, on its way to the catalog: off the request path, in batches, and bounded. */
export type Ledger = {
  /** @param interToken gaps between chunks; null = the reply was no stream */
  record(trace: RequestTrace, interToken: Durations | null): void;
  /** Traces that are not stored yet. */
  pending(): number;
  /** Stores what is left; gives up when the catalog stays away. */
  stop(): Promise<void>;
};

export type LedgerOptions = {
  instanceId: string;
  /** Each stores a batch, and may be called again with the same. */
  recordTraces: (batch: TraceBatch) => Promise<void>;
  recordUsage: (rows: readonly UsageRow[]) => Promise<void>;
  recordKeyUse: (uses: readonly { keyId: string; at: Date }[]) => Promise<void>;
  onTracesDropped: (count: number) => void;
  now: () => Date;
  log: Log;
};

/** What a crash may lose. */
const INTERVAL_MS = 1_000;
const USAGE_ROWS = 500;
const STOP_ATTEMPTS = 3;

/** Flushes once a second until it is stopped. A batch the catalog did not take is sent again with the next flush. */
export function startLedger(options: LedgerOptions): Ledger {
  const { log } = options;
  const traces = createTraceQueue(options.onTracesDropped);
  const usage = createUsageBuffer(options.instanceId, (requests) => log.error("usage lost", { requests }));
  const keys = createKeyUses();
  let running: Promise<boolean> | null = null;

  /** One at a time. @returns false when the catalog did not take everything */
  const flush = (): Promise<boolean> => {
    running ??= flushAll().finally(() => {
      running = null;
    });
    return running;
  };
  /**
   * Usage comes first: it bills customers and feeds their charts. Each part has its own try, so that what the catalog
   * refuses of one never holds up another.
   */
  const flushAll = async (): Promise<boolean> => {
    const parts = {
      usage: () => storeUsage(usage, options),
      "key uses": storeKeyUses,
      traces: () => storeTraces(traces, options.recordTraces),
    };
    let isAllStored = true;
    for (const [part, store] of Object.entries(parts)) {
      try {
        await store();
      } catch (error) {
        isAllStored = false;
        log.warn("requests not stored", { part, pending: traces.pending(), error: errorText(error) });
      }
    }
    return isAllStored;
  };
  const storeKeyUses = async () => {
    const uses = keys.due();
    await options.recordKeyUse(uses);
    keys.confirm(uses);
  };
  const timer = setInterval(() => void flush(), INTERVAL_MS);
  return {
    record(trace, interToken) {
      traces.push(trace);
      usage.count(trace, interToken);
      if (trace.keyId !== null) keys.note(trace.keyId, trace.arrivedAt);
    },
    pending: traces.pending,
    async stop() {
      clearInterval(timer);
      await running;
      for (let attempt = 0; attempt < STOP_ATTEMPTS; attempt += 1) if (await flush()) return;
      options.onTracesDropped(traces.pending());
      log.error("requests lost at shutdown", { traces: traces.pending() });
    },
  };
}

async function storeUsage(usage: UsageBuffer, { recordUsage, now }: LedgerOptions): Promise<void> {
  let stored = USAGE_ROWS;
  while (stored === USAGE_ROWS) {
    const rows = usage.unsaved(USAGE_ROWS);
    await recordUsage(rows.map(({ row }) => row));
    usage.confirm(rows, now());
    stored = rows.length;
  }
}

/**
 * What arrives meanwhile waits for the next flush. A refused batch is passed over; two in a row mean that the catalog is away.
 * @throws Error the first refusal, once everything else was tried
 */
async function storeTraces(queue: TraceQueue, record: (batch: TraceBatch) => Promise<void>): Promise<void> {
  const refusals: unknown[] = [];
  let refusedInARow = 0;
  for (const batch of queue.close()) {
    try {
      await record(batch);
      queue.confirm(batch);
      refusedInARow = 0;
    } catch (error) {
      refusals.push(error);
      refusedInARow += 1;
      if (refusedInARow === 2) break;
    }
  }
  if (refusals.length > 0) throw refusals[0];
}
