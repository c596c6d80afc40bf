"use client";

import { useQueryStates } from "nuqs";
import { useMemo } from "react";
import { TextLink } from "#components/ui/button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Select } from "#components/ui/input.tsx";
import { ALERT_VIEW, alertsCall } from "#components/ui/page-calls.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import { ALERT_INTERVAL_MS, ALERT_SEVERITIES } from "#lib/alerting/browser/alert-kinds.ts";
import type { Alert } from "#lib/alerting/browser/alert-schema.ts";
import { alertName, type FoldedAlert, foldAlerts, relatedText } from "#lib/alerting/browser/fold-alerts.ts";
import { AlertStatus } from "./alert-status.tsx";
import { RulesStale } from "./rules-stale.tsx";

const VIEW_OPTIONS = [
  { key: "open", label: "Open" },
  { key: "resolved", label: "Resolved" },
  { key: "all", label: "All" },
] as const;

const COLUMNS: readonly Column<FoldedAlert<Alert>>[] = [
  {
    id: "alert",
    header: "Alert",
    width: "w-full",
    cell: ({ alert, related }) => (
      <div className="whitespace-normal py-1.5">
        <div className="sm:hidden">
          <AlertStatus alert={alert} />
        </div>
        <p className="font-medium">{alertName(alert)}</p>
        <p className="text-fg-2">{alert.sentence}</p>
        {related.length > 0 && <p className="text-sm text-fg-3">{relatedText(related)}</p>}
        {alert.causeId !== null && (
          <p className="text-xs text-fg-3">Grouped with another alert; no separate notification</p>
        )}
      </div>
    ),
  },
  { id: "state", header: "State", hideBelow: "sm", cell: ({ alert }) => <AlertStatus alert={alert} /> },
  { id: "since", header: "Since", hideBelow: "sm", cell: ({ alert }) => <Time at={alert.startedAt} zone="utc" /> },
  { id: "holder", header: "Owner", hideBelow: "md", cell: ({ alert }) => alert.acknowledgedBy ?? "Unassigned" },
];

/** What fires, first; then what somebody holds. */
export function AlertList() {
  const [view, setView] = useQueryStates(ALERT_VIEW);
  const { state, severity } = view;
  const list = useApiList(...alertsCall(view), { refreshMs: ALERT_INTERVAL_MS });
  const evaluatedAt = list.firstPage?.evaluatedAt ?? null;
  const rows = useMemo(() => list.items && foldAlerts(list.items), [list.items]);
  return (
    <>
      <PageHeader
        title="Alerts"
        meta={<Evaluated at={evaluatedAt} firing={list.firstPage?.firing} />}
        secondary={<TextLink href="/settings/notifications">Notification channels</TextLink>}
      />
      {list.firstPage && <RulesStale evaluatedAt={evaluatedAt}>this list may be incomplete.</RulesStale>}
      <div className="flex flex-wrap items-center gap-3">
        <Segments
          label="State"
          options={VIEW_OPTIONS}
          value={state}
          onChange={(next) => void setView({ state: next })}
        />
        <div className="w-44">
          <Select
            aria-label="Severity"
            value={severity ?? ""}
            onChange={(event) =>
              void setView({ severity: ALERT_SEVERITIES.find((one) => one === event.target.value) ?? null })
            }
            options={[
              { value: "", label: "Every severity" },
              { value: "critical", label: "Critical" },
              { value: "warning", label: "Warning" },
            ]}
          />
        </div>
      </div>
      <DataTable
        label="Alerts"
        columns={COLUMNS}
        {...list.table}
        rows={rows}
        expectedRows={4}
        rowKey={({ alert }) => alert.id}
        rowHref={({ alert }) => `/alerts/${alert.id}`}
        empty={<Nothing evaluatedAt={evaluatedAt} isFiltered={state !== "open" || severity !== null} />}
      />
    </>
  );
}

function Evaluated({ at, firing }: { at: string | null; firing: number | undefined }) {
  if (firing === undefined) return <Skeleton className="h-5 w-60" sized />;
  return (
    <span role="status">
      {firing === 0 ? "No alerts firing" : `${firing} firing`}
      {at && (
        <>
          , last evaluated <Time at={at} as="as-of" />
        </>
      )}
      .
    </span>
  );
}

function Nothing({ evaluatedAt, isFiltered }: { evaluatedAt: string | null; isFiltered: boolean }) {
  if (isFiltered) return <EmptyState title="No alerts match">Change the filters above to see others.</EmptyState>;
  if (evaluatedAt === null) return <EmptyState title="No data yet">No alert rule has been evaluated yet.</EmptyState>;
  return (
    <EmptyState title="No alerts firing">
      Last evaluated <Time at={evaluatedAt} as="as-of" />. Alert rules run every 10 seconds on nodes, pools, tenants,
      versions and keys.
    </EmptyState>
  );
}
