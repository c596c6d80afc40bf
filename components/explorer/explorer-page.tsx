"use client";

import { lazy, Suspense } from "react";
import { MetricChart } from "#components/charts/metric-chart.tsx";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { ScopeSelects } from "#components/ui/scope-selects.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { BoardTabs } from "./board-tabs.tsx";
import type { ChartPickerProps } from "./chart-choices.tsx";
import { chartsOf, groupsOf, metricsOf, partsOf, queryOf } from "./metrics.ts";
import { SavedViews } from "./saved-views.tsx";
import { useSharedChart } from "./use-range.ts";
import { useView, type View } from "./use-view.ts";
import { ViewBar } from "./view-bar.tsx";

/** The charts of the fleet or of a part of it, over one range, under one crosshair. Dragging zooms all of them. */
export function ExplorerPage() {
  const view = useView();
  const shared = useSharedChart(view.range);
  const query = queryOf(view.scope);
  const parts = partsOf(view.scope);
  const by = parts.find((part) => part === view.by);
  const charts = chartsOf(view.scope, by ?? null, view.charts);
  return (
    <>
      <PageHeader title="Charts" primary={<SavedViews />} tabs={<BoardTabs />} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <ViewBar view={view.range} />
        <ScopeSelects scope={view.scope} onChange={view.setScope} />
        <SplitBy view={view} />
        <ChartPicker
          charts={charts}
          known={metricsOf(view.scope, by ?? null)}
          isUsual={view.charts.length === 0}
          onChange={view.setCharts}
        />
      </div>
      {groupsOf(charts).map((group) => (
        <section key={group.id} aria-labelledby={`charts-${group.id}`} className="flex flex-col gap-3">
          <h2 id={`charts-${group.id}`} className="text-lg font-semibold">
            {group.title}
          </h2>
          <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
            {group.metrics.map((metric) => (
              <MetricChart
                key={metric}
                metric={metric}
                scope={query}
                by={by}
                level={3}
                className="max-2xl:first:col-span-full"
                {...shared}
              />
            ))}
          </div>
        </section>
      ))}
      {view.scope.tenant !== "" && (
        <p className="max-w-[72ch] text-md text-fg-2">
          Engines do not report per tenant. Choose a pool or node to see evictions, swap source and load.
        </p>
      )}
    </>
  );
}

function SplitBy({ view }: { view: View }) {
  const parts = partsOf(view.scope);
  return (
    <Select
      aria-label="Split by"
      value={parts.find((part) => part === view.by) ?? ""}
      placeholder="No split"
      options={parts.map((part) => ({ value: part, label: `By ${part}` }))}
      onChange={(event) => view.setBy(parts.find((part) => part === event.target.value) ?? null)}
      className="w-34"
    />
  );
}

const ChartChoices = lazy(() => import("./chart-choices.tsx").then((module) => ({ default: module.ChartChoices })));

/** Which charts stand, behind a button that says how many were chosen. */
const ChartPicker = (props: ChartPickerProps) => (
  <Popover
    label="Charts shown"
    align="start"
    trigger={(button) => <Button {...button}>Charts: {props.isUsual ? "usual" : props.charts.length}</Button>}
  >
    <Suspense fallback={<Skeleton className="h-64 w-full" />}>
      <ChartChoices {...props} />
    </Suspense>
  </Popover>
);
