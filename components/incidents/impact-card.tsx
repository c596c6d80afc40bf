"use client";

import { AsOf } from "#components/ui/as-of.tsx";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { MeasurementView, Stat } from "#components/ui/measurement.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { HitTenant, Impact, IncidentDetail } from "#lib/incidents/browser/incident-schema.ts";

/** A long one has many requests to count. */
const REFRESH_MS = 30_000;

const column = (id: keyof Pick<HitTenant, "failed" | "fallbacks" | "requests" | "minutes">, header: string) =>
  ({
    id,
    header,
    align: "end",
    cell: (row) => <MeasurementView value={row[id]} mark="icon" />,
  }) satisfies Column<HitTenant>;

const COLUMNS: readonly Column<HitTenant>[] = [
  {
    id: "tenant",
    header: "Tenant",
    width: "w-full",
    cell: (row) => (
      <div className="whitespace-normal">
        {row.tenantName}
        {row.note && <p className="text-xs text-fg-3">{row.note}</p>}
      </div>
    ),
  },
  { ...column("failed", "Failed"), hideBelow: "md" },
  { ...column("fallbacks", "Fallbacks"), hideBelow: "md" },
  column("requests", "Requests affected"),
  { ...column("minutes", "Minutes"), hideBelow: "sm" },
];

/** Who was hit, counted from the requests of its time. */
export function ImpactCard({ incident: { id, state } }: { incident: IncidentDetail }) {
  const isKept = state === "closed";
  const read = useApi(
    "GET /incidents/{incidentId}/impact",
    { params: { incidentId: id } },
    { refreshMs: isKept ? false : REFRESH_MS },
  );
  const impact = read.data;
  if (!impact)
    return (
      <Card title="Impact">
        {read.problem ? (
          <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />
        ) : (
          <Skeleton className="h-40 w-full" />
        )}
      </Card>
    );
  return (
    <Card
      title="Impact"
      aside={
        isKept ? (
          <>
            as counted <Time at={impact.countedAt} as="absolute" zone="utc" />
          </>
        ) : (
          <AsOf at={impact.countedAt} intervalMs={REFRESH_MS} />
        )
      }
      flush
    >
      <Totals impact={impact} />
      <DataTable
        label="Affected tenants"
        columns={COLUMNS}
        rows={impact.items}
        problem={read.problem}
        onRetry={read.retry}
        rowKey={(row) => row.tenantId}
        rowHref={(row) => `/tenants/${row.tenantId}`}
        expectedRows={3}
        flush
        empty={
          <EmptyState title={impact.requests.value === null ? "Affected tenants unknown" : "No tenants affected"}>
            {impact.requests.value === null
              ? "Requests from that time have been deleted."
              : "No requests failed or used a fallback in that time."}
          </EmptyState>
        }
      />
    </Card>
  );
}

const FORMULA = "Requests that failed, were shed or used a fallback, from the request trace.";

const Totals = ({ impact: { tenants, requests, minutes } }: { impact: Impact }) => (
  <div className="flex flex-wrap gap-x-12 gap-y-4 px-4 pb-4">
    <Stat label="Tenants affected" value={tenants} formula={FORMULA} />
    <Stat label="Requests affected" value={requests} formula={FORMULA}>
      {requests.coverage && requests.coverage.seen < requests.coverage.of
        ? `known of ${requests.coverage.seen} of ${requests.coverage.of} tenants`
        : null}
    </Stat>
    <Stat
      label="Tenant minutes"
      value={minutes}
      formula="Minutes with at least one affected request, summed over all tenants."
    />
  </div>
);
