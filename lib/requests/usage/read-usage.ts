import type { Download } from "#lib/http/download.ts";
import { sheetDownload } from "#lib/http/sheet-download.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { readRange } from "#lib/metrics/read-range.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { Quantiles, Usage, UsageGroup, UsageQuery } from "../browser/usage-schema.ts";
import { originOf } from "../charts/request-cells.ts";
import { namesOf } from "../request-store.ts";
import { VIAS } from "../schema.ts";
import { addStored, countOf, noDurations, quantileOf } from "./durations.ts";
import { usageSheet } from "./usage-sheet.ts";
import { readUsageSums, type UsageDimension, type UsageHistogram, type UsageSum } from "./usage-sums-store.ts";

const MAX_GROUPS = 1_000;
/** A file must be whole, so it may be larger than an answer that says that it was cut. */
const MAX_LINES = 50_000;
const MAX_DAYS = 400;

/** What customers used, by group; quantiles are at most 5 % off. A customer sees their own. */
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

const DAY_SECONDS = 86_400;
const KEYS: Record<UsageQuery["groupBy"], readonly UsageDimension[]> = {
  version: ["tenant", "adapter", "version"],
  tenant: ["tenant"],
  via: ["via"],
  day: [],
};

async function readGroups(ctx: Ctx, query: UsageQuery, limit: number): Promise<Usage> {
  const range = readRange(query, ctx.clock.now(), MAX_DAYS);
  const { groupBy, tenantId } = query;
  const sums = await readUsageSums(ctx.tx, {
    ...range,
    tenantIds: tenantId === undefined ? undefined : [tenantId],
    stepSeconds: groupBy === "day" ? DAY_SECONDS : null,
    by: KEYS[groupBy],
    with: ["latency", "ttft", "interToken", "queued"],
  });
  sums.sort((a, b) => (groupBy === "day" ? a.at.getTime() - b.at.getTime() : b.requests - a.requests));
  const groups = sums.slice(0, limit).map((sum) => ({ sum, key: keyOf(sum, groupBy) }));
  const names = await namesOf(
    ctx.tx,
    groups.map(({ key }) => ({ ...key, tenantId: key.tenantId ?? "", nodeId: null })),
  );
  const { simulated, lastAt } = originOf(sums);
  return {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    groupBy,
    source: "measured",
    simulated,
    asOf: lastAt?.toISOString() ?? null,
    groups: sums.length,
    items: groups.map(({ sum, key }) => usageGroup(sum, key, names)),
  };
}

type GroupKey = Pick<UsageGroup, "tenantId" | "adapterId" | "versionId" | "day" | "via">;

/** What a group is of; the catalog keeps "" where there is none. */
function keyOf({ keys, at }: UsageSum, groupBy: UsageQuery["groupBy"]): GroupKey {
  const none = { tenantId: null, adapterId: null, versionId: null, day: null, via: null };
  const [first = null, second, third] = keys;
  switch (groupBy) {
    case "version":
      return { ...none, tenantId: first, adapterId: second || null, versionId: third || null };
    case "tenant":
      return { ...none, tenantId: first };
    case "via":
      return { ...none, via: VIAS.find((via) => via === first) ?? null };
    case "day":
      return { ...none, day: at.toISOString() };
  }
}

function usageGroup(sum: UsageSum, key: GroupKey, names: Awaited<ReturnType<typeof namesOf>>): UsageGroup {
  const { requests, failed, refused, shed, fallbacks, promptTokens, completionTokens, uncounted } = sum;
  return {
    ...key,
    tenantSlug: (key.tenantId && names.tenants.get(key.tenantId)?.slug) ?? null,
    adapterSlug: (key.adapterId && names.adapters.get(key.adapterId)?.slug) ?? null,
    versionNumber: key.versionId === null ? null : (names.versions.get(key.versionId)?.number ?? null),
    ...{ requests, failed, refused, shed, fallbacks, promptTokens, completionTokens, uncounted },
    latencyMs: quantilesOf(sum, "latency"),
    ttftMs: quantilesOf(sum, "ttft"),
    interTokenMs: quantilesOf(sum, "interToken"),
    queuedMs: quantilesOf(sum, "queued"),
  };
}

function quantilesOf({ stored }: UsageSum, histogram: UsageHistogram): Quantiles {
  const durations = noDurations();
  addStored(durations, stored[histogram] ?? "");
  return {
    ...{ p50: quantileOf(durations, 0.5), p95: quantileOf(durations, 0.95), p99: quantileOf(durations, 0.99) },
    count: countOf(durations),
  };
}
