import type { Database, Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { recordTraceBatch } from "../trace/record-traces.ts";
import type { RequestTrace } from "../trace/trace.ts";
import { TraceBatch } from "../trace/trace-batch.ts";
import { bucketOf, type Durations, noDurations } from "../usage/durations.ts";
import { recordUsage } from "../usage/record-usage.ts";
import type { UsageRow } from "../usage/usage.ts";
import { countRequest, countsIn, newCounts, type UsageCounts, usageRow } from "../usage/usage-counts.ts";
import { ROLLUPS } from "../usage/usage-tables.ts";

const MINUTE_MS = 60_000;

/** Stores requests as a gateway does that served them: each by itself, and counted by the minute. */
export async function recordRequests(db: Database, traces: readonly RequestTrace[]): Promise<void> {
  const batch = new TraceBatch();
  for (const trace of traces) batch.add(trace);
  await recordTraceBatch(db, batch);
  await recordUsage(db, usageOf(traces));
}

/** What a gateway of their own counts of some requests. */
export function usageOf(traces: readonly RequestTrace[]): UsageRow[] {
  const rows: UsageCounts[] = [];
  for (const trace of traces) {
    if (trace.tenantId === null) continue;
    const minuteMs = trace.endedAt.getTime() - (trace.endedAt.getTime() % MINUTE_MS);
    const isOf = (row: UsageCounts) =>
      row.minuteMs === minuteMs && row.tenantId === trace.tenantId && countsIn(row, trace);
    const row = rows.find(isOf) ?? newCounts(trace, trace.tenantId, minuteMs);
    if (row.requests === 0) rows.push(row);
    countRequest(row, trace, gapsOf(trace));
  }
  const instanceId = newId("gateway");
  return rows.map((row) => usageRow(row, instanceId));
}

/** As if all tokens of a stream came evenly. */
function gapsOf({ stream, firstByteAt, endedAt, completionTokens }: RequestTrace): Durations | null {
  if (!stream || firstByteAt === null || completionTokens === null || completionTokens < 2) return null;
  const gaps = noDurations();
  gaps[bucketOf((endedAt.getTime() - firstByteAt.getTime()) / (completionTokens - 1))] = completionTokens - 1;
  return gaps;
}

/** Forgets all requests, and what was counted of them. */
export async function clearRequests({ client }: Tx): Promise<void> {
  await client.request.deleteMany();
  await client.usageMinute.deleteMany();
  await client.usagePending.deleteMany();
  for (const { sums } of ROLLUPS)
    for (const { into } of sums) await client.$executeRaw`DELETE FROM ${Prisma.raw(into)}`;
}
