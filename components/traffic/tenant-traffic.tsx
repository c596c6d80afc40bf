"use client";

import CircleHelp from "lucide-react/icons/circle-help";
import { useMemo, useState } from "react";
import type { TenantTraffic } from "#lib/requests/browser/traffic-schema.ts";
import { IconButton } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { Status, StatusShape } from "../ui/status.tsx";
import type { Sort } from "../ui/table-parts.tsx";
import { CellMeasurement } from "./cell-measurement.tsx";
import { type SortKeys, useSteadyRows } from "./use-steady-rows.ts";

export const TENANT_SORTS: SortKeys<TenantTraffic> = {
  flight: (row) => row.inFlight.value,
  queued: (row) => row.queued.value,
  rate: (row) => row.requestsPerMinute.value,
  p95: (row) => row.p95Ms.value,
  shed: (row) => row.shed.value,
  fallbacks: (row) => row.fallbacks.value,
  failed: (row) => row.failed.value,
};

const columnsOf = (onWhy: (row: TenantTraffic) => void): Column<TenantTraffic>[] => [
  { id: "name", header: "Tenant", truncate: true, width: "w-full", cell: (row) => <Name row={row} /> },
  { id: "state", header: "On fallback", cell: (row) => <OnFallback row={row} />, hideBelow: "md" },
  { ...number("flight", "In flight", (row) => row.inFlight, "count"), hideBelow: "sm" },
  {
    ...number("queued", "Queued", (row) => row.queued),
    cell: (row) => <Queued row={row} />,
  },
  number("rate", "Req / min", (row) => row.requestsPerMinute, ""),
  { ...number("p95", "p95", (row) => row.p95Ms), foldBelow: "sm" },
  { ...number("shed", "Shed", (row) => row.shed), hideBelow: "sm" },
  { ...number("fallbacks", "Fallbacks", (row) => row.fallbacks), hideBelow: "sm" },
  { ...number("failed", "Failed", (row) => row.failed), hideBelow: "md" },
  {
    id: "why",
    header: "Route",
    width: "w-14",
    cell: (row) => (
      <IconButton label={`Why this node, for ${row.name}`} size="sm" className="row-action" onClick={() => onWhy(row)}>
        <CircleHelp />
      </IconButton>
    ),
  },
];

/** With `unit` the header carries it. */
const number = (
  id: string,
  header: string,
  of: (row: TenantTraffic) => TenantTraffic["shed"],
  unit?: string,
): Column<TenantTraffic> => ({
  id,
  header,
  align: "end",
  sortable: true,
  cell: (row) => <CellMeasurement value={of(row)} unit={unit} />,
});

/** As many as leave what follows in reach. */
const FIRST_ROWS = 16;

/** Tenants with traffic now or in the last 5 minutes. */
export function TenantTable({
  rows,
  isNarrowed,
  stale,
  sort,
  onSort,
  onWhy,
}: {
  rows: readonly TenantTraffic[] | undefined;
  isNarrowed: boolean;
  stale: boolean;
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** Asks why its requests go where they go. */
  onWhy: (row: TenantTraffic) => void;
}) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the handler only sets state; columns must stay the same
  const columns = useMemo(() => columnsOf(onWhy), []);
  const steady = useSteadyRows(rows, (row) => row.tenantId, TENANT_SORTS, sort);
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && (steady?.length ?? 0) > FIRST_ROWS;
  return (
    <DataTable
      label="Traffic by tenant"
      columns={columns}
      rows={isCut ? steady?.slice(0, FIRST_ROWS) : steady}
      total={steady?.length ?? null}
      hasMore={isCut}
      onLoadMore={() => setWhole(true)}
      rowKey={(row) => row.tenantId}
      rowHref={(row) => `/tenants/${row.tenantId}`}
      stale={stale}
      sort={sort}
      onSort={onSort}
      empty={
        isNarrowed ? (
          <EmptyState title="No tenants match">Choose another filter above.</EmptyState>
        ) : (
          <EmptyState title="No requests in the last 5 minutes">
            Tenants appear after their first request. Try a request to see one.
          </EmptyState>
        )
      }
    />
  );
}

/** Where there is no room for the next column, its sign stands here. */
const Name = ({ row }: { row: TenantTraffic }) => (
  <span className="inline-flex items-center gap-1.5">
    {row.onFallback && (
      <span role="img" aria-label="On fallback" className="md:hidden">
        <StatusShape state="warn" />
      </span>
    )}
    {row.name}
  </span>
);

const OnFallback = ({ row: { onFallback } }: { row: TenantTraffic }) =>
  onFallback ? (
    <span title={onFallback.sentence}>
      <Status of="service" is="on_fallback" since={onFallback.since} />
    </span>
  ) : (
    <span className="text-fg-3">No</span>
  );

/** How many wait, and how long the oldest has. */
const Queued = ({ row }: { row: TenantTraffic }) => (
  <span className="inline-flex items-baseline gap-1.5">
    {row.queued.value !== 0 && row.oldestWaitMs.value !== null && (
      <span className="text-fg-3 max-sm:hidden">
        <MeasurementView value={row.oldestWaitMs} mark="none" />
      </span>
    )}
    <CellMeasurement value={row.queued} unit="count" />
  </span>
);
