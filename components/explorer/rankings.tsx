"use client";

import type { ChartRange } from "#components/charts/metric-chart.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { ChartMetric, ChartPart } from "#lib/metrics/browser/chart-metrics.ts";
import { type RankRow, rankRows, worstOf } from "./rank-rows.ts";
import { type RankColumn, RankTable } from "./rank-table.tsx";
import { paceOf, type SharedRange } from "./use-range.ts";

const SHOWN = 5;

type Split = ChartRange & { by: ChartPart; first?: string };
const useSplit = (metric: ChartMetric, query: Split, refreshMs: number | false, enabled = true) =>
  useApi("GET /charts/{metric}", { params: { metric }, query }, { refreshMs, enabled });

/** The first ranks; each is a split chart's figure over the whole range. */
const RANKED = [
  { header: "p95 latency", metric: "latency" },
  { header: "GPU evictions", metric: "evictions" },
  { header: "Longest queue", metric: "queue" },
] as const satisfies { header: string; metric: ChartMetric }[];

const COLUMNS: readonly RankColumn<RankRow>[] = RANKED.map(({ header }, index) => ({
  header,
  isFolded: index > 0,
  cell: ({ values }) => <MeasurementView value={values[index]} mark="icon" />,
}));

/** The worst few pools over the whole range, each with the other figures of its own, and the way to its board. */
export function WorstPools({ shared }: { shared: SharedRange }) {
  const pace = paceOf(shared);
  const [first, second, third] = RANKED;
  const ranking = useSplit(first.metric, { ...shared.range, by: "pool" }, pace);
  const worst = ranking.data ? worstOf(ranking.data, SHOWN) : [];
  // they need not be among the ten largest of another figure
  const others = { ...shared.range, by: "pool" as const, first: worst.map(({ id }) => id).join(",") };
  const reads = [
    ranking,
    useSplit(second.metric, others, pace, worst.length > 0),
    useSplit(third.metric, others, pace, worst.length > 0),
  ];
  const failed = reads.find(({ problem }) => problem !== null);
  const charts = reads.flatMap(({ data }) => data ?? []);
  const isComplete = ranking.data !== undefined && (worst.length === 0 || charts.length === reads.length);
  const rows = isComplete ? rankRows(worst, charts) : [];
  return (
    <Card title="Worst pools" aside="over the whole range">
      {failed?.problem && <ErrorState problem={failed.problem} onRetry={failed.retry} size="inline" />}
      {!isComplete && !failed && <Skeleton className="h-32 w-full" />}
      {isComplete && rows.length === 0 && <p className="text-md text-fg-2">No pool data in this range.</p>}
      {rows.length > 0 && <RankTable label="Worst pools" columns={COLUMNS} rows={rows} boards="/charts/pools" />}
    </Card>
  );
}
