"use client";

import { useApi } from "#components/ui/use-api.ts";
import type { Annotation, ChartMetric } from "#lib/telemetry/schema.ts";
import { chartLinks } from "./chart-links.ts";
import { TimeChart, type TimeChartProps } from "./time-chart.tsx";
import { useObjectiveLine } from "./use-objective-line.ts";

const REFRESH_MS = 10_000;

const TITLES: Record<ChartMetric, string> = {
  latency: "Latency",
  ttft: "Time to first token",
  requests: "Requests",
  throughput: "Throughput",
  errors: "Errors",
  "fallback-share": "Answered by a fallback",
  running: "Running requests",
  queue: "Waiting requests",
  evictions: "Evictions",
  "swap-source": "Swap source",
};

export type ChartScope = { poolId?: string; nodeId?: string; tenantId?: string };
export type ChartRange = { from?: string; to?: string };

const PATHS: Record<string, string> = { cutover: "/cutovers", node: "/nodes" };
const eventHref = (event: Annotation): string | undefined => {
  const path = event.ref ? PATHS[event.ref.type] : undefined;
  return path && event.ref ? `${path}/${event.ref.id}` : undefined;
};

/** One metric over a scope and a range, kept fresh while the range ends now. */
export function MetricChart({
  metric,
  scope,
  range = {},
  isForStaff = false,
  ...chart
}: {
  metric: ChartMetric;
  scope: ChartScope;
  range?: ChartRange;
  /** Its menu leads on to pages that customers do not have. */
  isForStaff?: boolean;
} & Pick<TimeChartProps, "size" | "syncId" | "onZoom" | "onZoomOut" | "level" | "className">) {
  const isLive = range.to === undefined;
  const objective = useObjectiveLine(metric, scope);
  const read = useApi(
    "GET /charts/{metric}",
    { params: { metric }, query: { ...scope, ...range } },
    { refreshMs: isLive ? REFRESH_MS : false },
  );
  return (
    <TimeChart
      chart={read.data}
      title={TITLES[metric]}
      problem={read.problem}
      onRetry={read.retry}
      stacked={metric === "swap-source"}
      eventHref={eventHref}
      objective={objective}
      links={isForStaff ? (shown) => chartLinks(shown, scope) : undefined}
      {...(isLive ? { intervalMs: REFRESH_MS } : {})}
      {...chart}
    />
  );
}
