"use client";

import { lazy, Suspense } from "react";
import { TextLink } from "#components/ui/button.tsx";
import { formatUnit, quantityText } from "#components/ui/format.ts";
import { useReader } from "#components/ui/reader.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { ObjectiveKind } from "#lib/alerting/browser/objective-kinds.ts";
import { asShares } from "#lib/metrics/browser/as-shares.ts";
import { type ChartMetric, type ChartPart, titleOfChart } from "#lib/metrics/browser/chart-metrics.ts";
import type { Chart, ChartQuantile } from "#lib/metrics/schema.ts";
import { changesHref, chartFile, chartLinks, swapsAround, swapsHref } from "./chart-links.ts";
import { markHref } from "./mark-words.ts";
import { TimeChart, type TimeChartProps } from "./time-chart.tsx";

const SwapNodes = lazy(() => import("./swap-nodes.tsx").then((module) => ({ default: module.SwapNodes })));
const REFRESH_MS = 10_000;

export type ChartScope = { poolId?: string; nodeId?: string; tenantId?: string };
export type ChartRange = { from?: string; to?: string };
/** A range to compare with, and how it is called after "against". */
export type ComparedRange = { range: Required<ChartRange>; words: string };

type MetricChartProps = {
  metric: ChartMetric;
  scope: ChartScope;
  range?: ChartRange;
  /** A line for each of the ten parts with the largest figure. */
  by?: ChartPart | undefined;
  quantile?: ChartQuantile;
  /** Kinds as shares of their sum. */
  isShared?: boolean;
  /** Drawn beside it, and the change is told. */
  before?: ComparedRange | undefined;
  /** How often it is read again while the range ends now; false = never. */
  refreshMs?: number | false;
  /** Its menu leads on to pages that customers do not have. */
  isForStaff?: boolean;
} & Pick<TimeChartProps, "size" | "syncId" | "onZoom" | "onZoomOut" | "level" | "className">;

/** One metric over a scope and a range, kept fresh while the range ends now. */
export function MetricChart({
  metric,
  scope,
  range = {},
  by,
  quantile,
  isShared = false,
  before,
  refreshMs = REFRESH_MS,
  isForStaff = false,
  ...chart
}: MetricChartProps) {
  const every = range.to === undefined ? refreshMs : false;
  const asked = { ...scope, by, quantile };
  const objective = useObjectiveLine(metric, scope);
  const read = useApi(
    "GET /charts/{metric}",
    { params: { metric }, query: { ...asked, ...range } },
    { refreshMs: every },
  );
  const earlier = useApi(
    "GET /charts/{metric}",
    { params: { metric }, query: { ...asked, ...before?.range } },
    { enabled: before !== undefined },
  );
  // while another range is on its way, the last one's answer stands
  const isComparable = before !== undefined && Date.parse(earlier.data?.to ?? "") === Date.parse(before.range.to);
  const shown = read.data;
  const file = shown && chartFile(shown, { ...asked, shares: isShared, compare: isComparable });
  return (
    <TimeChart
      chart={shown && isShared ? asShares(shown) : shown}
      title={titleOfChart(metric)}
      problem={read.problem}
      onRetry={read.retry}
      file={file}
      stacked={metric === "swap-source"}
      reference={isComparable && earlier.data ? { chart: earlier.data, words: before.words } : undefined}
      objective={by === undefined || (by === "node" && (quantile ?? "p95") === "p95") ? objective : null}
      {...(isForStaff
        ? {
            links: (drawn) => chartLinks(drawn, scope),
            momentHref: (at: number) => changesHref(scope, at),
            eventHref: markHref,
            explain: (at: number) => shown && <SwapsThen chart={shown} scope={scope} at={at} />,
          }
        : {})}
      {...(every === false ? {} : { intervalMs: every })}
      {...chart}
    />
  );
}

/** Whose weights moved around a moment: on the one node, or on those behind a pool's or the fleet's spike. */
function SwapsThen({ chart, scope, at }: { chart: Chart; scope: ChartScope; at: number }) {
  const range = swapsAround(chart, at);
  if (range === null) return null;
  if (scope.nodeId !== undefined) return <TextLink href={swapsHref(scope.nodeId, range)}>Swaps at that time</TextLink>;
  const pool = scope.poolId ? { poolId: scope.poolId } : {};
  // anew for each moment: the answer of the last one would be taken for that of the next
  return (
    <Suspense fallback={null}>
      <SwapNodes key={range.from} range={range} {...pool} />
    </Suspense>
  );
}

const OBJECTIVE_OF: Partial<Record<ChartMetric, ObjectiveKind>> = {
  latency: "latency_p95",
  ttft: "ttft_p95",
  errors: "availability",
  "fallback-share": "fallback_share",
};

/** The accepted objective that a chart of a tenant or a pool shows, in the chart's unit; null = there is none. */
function useObjectiveLine(
  metric: ChartMetric,
  { tenantId, poolId, nodeId }: { tenantId?: string; poolId?: string; nodeId?: string },
): { value: number; label: string } | null {
  const { locale } = useReader();
  const kind = OBJECTIVE_OF[metric];
  const scope = tenantId !== undefined ? { tenantId } : poolId !== undefined ? { poolId } : null;
  const read = useApi(
    "GET /objectives",
    { query: { ...scope, status: "accepted", limit: 20 } },
    { enabled: kind !== undefined && scope !== null && nodeId === undefined },
  );
  // while another scope is on its way, what was read is the one before
  const found = read.data?.items.find((one) => one.kind === kind && one.scope.id === (tenantId ?? poolId));
  if (found === undefined || nodeId !== undefined) return null;
  const value = kind === "availability" ? 1 - found.target : found.target;
  const unit = kind === "latency_p95" || kind === "ttft_p95" ? "ms" : "ratio";
  return { value, label: `objective ${quantityText(formatUnit(value, unit, locale))}` };
}
