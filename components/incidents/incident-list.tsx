"use client";

import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { useStale } from "#components/ui/as-of.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Select } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import { INCIDENT_SEVERITIES } from "#lib/incidents/browser/incident-kinds.ts";
import type { Incident } from "#lib/incidents/browser/incident-schema.ts";
import { SEVERITY_OPTIONS, scopeWords } from "./incident-words.ts";
import { OpenIncidentButton } from "./open-incident-button.tsx";

const REFRESH_MS = 10_000;
const VIEWS = ["active", "resolved", "closed", "all"] as const;
const VIEW_OPTIONS = [
  { key: "active", label: "Open" },
  { key: "resolved", label: "To review" },
  { key: "closed", label: "Closed" },
  { key: "all", label: "All" },
] as const;
const SEVERITY_WORDS = { critical: "Critical", major: "Major", minor: "Minor" } as const;

const COLUMNS: readonly Column<Incident>[] = [
  {
    id: "incident",
    header: "Incident",
    width: "w-full",
    cell: (incident) => (
      <div className="whitespace-normal py-1.5">
        <div className="sm:hidden">
          <Status of="incident" is={incident.state} />
        </div>
        <p className="font-medium">{incident.title}</p>
        <p className="text-fg-2">{incident.sentence}</p>
      </div>
    ),
  },
  {
    id: "state",
    header: "State",
    hideBelow: "sm",
    cell: (incident) => <Status of="incident" is={incident.state} />,
  },
  { id: "severity", header: "Severity", hideBelow: "md", cell: (incident) => SEVERITY_WORDS[incident.severity] },
  { id: "scope", header: "About", hideBelow: "lg", cell: scopeWords },
  { id: "began", header: "Began", hideBelow: "sm", cell: (incident) => <Time at={incident.startedAt} zone="utc" /> },
  { id: "holder", header: "Owner", hideBelow: "lg", cell: (incident) => incident.heldBy ?? "Unassigned" },
];

/** Drafts that wait, what goes on, and what is over. */
export function IncidentList() {
  const [{ state, severity }, setView] = useQueryStates({
    state: parseAsStringLiteral(VIEWS).withDefault("active"),
    severity: parseAsStringLiteral(INCIDENT_SEVERITIES),
  });
  const query = { ...(state === "all" ? {} : { state }), ...(severity === null ? {} : { severity }) };
  const list = useApiList("GET /incidents", { query }, { refreshMs: REFRESH_MS });
  const isStale = useStale(list.readAt, REFRESH_MS);
  const open = list.firstPage?.open;
  return (
    <>
      <PageHeader
        title="Incidents"
        meta={
          open !== undefined && (
            <span role="status">{open === 0 ? "No open incidents." : `${open} open, including drafts.`}</span>
          )
        }
        primary={<OpenIncidentButton variant="primary" />}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Segments
          label="State"
          options={VIEW_OPTIONS}
          value={state}
          onChange={(next) => void setView({ state: next })}
        />
        <Select
          aria-label="Severity"
          className="w-44"
          value={severity ?? ""}
          onChange={(event) =>
            void setView({ severity: INCIDENT_SEVERITIES.find((one) => one === event.target.value) ?? null })
          }
          placeholder="Every severity"
          options={SEVERITY_OPTIONS}
        />
      </div>
      <DataTable
        label="Incidents"
        columns={COLUMNS}
        {...list.table}
        stale={isStale}
        expectedRows={4}
        rowKey={(incident) => incident.id}
        rowHref={(incident) => `/incidents/${incident.id}`}
        empty={<Nothing isFiltered={state !== "active" || severity !== null} />}
      />
    </>
  );
}

const Nothing = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <EmptyState title="No incidents match">Choose All, or another severity.</EmptyState>
  ) : (
    <EmptyState title="No open incidents" action={<OpenIncidentButton />}>
      A fallback longer than 5 minutes drafts an incident automatically. You can also open one from any alert page.
    </EmptyState>
  );
