"use client";

import { parseAsIsoDateTime, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useStale } from "#components/ui/as-of.tsx";
import { Button } from "#components/ui/button.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Select } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi, useApiList } from "#components/ui/use-api.ts";
import { CHANGE_COLUMNS } from "./change-columns.tsx";
import { GROUP_OPTIONS, GROUPS } from "./change-words.ts";

const REFRESH_MS = 10_000;

/** Everything that changed on one time line; group, scope and moment are in the URL, so that a view can be sent on. */
export function ChangesPage() {
  const [view, setView] = useQueryStates({
    group: parseAsStringLiteral(GROUPS),
    pool: parseAsString,
    node: parseAsString,
    tenant: parseAsString,
    to: parseAsIsoDateTime,
  });
  const query = {
    ...(view.group === null ? {} : { group: view.group }),
    ...(view.pool === null ? {} : { poolId: view.pool }),
    ...(view.node === null ? {} : { nodeId: view.node }),
    ...(view.tenant === null ? {} : { tenantId: view.tenant }),
    ...(view.to === null ? {} : { to: view.to.toISOString() }),
  };
  // what lies in the past stays as it was
  const list = useApiList("GET /changes", { query }, { refreshMs: view.to === null ? REFRESH_MS : false });
  const isNarrowed = Object.keys(query).length > 0;
  const clear = () => void setView({ group: null, pool: null, node: null, tenant: null, to: null });
  const isStale = useStale(list.readAt, REFRESH_MS);
  return (
    <>
      <PageHeader
        title="Changes"
        meta="What happened and what was done, newest first: start here when a chart turns."
      />
      <Filters view={view} setView={setView} onClear={isNarrowed ? clear : null} />
      <DataTable
        label="Changes"
        columns={CHANGE_COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        stale={isStale && view.to === null}
        expectedRows={16}
        empty={
          isNarrowed ? (
            <EmptyState title="Nothing changed here" action={<Button onClick={clear}>Show all changes</Button>}>
              No change of this kind, in this scope and time.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing has changed yet">
              Loads, restarts, cutovers, settings and edits appear as they happen.
            </EmptyState>
          )
        }
      />
    </>
  );
}

type View = { group: (typeof GROUPS)[number] | null; pool: string | null; to: Date | null };

function Filters({
  view,
  setView,
  onClear,
}: {
  view: View;
  setView: (change: Partial<View> & { node?: null }) => Promise<unknown>;
  /** null = nothing is narrowed. */
  onClear: (() => void) | null;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        aria-label="Kind"
        value={view.group ?? ""}
        onChange={(event) => void setView({ group: GROUPS.find((group) => group === event.target.value) ?? null })}
        placeholder="Everything"
        options={GROUP_OPTIONS}
        className="w-52"
      />
      <PoolSelect value={view.pool} onChange={(pool) => void setView({ pool, node: null })} />
      {view.to !== null && (
        <span className="text-sm text-fg-2">
          Before <Time at={view.to.toISOString()} as="absolute" />
        </span>
      )}
      {onClear && (
        <Button size="sm" variant="ghost" onClick={onClear}>
          Show all
        </Button>
      )}
    </div>
  );
}

function PoolSelect({ value, onChange }: { value: string | null; onChange: (pool: string | null) => void }) {
  const { data } = useApi("GET /pools", { query: { limit: 200 } });
  const options = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  if (options.length < 2 && value === null) return null;
  return (
    <Select
      aria-label="Pool"
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
      placeholder="All pools"
      options={options}
      className="w-52"
    />
  );
}
