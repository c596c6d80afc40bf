"use client";

import { parseAsIsoDateTime, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useStale } from "#components/ui/as-of.tsx";
import { Button } from "#components/ui/button.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import { CHANGE_COLUMNS } from "./change-columns.tsx";
import { ChangeFilters } from "./change-filters.tsx";
import { GROUPS } from "./change-words.ts";

const REFRESH_MS = 10_000;

/** Everything that changed on one time line; group, scope and time are in the URL, so that a view can be sent on. */
export function ChangesPage() {
  const [view, setView] = useQueryStates({
    group: parseAsStringLiteral(GROUPS),
    pool: parseAsString,
    node: parseAsString,
    tenant: parseAsString,
    from: parseAsIsoDateTime,
    to: parseAsIsoDateTime,
  });
  const query = {
    ...(view.group === null ? {} : { group: view.group }),
    ...(view.pool === null ? {} : { poolId: view.pool }),
    ...(view.node === null ? {} : { nodeId: view.node }),
    ...(view.tenant === null ? {} : { tenantId: view.tenant }),
    ...(view.from === null ? {} : { from: view.from.toISOString() }),
    ...(view.to === null ? {} : { to: view.to.toISOString() }),
  };
  // what lies in the past stays as it was
  const list = useApiList("GET /changes", { query }, { refreshMs: view.to === null ? REFRESH_MS : false });
  const isNarrowed = Object.keys(query).length > 0;
  const clear = () => void setView({ group: null, pool: null, node: null, tenant: null, from: null, to: null });
  const isStale = useStale(list.readAt, REFRESH_MS);
  return (
    <>
      <PageHeader title="Changes" meta="Events and changes, newest first. Start here when a chart changes." />
      <ChangeFilters view={view} onChange={(change) => void setView(change)} onClear={isNarrowed ? clear : null} />
      <DataTable
        label="Changes"
        columns={CHANGE_COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        stale={isStale && view.to === null}
        expectedRows={16}
        empty={
          isNarrowed ? (
            <EmptyState title="No changes match" action={<Button onClick={clear}>Show all changes</Button>}>
              No changes of this kind in this scope and period.
            </EmptyState>
          ) : (
            <EmptyState title="No changes yet">
              Loads, restarts, cutovers, alerts, settings and edits appear as they happen.
            </EmptyState>
          )
        }
      />
    </>
  );
}
