"use client";

import type { ReactNode } from "react";
import { type ChartScope, MetricChart } from "#components/charts/metric-chart.tsx";
import { BOARDS, type BoardKind, LAST_CHART } from "./boards.ts";
import type { useRange, useSharedChart } from "./use-range.ts";
import { ViewBar } from "./view-bar.tsx";

/** The fixed charts of a board, over one range, under one crosshair. Dragging zooms all of them. */
export function BoardCharts({
  kind,
  scope,
  shared,
}: {
  kind: BoardKind;
  scope: ChartScope;
  shared: ReturnType<typeof useSharedChart>;
}) {
  return (
    <section aria-label="Charts" className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
      {BOARDS[kind].map(({ metric, by, isShared = false }) => (
        <MetricChart
          key={`${metric} ${by ?? ""}`}
          metric={metric}
          scope={scope}
          by={by}
          isShared={isShared}
          className={LAST_CHART}
          {...shared}
        />
      ))}
    </section>
  );
}

/** A board's controls above what it shows. */
export function BoardBar({ view, children }: { view: ReturnType<typeof useRange>; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <ViewBar view={view} />
      {children}
    </div>
  );
}
