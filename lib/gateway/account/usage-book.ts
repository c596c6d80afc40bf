import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { UsageRow } from "#lib/requests/usage/usage.ts";
import { bucketOf, INTER_TOKEN_MS, LATENCY_MS, QUEUED_MS, TTFT_MS } from "#lib/requests/usage/usage-buckets.ts";

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
/** A row as it is sent, and what it was made of. */
export type UnsavedRow = { readonly row: UsageRow; readonly counts: Counts };

const MINUTE_MS = 60_000;
/** About 1 kB each. With 40 tenants on one version each, eight hours without a database. */
const MAX_ROWS = 20_000;

type Histogram = "ttft" | "interToken" | "latency" | "queued";
type Counts = Omit<UsageRow, "instanceId" | "minute" | Histogram> &
  Record<Histogram, Int32Array> & {
    minuteMs: number;
    /** `requests` when it was last stored. */
    savedAt: number;
  };

/**
 * Runs for every request, so a row is found without making a key: by its tenant, then among that tenant's few of the minute.
 * @param onLost told how many requests were counted for nothing: with the catalog away for hours the oldest rows go
 */
export function createUsageBook(instanceId: string, onLost: (requests: number) => void): UsageBook {
  /** Every row, oldest first. */
  const rows = new Set<Counts>();
  /** Those of the newest minute, by tenant. */
  const present = new Map<string, Counts[]>();
  let newestMs = 0;
  const advanceTo = (at: Date) => {
    const minuteMs = at.getTime() - (at.getTime() % MINUTE_MS);
    // a clock that was set back must not open a minute again that is stored and forgotten
    if (minuteMs <= newestMs) return;
    newestMs = minuteMs;
    present.clear();
  };
  const add = (counts: Counts) => {
    const others = present.get(counts.tenantId);
    if (others) others.push(counts);
    else present.set(counts.tenantId, [counts]);
    rows.add(counts);
    if (rows.size > MAX_ROWS) dropOldest(rows, present, onLost);
    return counts;
  };
  return {
    count(trace, interToken) {
      const { tenantId } = trace;
      if (tenantId === null) return;
      advanceTo(trace.endedAt);
      const known = present.get(tenantId)?.find((counts) => isOf(counts, trace));
      countIn(known ?? add(newCounts(trace, tenantId, newestMs)), trace, interToken);
    },
    unsaved(limit) {
      const changed: UnsavedRow[] = [];
      for (const counts of rows) {
        if (changed.length >= limit) break;
        if (counts.requests > counts.savedAt) changed.push({ counts, row: rowOf(counts, instanceId) });
      }
      return changed;
    },
    confirm(saved, now) {
      for (const { counts, row } of saved) counts.savedAt = Math.max(counts.savedAt, row.requests);
      advanceTo(now);
      for (const counts of rows)
        if (counts.minuteMs < newestMs && counts.requests === counts.savedAt) rows.delete(counts);
    },
    size: () => rows.size,
  };
}

const isOf = (counts: Counts, { adapterId, versionId, kind, via }: RequestTrace): boolean =>
  counts.versionId === (versionId ?? "") &&
  counts.adapterId === (adapterId ?? "") &&
  counts.via === (via ?? "") &&
  counts.kind === kind;

const newCounts = ({ adapterId, versionId, kind, via }: RequestTrace, tenantId: string, minuteMs: number): Counts => ({
  minuteMs,
  tenantId,
  adapterId: adapterId ?? "",
  versionId: versionId ?? "",
  kind,
  via: via ?? "",
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
});

const SHED = 429;

function countIn(counts: Counts, trace: RequestTrace, interToken: Int32Array | null): void {
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
  if (interToken === null) return;
  for (let bucket = 0; bucket < counts.interToken.length; bucket += 1)
    counts.interToken[bucket] = (counts.interToken[bucket] ?? 0) + (interToken[bucket] ?? 0);
}

const raise = (buckets: Int32Array, index: number): void => {
  buckets[index] = (buckets[index] ?? 0) + 1;
};

/** Also of what may still be counted in: a minute with more rows than are kept is counted anew from there. */
function dropOldest(rows: Set<Counts>, present: Map<string, Counts[]>, onLost: (requests: number) => void): void {
  const [oldest] = rows;
  if (!oldest) return;
  rows.delete(oldest);
  const others = present.get(oldest.tenantId)?.filter((counts) => counts !== oldest);
  if (others) present.set(oldest.tenantId, others);
  onLost(oldest.requests - oldest.savedAt);
}

function rowOf({ savedAt: _, minuteMs, ...counts }: Counts, instanceId: string): UsageRow {
  return {
    ...counts,
    instanceId,
    minute: new Date(minuteMs),
    ttft: [...counts.ttft],
    interToken: [...counts.interToken],
    latency: [...counts.latency],
    queued: [...counts.queued],
  };
}
