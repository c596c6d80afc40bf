import type { Download } from "#lib/http/download.ts";
import { sheetDownload } from "#lib/http/sheet-download.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type Histogram, quantile, totalOf } from "#lib/metrics/histogram.ts";
import { readRange } from "#lib/metrics/read-range.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { Quantiles, Usage, UsageGroup, UsageQuery } from "../browser/usage-schema.ts";
import { namesOf } from "../request-store.ts";
import { VIAS } from "../schema.ts";
import { INTER_TOKEN_MS, LATENCY_MS, QUEUED_MS, TTFT_MS } from "./usage-buckets.ts";
import { usageSheet } from "./usage-sheet.ts";
import { sumUsage, type UsageSums } from "./usage-store.ts";

const MAX_GROUPS = 1_000;
/** A file must be whole, so it may be larger than an answer that says that it was cut. */
const MAX_LINES = 50_000;
const MAX_DAYS = 400;

/** What customers used, by group; quantiles come from summed buckets. A customer sees their own. */
export const readUsage = (ctx: Ctx, query: UsageQuery): Promise<Usage> => readGroups(ctx, query, MAX_GROUPS);

/** The same as a file for spreadsheets. @throws AppError `invalid` when it would have too many lines */
export async function downloadUsage(ctx: Ctx, query: UsageQuery): Promise<Download> {
  const usage = await readGroups(ctx, query, MAX_LINES);
  if (usage.groups > usage.items.length)
    throw new AppError("invalid", `That would be ${usage.groups} lines; a file has ${MAX_LINES} at most.`, {
      fields: [
        {
          field: "groupBy",
          code: "too_many_lines",
          message: `${usage.groups} lines; ${MAX_LINES} is the limit`,
          fix: "Group by tenant or day, or ask for one tenant.",
        },
      ],
    });
  return sheetDownload(usageSheet(usage));
}

async function readGroups(ctx: Ctx, query: UsageQuery, limit: number): Promise<Usage> {
  const range = readRange(query, ctx.clock.now(), MAX_DAYS);
  const { groupBy, tenantId } = query;
  const rows = await sumUsage(ctx.tx, { ...range, tenantId, groupBy, limit });
  const names = await namesOf(
    ctx.tx,
    rows.map((row) => ({
      tenantId: row.tenantId ?? "",
      adapterId: row.adapterId,
      versionId: row.versionId,
      nodeId: null,
    })),
  );
  const lastMinute = rows.reduce<Date | null>(
    (last, row) => (last && last > row.lastMinute ? last : row.lastMinute),
    null,
  );
  return {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    groupBy,
    source: "measured",
    simulated: rows.some((row) => row.simulated),
    asOf: lastMinute?.toISOString() ?? null,
    groups: rows[0]?.groups ?? 0,
    items: rows.map((row) => usageGroup(row, names)),
  };
}

/** The catalog keeps "" where there is none. */
const orNull = (text: string | null): string | null => (text === "" ? null : text);

function usageGroup(row: UsageSums, names: Awaited<ReturnType<typeof namesOf>>): UsageGroup {
  const { tenantId, requests, failed, refused, shed, fallbacks, promptTokens, completionTokens, uncounted } = row;
  const [adapterId, versionId] = [orNull(row.adapterId), orNull(row.versionId)];
  return {
    tenantId,
    tenantSlug: (tenantId === null ? undefined : names.tenants.get(tenantId)?.slug) ?? null,
    adapterId,
    adapterSlug: (adapterId === null ? undefined : names.adapters.get(adapterId)?.slug) ?? null,
    versionId,
    versionNumber: (versionId === null ? undefined : names.versions.get(versionId)?.number) ?? null,
    day: row.day?.toISOString() ?? null,
    via: VIAS.find((via) => via === row.via) ?? null,
    requests,
    failed,
    refused,
    shed,
    fallbacks,
    promptTokens,
    completionTokens,
    uncounted,
    latencyMs: quantilesOf({ le: LATENCY_MS, counts: row.latency }),
    ttftMs: quantilesOf({ le: TTFT_MS, counts: row.ttft }),
    interTokenMs: quantilesOf({ le: INTER_TOKEN_MS, counts: row.interToken }),
    queuedMs: quantilesOf({ le: QUEUED_MS, counts: row.queued }),
  };
}

const quantilesOf = (histogram: Histogram): Quantiles => {
  const [p50, p95, p99] = [quantile(histogram, 0.5), quantile(histogram, 0.95), quantile(histogram, 0.99)];
  return {
    ...{ p50: p50?.value ?? null, p95: p95?.value ?? null, p99: p99?.value ?? null },
    bounds: { p50: p50?.bound ?? null, p95: p95?.bound ?? null, p99: p99?.bound ?? null },
    count: totalOf(histogram),
  };
};
