import type { ChartMetric } from "#lib/metrics/browser/chart-metrics.ts";
import { MAX_SWAP_RANGE_SECONDS } from "#lib/metrics/browser/swap-limits.ts";
import type { Chart } from "#lib/metrics/schema.ts";

type Scope = { poolId?: string; nodeId?: string; tenantId?: string };

const SWAP_METRICS: ReadonlySet<ChartMetric> = new Set<ChartMetric>(["evictions", "swap-source"]);
const MAX_SWAPS_MS = MAX_SWAP_RANGE_SECONDS * 1000;

/** What changed up to a moment, in the chart's own scope. */
export function changesHref(scope: Scope, at: number): string {
  const changes = new URLSearchParams({ to: new Date(at).toISOString() });
  if (scope.nodeId) changes.set("node", scope.nodeId);
  if (scope.poolId) changes.set("pool", scope.poolId);
  if (scope.tenantId) changes.set("tenant", scope.tenantId);
  return `/changes?${changes}`;
}

/** From what a chart shows to its causes: what changed before its end, and whose weights a node moved in that time. */
export function chartLinks({ metric, from, to }: Chart, scope: Scope): { label: string; href: string }[] {
  const links = [{ label: "Changes before this", href: changesHref(scope, Date.parse(to)) }];
  const isListed = SWAP_METRICS.has(metric) && Date.parse(to) - Date.parse(from) <= MAX_SWAPS_MS;
  if (scope.nodeId !== undefined && isListed)
    links.push({ label: "Swaps in detail", href: swapsHref(scope.nodeId, { from, to }) });
  return links;
}

/** The figures of a chart to take along. */
export type ChartFile = { href: string; name: string };

/** What is drawn as a file: the same lines over the same steps. @param asked besides the range, as the API was asked */
export function chartFile(
  { metric, from, to, stepSeconds }: Pick<Chart, "metric" | "from" | "to" | "stepSeconds">,
  asked: Record<string, string | boolean | undefined>,
): ChartFile {
  const query = new URLSearchParams({ from, to, stepSeconds: String(stepSeconds) });
  for (const [name, value] of Object.entries(asked))
    if (value !== undefined && value !== false) query.set(name, String(value));
  return {
    href: `/api/v1/charts/${metric}/series.csv?${query}`,
    name: `${metric}-${from.slice(0, 16).replace(":", "")}.csv`,
  };
}

export type SwapRange = { from: string; to: string };

/** Whose weights one node moved, and for whom. */
export const swapsHref = (nodeId: string, range: SwapRange): string =>
  `/nodes/${nodeId}/swaps?${new URLSearchParams(range)}`;

/**
 * The time around a moment of a chart in which single swaps explain it.
 * @param at ms since the epoch @returns null where a chart is of no swaps
 */
export function swapsAround(
  { metric, stepSeconds }: Pick<Chart, "metric" | "stepSeconds">,
  at: number,
): SwapRange | null {
  if (!SWAP_METRICS.has(metric)) return null;
  // a point is drawn at the end of its step, and a finger hits one beside it
  const around = Math.min(stepSeconds * 1000, MAX_SWAPS_MS / 4);
  return { from: new Date(at - 2 * around).toISOString(), to: new Date(at + around).toISOString() };
}
