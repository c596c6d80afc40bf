"use client";

import type { ChartRange } from "#components/charts/metric-chart.tsx";
import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { FigureView } from "#components/ui/figure.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { ChartMetric, ChartPart } from "#lib/telemetry/schema.ts";
import { rankRows, worstOf } from "./rank-rows.ts";
import type { useSharedChart } from "./use-range.ts";

const SHOWN = 5;
type Props = { shared: ReturnType<typeof useSharedChart> };

type Split = ChartRange & { by: ChartPart; first?: string };
const useSplit = (metric: ChartMetric, query: Split, refreshMs: number | false, enabled = true) =>
  useApi("GET /charts/{metric}", { params: { metric }, query }, { refreshMs, enabled });

/** As split charts need not be fresher than this, and each reads a whole range. */
const SLOWEST_MS = 30_000;
const paceOf = ({ range, refreshMs = false }: Props["shared"]): number | false =>
  range.to !== undefined || refreshMs === false ? false : Math.max(SLOWEST_MS, refreshMs);

type Ranked = {
  title: string;
  /** The first ranks; each is a split chart's figure over the whole range. */
  figures: readonly [Figured, Figured, Figured];
  nothing: string;
};
type Figured = { header: string; metric: ChartMetric };

const RANKED: Record<"pool" | "tenant", Ranked> = {
  pool: {
    title: "Worst pools",
    figures: [
      { header: "p95 latency", metric: "latency" },
      { header: "GPU evictions", metric: "evictions" },
      { header: "Longest queue", metric: "queue" },
    ],
    nothing: "No pool was seen in this range.",
  },
  tenant: {
    title: "Worst tenants",
    figures: [
      { header: "p95 latency", metric: "latency" },
      { header: "By a fallback", metric: "fallback-share" },
      { header: "Requests", metric: "requests" },
    ],
    nothing: "No tenant sent a request in this range.",
  },
};

/** The worst few over the whole range, each with the other figures of its own, and the way to its board. */
export function Worst({ of: by, shared }: { of: keyof typeof RANKED } & Props) {
  const { title, figures, nothing } = RANKED[by];
  const pace = paceOf(shared);
  const [first, second, third] = figures;
  const ranking = useSplit(first.metric, { ...shared.range, by }, pace);
  const worst = ranking.data ? worstOf(ranking.data, SHOWN) : [];
  // they need not be among the ten largest of another figure
  const others = { ...shared.range, by, first: worst.map(({ id }) => id).join(",") };
  const reads = [
    ranking,
    useSplit(second.metric, others, pace, worst.length > 0),
    useSplit(third.metric, others, pace, worst.length > 0),
  ];
  const failed = reads.find(({ problem }) => problem !== null);
  const charts = reads.flatMap(({ data }) => data ?? []);
  const isComplete = ranking.data !== undefined && (worst.length === 0 || charts.length === reads.length);
  const rows = isComplete ? rankRows(worst, charts) : [];
  const headers = figures.map(({ header }) => header);
  return (
    <Card title={title} aside="over the whole range">
      {failed?.problem && <ErrorState problem={failed.problem} onRetry={failed.retry} size="inline" />}
      {!isComplete && !failed && <Skeleton className="h-32 w-full" />}
      {isComplete && rows.length === 0 && <p className="text-md text-fg-2">{nothing}</p>}
      {rows.length > 0 && (
        <div className="overflow-x-auto">
          <table className="w-full text-sm">
            <thead>
              <tr className="text-xs text-fg-2">
                <th scope="col" className="pb-1 text-start font-medium">
                  Name
                </th>
                {headers.map((header) => (
                  <th key={header} scope="col" className="whitespace-nowrap ps-4 pb-1 text-end font-medium">
                    {header}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ id, name, figures }) => (
                <tr key={id} className="border-t">
                  <th scope="row" className="h-(--row) max-w-48 truncate text-start font-normal">
                    <TextLink href={`/charts/${by}s/${id}`}>{name}</TextLink>
                  </th>
                  {figures.map((figure, index) => (
                    <td key={headers[index]} className="ps-4 text-end">
                      <FigureView figure={figure} mark="icon" />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
