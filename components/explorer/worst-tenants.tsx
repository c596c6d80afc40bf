"use client";

import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatUnit, quantityText, THIN_SPACE } from "#components/ui/format.ts";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { ProvenanceMark } from "#components/ui/provenance.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { RankedTenant } from "#lib/alerting/browser/rank-schema.ts";
import { type RankColumn, RankTable } from "./rank-table.tsx";
import { paceOf, type SharedRange } from "./use-range.ts";

const SHOWN = 5;
const FORMULA = "Exact: every answered request in the range, from arrival at the gateway to the last byte.";
type Row = RankedTenant & { id: string; name: string };

const COLUMNS: readonly RankColumn<Row>[] = [
  { header: "Over objective", cell: ({ overObjective }) => <Over value={overObjective} /> },
  {
    header: "p95 latency",
    cell: ({ p95, isLowSample }) => (
      <>
        <MeasurementView value={p95} mark="none" />
        {isLowSample && (
          <abbr title="fewer than 100 requests" className="text-fg-3 no-underline">
            {THIN_SPACE}*
          </abbr>
        )}
      </>
    ),
  },
  { header: "Objective", isFolded: true, cell: ({ objectiveMs }) => <Objective ms={objectiveMs} /> },
  { header: "Requests", isFolded: true, cell: ({ requests }) => <MeasurementView value={requests} mark="none" /> },
  {
    header: "By a fallback",
    isFolded: true,
    cell: ({ fallbackShare }) => <MeasurementView value={fallbackShare} mark="none" />,
  },
];

/** The tenants whose p95 is furthest over what they were promised; who was promised nothing stands below. */
export function WorstTenants({ shared }: { shared: Pick<SharedRange, "range" | "refreshMs"> }) {
  const query = { ...shared.range, limit: SHOWN };
  const read = useApi("GET /rankings/tenants", { query }, { refreshMs: paceOf(shared) });
  const items = read.data?.items;
  return (
    <Card title={<Title items={items ?? []} />} aside="by p95 over their objective">
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {items === undefined && !read.problem && <Skeleton className="h-32 w-full" />}
      {items?.length === 0 && <p className="text-md text-fg-2">No tenant requests in this range.</p>}
      {items && items.length > 0 && (
        <RankTable
          label="Worst tenants"
          columns={COLUMNS}
          rows={items.map((tenant) => ({ ...tenant, id: tenant.tenantId, name: tenant.tenantName }))}
          boards="/charts/tenants"
        />
      )}
      {items?.some(({ isLowSample }) => isLowSample) && (
        <p className="mt-1 text-xs text-fg-3">* fewer than 100 requests</p>
      )}
    </Card>
  );
}

/** One mark for all figures: they come from the same trace. */
function Title({ items }: { items: readonly RankedTenant[] }) {
  const [first] = items;
  if (first === undefined) return "Worst tenants";
  const simulated = items.some(({ p95 }) => p95.simulated);
  return (
    <>
      Worst tenants
      <span className="font-normal">
        {THIN_SPACE}
        <ProvenanceMark origin={{ ...first.p95, simulated }} formula={FORMULA} />
      </span>
    </>
  );
}

const Over = ({ value }: { value: RankedTenant["overObjective"] }) =>
  value === null ? <span className="text-fg-3">no objective</span> : <MeasurementView value={value} mark="none" />;

function Objective({ ms }: { ms: number | null }) {
  const { locale } = useReader();
  return ms === null ? <MeasurementView value={undefined} /> : quantityText(formatUnit(ms, "ms", locale));
}
