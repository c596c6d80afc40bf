"use client";

import type { ChartRange } from "#components/charts/metric-chart.tsx";
import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { FigureView } from "#components/ui/figure.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { ChartMetric, ChartPart } from "#lib/telemetry/schema.ts";
import { rankRows } from "./rank-rows.ts";
import type { useSharedChart } from "./use-range.ts";

const SHOWN = 5;
type Props = { shared: ReturnType<typeof useSharedChart> };

const useSplit = (metric: ChartMetric, by: ChartPart, range: ChartRange, refreshMs: number | false) =>
  useApi("GET /charts/{metric}", { params: { metric }, query: { by, ...range } }, { refreshMs });

/** As split charts need not be fresher than this, and each reads a whole range. */
const SLOWEST_MS = 30_000;
const paceOf = ({ range, refreshMs = false }: Props["shared"]): number | false =>
  range.to !== undefined || refreshMs === false ? false : Math.max(SLOWEST_MS, refreshMs);

export function WorstPools({ shared }: Props) {
  const pace = paceOf(shared);
  const reads = [
    useSplit("latency", "pool", shared.range, pace),
    useSplit("evictions", "pool", shared.range, pace),
    useSplit("queue", "pool", shared.range, pace),
  ];
  return (
    <Ranking
      title="Worst pools"
      headers={["p95 latency", "GPU evictions", "Longest queue"]}
      reads={reads}
      hrefOf={(id) => `/charts/pools/${id}`}
      nothing="No pool was seen in this range."
    />
  );
}

export function WorstTenants({ shared }: Props) {
  const pace = paceOf(shared);
  const reads = [
    useSplit("latency", "tenant", shared.range, pace),
    useSplit("fallback-share", "tenant", shared.range, pace),
    useSplit("requests", "tenant", shared.range, pace),
  ];
  return (
    <Ranking
      title="Worst tenants"
      headers={["p95 latency", "By a fallback", "Requests"]}
      reads={reads}
      hrefOf={(id) => `/charts/tenants/${id}`}
      nothing="No tenant sent a request in this range."
    />
  );
}

type RankingProps = {
  title: string;
  headers: readonly string[];
  /** Each header's figures. */
  reads: readonly ReturnType<typeof useSplit>[];
  hrefOf: (id: string) => string;
  nothing: string;
};

/** The worst few over the whole range, each the way to its own board. */
function Ranking({ title, headers, reads, hrefOf, nothing }: RankingProps) {
  const failed = reads.find(({ problem }) => problem !== null);
  const charts = reads.flatMap(({ data }) => data ?? []);
  const isComplete = charts.length === reads.length;
  const rows = isComplete ? rankRows(charts, SHOWN) : [];
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
                    <TextLink href={hrefOf(id)}>{name}</TextLink>
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
