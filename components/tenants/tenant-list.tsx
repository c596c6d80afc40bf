"use client";

import Plus from "lucide-react/icons/plus";
import { useQueryStates } from "nuqs";
import type { ReactNode } from "react";
import type { JourneyTenant } from "#lib/journey/schema.ts";
import { searchTarget } from "#lib/registry/browser/search-target.ts";
import { useStale } from "../ui/as-of.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Select } from "../ui/input.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { Menu, type MenuItem } from "../ui/menu.tsx";
import { NextStepTrack } from "../ui/next-step-track.tsx";
import { TENANT_HEALTHS, TENANT_STATUSES, TENANT_VIEW, tenantsCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { useDenied, useReader } from "../ui/reader.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { Status } from "../ui/status.tsx";
import { STATUS } from "../ui/status-words.ts";
import { useApiList } from "../ui/use-api.ts";
import { MovingInSummary } from "./moving-in-summary.tsx";

const REFRESH_MS = 5000;
/** One customer step by step, or many from folders or a sheet. */
const WAYS_IN: readonly MenuItem[] = [
  { kind: "link", label: "One tenant, step by step", href: "/tenants/onboard" },
  { kind: "link", label: "Many, from folders or a sheet", href: "/tenants/import" },
];

/** Nobody called in the last 5 minutes: a latency does not apply, which is not the same as unknown. */
const hasTraffic = (row: JourneyTenant): boolean => row.live !== null && row.requestCount > 0;

/** Its service is over: what is left to say is how far its off-boarding is. */
const isClosed = ({ status }: JourneyTenant): boolean => status === "offboarding" || status === "archived";

const COLUMNS: readonly Column<JourneyTenant>[] = [
  { id: "name", header: "Tenant", cell: (row) => row.name, truncate: true, width: "w-full lg:w-56" },
  {
    id: "health",
    header: "Health",
    cell: (row) =>
      isClosed(row) ? (
        <Status of="tenant" is={row.status} />
      ) : (
        <Status of="service" is={row.health.state} since={row.health.since} />
      ),
    width: "w-44",
  },
  { id: "live", header: "Live", cell: (row) => (row.live ? `v${row.live.number}` : "–"), width: "w-16" },
  {
    id: "nodes",
    header: "Nodes",
    align: "end",
    hideBelow: "lg",
    cell: (row) => (row.live ? (row.routableNodes ?? "Unknown") : "–"),
    width: "w-20",
  },
  {
    id: "p95",
    header: "p95, 5 min",
    align: "end",
    foldBelow: "md",
    cell: (row) => <MeasurementView value={hasTraffic(row) ? row.p95 : undefined} mark="icon" />,
    width: "w-32",
  },
  {
    id: "fallback",
    header: "Fallback",
    align: "end",
    hideBelow: "lg",
    cell: (row) => <MeasurementView value={hasTraffic(row) ? row.fallbackShare : undefined} mark="icon" />,
    width: "w-28",
  },
  {
    id: "step",
    header: "Next step",
    cell: (row) => (isClosed(row) ? "–" : <NextStepTrack next={row.nextStep} />),
    hideBelow: "sm",
  },
];

type Health = JourneyTenant["health"]["state"];

const HEALTH_OPTIONS = [
  { value: "", label: "Any health" },
  ...TENANT_HEALTHS.map((state) => ({ value: state, label: STATUS.service[state][1] })),
];

type TenantStatus = JourneyTenant["status"];
const STATUS_OPTIONS = [
  { value: "", label: "All but archived" },
  ...TENANT_STATUSES.map((status) => ({ value: status, label: STATUS.tenant[status][1] })),
];

const healthWord = (health: Health | null): string => (health ? STATUS.service[health][1].toLowerCase() : "");

function Filters({
  q,
  onQ,
  health,
  onHealth,
  children,
}: {
  q: string;
  onQ: (text: string | null) => void;
  health: Health | null;
  onHealth: (state: Health | null) => void;
  children: ReactNode;
}) {
  return (
    <div className="flex flex-wrap gap-2">
      <SearchBox
        aria-label="Search tenants"
        placeholder="Name or slug; Enter opens an id or digest"
        query={q}
        onSearch={(text) => onQ(text || null)}
        className="w-80"
      />
      <Select
        aria-label="Health"
        value={health ?? ""}
        onChange={(event) => onHealth(TENANT_HEALTHS.find((state) => state === event.target.value) ?? null)}
        options={HEALTH_OPTIONS}
        className="w-44"
      />
      {children}
    </div>
  );
}

/** All tenants, how they are served and what each waits for. */
export function TenantList() {
  const [view, setView] = useQueryStates(TENANT_VIEW);
  const { q, health, status } = view;
  const denied = useDenied("tenant.write");
  const { may } = useReader();
  const list = useApiList(...tenantsCall(view), { refreshMs: REFRESH_MS });
  const stale = useStale(list.readAt, REFRESH_MS);
  const addButton = denied ? (
    <Button variant="primary" icon={<Plus />} disabledReason={denied}>
      Add tenants
    </Button>
  ) : (
    <Menu
      label="Add tenants"
      items={WAYS_IN}
      trigger={(props) => (
        <button type="button" {...props} className={buttonClass("primary")}>
          <Plus />
          Add tenants
        </button>
      )}
    />
  );
  return (
    <>
      <PageHeader title="Tenants" primary={addButton} />
      {may.includes("fleet.read") && <MovingInSummary />}
      <Filters
        q={q}
        onQ={(text) => void setView({ q: text })}
        health={health}
        onHealth={(state) => void setView({ health: state })}
      >
        <Select
          aria-label="Status"
          value={status ?? ""}
          onChange={(event) =>
            void setView({ status: TENANT_STATUSES.find((one) => one === event.target.value) ?? null })
          }
          options={STATUS_OPTIONS}
          className="w-44"
        />
      </Filters>
      <DataTable
        label="Tenants"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `/tenants/${row.id}`}
        stale={stale}
        expectedRows={16}
        empty={<NothingFound q={q} health={health} status={status} add={addButton} />}
      />
    </>
  );
}

function nothingFoundHint(q: string, health: Health | null): string {
  if (searchTarget(q)) return "Press Enter to open what this id, digest or lora name belongs to.";
  return q && health ? `Among those that are ${healthWord(health)}.` : "Choose another filter above.";
}

/** Why the list is empty: what was asked for, or that there is nothing yet. */
function NothingFound({
  q,
  health,
  status,
  add,
}: {
  q: string;
  health: Health | null;
  status: TenantStatus | null;
  add: ReactNode;
}) {
  if (q || health)
    return (
      <EmptyState title={q ? `No tenant matches “${q}”` : `No tenant is ${healthWord(health)}`}>
        {nothingFoundHint(q, health)}
      </EmptyState>
    );
  if (status)
    return (
      <EmptyState title={`No tenant is ${STATUS.tenant[status][1].toLowerCase()}`}>
        Choose another filter above.
      </EmptyState>
    );
  return (
    <EmptyState title="No tenants yet" action={add}>
      A tenant is one customer: it owns adapters, keys and a route to its live version.
    </EmptyState>
  );
}
