import type { Download } from "#lib/http/download.ts";
import { sheetDownload } from "#lib/http/sheet-download.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { asShares } from "#lib/metrics/browser/as-shares.ts";
import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import { chartRange } from "#lib/metrics/charts/chart-range.ts";
import { type Chart, type ChartQuery, type ChartSheetQuery, MAX_RANGE_SECONDS } from "#lib/metrics/schema.ts";
import { findPool, listChartNodes } from "#lib/metrics/store.ts";
import { invalidField } from "#lib/platform/errors.ts";
import { namesOf } from "../request-store.ts";
import { chartSheet } from "./chart-sheet.ts";
import { readChart } from "./read-chart.ts";

/**
 * One chart as a file for spreadsheets, beside the period before if that is asked for.
 * @throws AppError as `readChart`, and `invalid` for shares of what is no sum of kinds
 */
export async function downloadChart(ctx: Ctx, metric: ChartMetric, query: ChartSheetQuery): Promise<Download> {
  const { compare, shares, ...asked } = query;
  if (shares === "true" && metric !== "swap-source")
    throw invalidField("shares", "no_shares", `"${metric}" is not a sum of kinds.`, "Leave out shares.");
  const isCompared = compare === "true";
  const chart = await readChart(ctx, metric, isCompared ? { ...asked, stepSeconds: commonStep(ctx, asked) } : asked);
  const before = isCompared ? await readChart(ctx, metric, askedBefore(asked, chart)) : null;
  const shown = (one: Chart) => (shares === "true" ? asShares(one) : one);
  const scope = await scopeWords(ctx, asked);
  return sheetDownload(chartSheet({ chart: shown(chart), before: before && shown(before), scope }));
}

/** The finest step that is still kept of the range and of the period before. */
function commonStep(ctx: Ctx, asked: ChartQuery): number {
  const now = ctx.clock.now();
  const { from, to, stepSeconds } = chartRange(asked, now);
  const earlier = { from: new Date(2 * from.getTime() - to.getTime()), to: from };
  return chartRange({ from: startWithin(earlier).toISOString(), to: from.toISOString(), stepSeconds }, now).stepSeconds;
}

/** As long as the chart and ending where it begins, with the same lines. */
function askedBefore(asked: ChartQuery, { from, stepSeconds, series }: Chart): ChartQuery {
  const to = new Date(from);
  const steps = series[0]?.points.length ?? 1;
  const start = startWithin({ from: new Date(to.getTime() - steps * stepSeconds * 1000), to });
  const first = asked.by === undefined ? asked.first : series.map(({ key }) => key).join(",");
  return { ...asked, from: start.toISOString(), to: from, stepSeconds, first };
}

const startWithin = ({ from, to }: { from: Date; to: Date }): Date =>
  new Date(Math.max(from.getTime(), to.getTime() - MAX_RANGE_SECONDS * 1000));

/** Whose figures they are. What was asked for exists, or there would be no chart. */
async function scopeWords(ctx: Ctx, { tenantId, poolId, nodeId }: ChartQuery): Promise<string> {
  const ofTenant = ctx.scope.kind === "tenant" ? ctx.scope.tenantId : tenantId;
  const words: string[] = [];
  if (ofTenant !== undefined) {
    const names = await namesOf(ctx.tx, [{ tenantId: ofTenant, adapterId: null, versionId: null, nodeId: null }]);
    words.push(`tenant ${names.tenants.get(ofTenant)?.name ?? ofTenant}`);
  }
  if (poolId !== undefined) words.push(`pool ${(await findPool(ctx.tx, poolId))?.name ?? poolId}`);
  if (nodeId !== undefined) {
    const [node] = await listChartNodes(ctx.tx, { nodeId });
    words.push(`node ${node?.name ?? nodeId}`);
  }
  return words.length === 0 ? "the whole fleet" : words.join(", ");
}
