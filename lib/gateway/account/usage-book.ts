import type { RequestTrace } from "#lib/telemetry/trace.ts";
import type { UsageRow } from "#lib/telemetry/usage.ts";
import { bucketOf, INTER_TOKEN_MS, LATENCY_MS, QUEUED_MS, TTFT_MS } from "#lib/telemetry/usage-buckets.ts";

/** Counts of the minutes that are open or not stored yet. Nothing in here waits, reads a clock or touches the catalog. */
export type UsageBook = {
  /** @param interToken counts by the buckets of `INTER_TOKEN_MS`; null = the reply was no stream */
  count(trace: RequestTrace, interToken: Int32Array | null): void;
  /** What changed since it was last stored, whole rows, oldest first, at most so many. */
  unsaved(limit: number): readonly UnsavedRow[];
  /** These are in the catalog now. Rows of past minutes are forgotten. */
  confirm(saved: readonly UnsavedRow[], now: Date): void;
  /** Rows kept. */
  size(): number;
};
/** A row as it is sent, and the count it was sent at. */
export type UnsavedRow = { key: string; row: UsageRow };

const MINUTE_MS = 60_000;
/** About 1 kB each. With 40 tenants on one version each, eight hours without a database. */
const MAX_ROWS = 20_000;

type Counts = {
  key: string;
  of: Pick<UsageRow, "tenantId" | "adapterId" | "versionId" | "kind" | "via"> & { minuteMs: number };
  requests: number;
  failed: number;
  refused: number;
  shed: number;
  fallbacks: number;
  simulated: boolean;
  promptTokens: number;
  completionTokens: number;
  uncounted: number;
  ttft: Int32Array;
  interToken: Int32Array;
  latency: Int32Array;
  queued: Int32Array;
  /** `requests` when it was last stored. */
  savedAt: number;
};

/**
 * @param onLost told how many requests were counted for nothing: with the catalog away for hours the oldest rows go
 */
export function createUsageBook(instanceId: string, onLost: (requests: number) => void): UsageBook {
  const open = new Map<string, Counts>();
  let newestMs = 0;
  return {
    count(trace, interToken) {
      const { tenantId } = trace;
      if (tenantId === null) return;
      // a clock that was set back must not open a minute again that is stored and forgotten
      newestMs = Math.max(newestMs, Math.floor(trace.endedAt.getTime() / MINUTE_MS) * MINUTE_MS);
      const counts = countsOf(open, { ...trace, tenantId }, newestMs);
      add(counts, trace, interToken);
      if (open.size > MAX_ROWS) dropOldest(open, onLost);
    },
    unsaved(limit) {
      const changed: UnsavedRow[] = [];
      for (const counts of open.values()) {
        if (changed.length >= limit) break;
        if (counts.requests > counts.savedAt) changed.push({ key: counts.key, row: rowOf(counts, instanceId) });
      }
      return changed;
    },
    confirm(saved, now) {
      for (const { key, row } of saved) {
        const counts = open.get(key);
        if (counts) counts.savedAt = Math.max(counts.savedAt, row.requests);
      }
      const present = Math.max(newestMs, Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS);
      newestMs = present;
      for (const [key, counts] of open)
        if (counts.of.minuteMs < present && counts.requests === counts.savedAt) open.delete(key);
    },
    size: () => open.size,
  };
}

function countsOf(open: Map<string, Counts>, trace: RequestTrace & { tenantId: string }, minuteMs: number): Counts {
  const of = {
    minuteMs,
    tenantId: trace.tenantId,
    adapterId: trace.adapterId ?? "",
    versionId: trace.versionId ?? "",
    kind: trace.kind,
    via: trace.via ?? ("" as const),
  };
  const key = `${minuteMs} ${of.tenantId} ${of.adapterId} ${of.versionId} ${of.kind} ${of.via}`;
  const known = open.get(key);
  if (known) return known;
  const fresh: Counts = {
    key,
    of,
    requests: 0,
    failed: 0,
    refused: 0,
    shed: 0,
    fallbacks: 0,
    simulated: false,
    promptTokens: 0,
    completionTokens: 0,
    uncounted: 0,
    ttft: new Int32Array(TTFT_MS.length + 1),
    interToken: new Int32Array(INTER_TOKEN_MS.length + 1),
    latency: new Int32Array(LATENCY_MS.length + 1),
    queued: new Int32Array(QUEUED_MS.length + 1),
    savedAt: 0,
  };
  open.set(key, fresh);
  return fresh;
}

const SHED = 429;

function add(counts: Counts, trace: RequestTrace, interToken: Int32Array | null): void {
  const { status, arrivedAt, firstByteAt, endedAt } = trace;
  const sinceArrival = (at: Date) => at.getTime() - arrivedAt.getTime();
  counts.requests += 1;
  counts.simulated ||= trace.simulated;
  if (status >= 500) counts.failed += 1;
  else if (status === SHED) counts.shed += 1;
  else if (status >= 400) counts.refused += 1;
  else {
    if (trace.promptTokens === null && trace.completionTokens === null) counts.uncounted += 1;
    raise(counts.latency, bucketOf(LATENCY_MS, sinceArrival(endedAt)));
    if (trace.stream && firstByteAt) raise(counts.ttft, bucketOf(TTFT_MS, sinceArrival(firstByteAt)));
    if (trace.fallbackReason !== null) counts.fallbacks += 1;
  }
  counts.promptTokens += trace.promptTokens ?? 0;
  counts.completionTokens += trace.completionTokens ?? 0;
  if (trace.queuedMs !== null) raise(counts.queued, bucketOf(QUEUED_MS, trace.queuedMs));
  interToken?.forEach((count, bucket) => {
    counts.interToken[bucket] = (counts.interToken[bucket] ?? 0) + count;
  });
}

const raise = (buckets: Int32Array, index: number): void => {
  buckets[index] = (buckets[index] ?? 0) + 1;
};

function dropOldest(open: Map<string, Counts>, onLost: (requests: number) => void): void {
  const [oldest] = open.values();
  if (!oldest) return;
  open.delete(oldest.key);
  onLost(oldest.requests - oldest.savedAt);
}

function rowOf(
  { key: _key, savedAt: _savedAt, of: { minuteMs, ...of }, ...counts }: Counts,
  instanceId: string,
): UsageRow {
  return {
    instanceId,
    minute: new Date(minuteMs),
    ...of,
    ...counts,
    ttft: [...counts.ttft],
    interToken: [...counts.interToken],
    latency: [...counts.latency],
    queued: [...counts.queued],
  };
}
