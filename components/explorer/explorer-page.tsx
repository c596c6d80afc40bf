"use client";

import { MetricChart } from "#components/charts/metric-chart.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useNow } from "#components/ui/use-now.ts";
import { Segments } from "../ui/segments.tsx";
import { chartGroups, queryOf } from "./metrics.ts";
import { rangeOf } from "./range.ts";
import { RangePicker } from "./range-picker.tsx";
import { ScopeFilters } from "./scope-filters.tsx";
import { useView } from "./use-view.ts";

const LOAD_CHOICES = [
  { key: "running", label: "Running" },
  { key: "queue", label: "Queue" },
] as const;

/** The charts of the fleet or of a part of it, over one range, under one crosshair. Dragging zooms all of them. */
export function ExplorerPage() {
  const view = useView();
  const now = useNow(60_000);
  const range = rangeOf(view.quick, view.fixed, now);
  const query = queryOf(view.scope);
  return (
    <>
      <PageHeader title="Charts" />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <RangePicker view={view} />
        <ScopeFilters view={view} />
      </div>
      {chartGroups(view.scope, view.load).map((group) => (
        <section key={group.id} aria-labelledby={`charts-${group.id}`} className="flex flex-col gap-3">
          <div className="flex min-h-8 flex-wrap items-center justify-between gap-2">
            <h2 id={`charts-${group.id}`} className="text-lg font-semibold">
              {group.title}
            </h2>
            {group.id === "nodes" && (
              <Segments label="Load shown last" options={LOAD_CHOICES} value={view.load} onChange={view.setLoad} />
            )}
          </div>
          <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
            {group.metrics.map((metric) => (
              <MetricChart
                key={metric}
                metric={metric}
                scope={query}
                isForStaff
                range={range}
                level={3}
                syncId="explorer"
                onZoom={view.zoomIn}
                onZoomOut={view.zoomOut}
                className="max-2xl:first:col-span-full"
              />
            ))}
          </div>
        </section>
      ))}
      {view.scope.tenant !== "" && (
        <p className="max-w-[72ch] text-md text-fg-2">
          Engines do not tell tenants apart. Choose a pool or a node instead of the tenant to see evictions, swap source
          and load.
        </p>
      )}
    </>
  );
}
