import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { Durations } from "#lib/requests/usage/durations.ts";
import type { UsageRow } from "#lib/requests/usage/usage.ts";
import { countRequest, countsIn, newCounts, type UsageCounts, usageRow } from "#lib/requests/usage/usage-counts.ts";

/** Counts of the minutes that are open or not stored yet. Nothing in here waits, reads a clock or touches the catalog. */
export type UsageBuffer = {
  /** @param interToken gaps between the chunks of its reply; null = the reply was no stream */
  count(trace: RequestTrace, interToken: Durations | null): void;
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
/** About 2 kB each. With 40 tenants on two nodes each, four hours without a database. */
const MAX_ROWS = 20_000;

type Counts = UsageCounts & {
  /** `requests` when it was last stored. */
  savedAt: number;
};

/**
 * Runs for every request, so a row is found without making a key: by its tenant, then among that tenant's few of the minute.
 * @param onLost told how many requests were counted for nothing: with the catalog away for hours the oldest rows go
 */
export function createUsageBuffer(instanceId: string, onLost: (requests: number) => void): UsageBuffer {
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
      const known = present.get(tenantId)?.find((counts) => countsIn(counts, trace));
      countRequest(known ?? add({ ...newCounts(trace, tenantId, newestMs), savedAt: 0 }), trace, interToken);
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

/** Also of what may still be counted in: a minute with more rows than are kept is counted anew from there. */
function dropOldest(rows: Set<Counts>, present: Map<string, Counts[]>, onLost: (requests: number) => void): void {
  const [oldest] = rows;
  if (!oldest) return;
  rows.delete(oldest);
  const others = present.get(oldest.tenantId)?.filter((counts) => counts !== oldest);
  if (others) present.set(oldest.tenantId, others);
  onLost(oldest.requests - oldest.savedAt);
}

const rowOf = ({ savedAt: _, ...counts }: Counts, instanceId: string): UsageRow => usageRow(counts, instanceId);
