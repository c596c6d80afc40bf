"use client";

import type { Import } from "#lib/registry/browser/import-schema.ts";
import { useStale } from "../../ui/as-of.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Status } from "../../ui/status.tsx";
import { Time } from "../../ui/time.tsx";
import { useApiList } from "../../ui/use-api.ts";

const REFRESH_MS = 10_000;

const COLUMNS: readonly Column<Import>[] = [
  { id: "name", header: "Import", cell: (row) => row.name, truncate: true, width: "w-full sm:w-64" },
  { id: "state", header: "State", cell: (row) => <Status of="import" is={row.state} /> },
  {
    id: "imported",
    header: "Imported",
    align: "end",
    cell: (row) => `${row.importedCount} of ${row.rowCount - row.skippedCount}`,
  },
  { id: "pool", header: "Pool", cell: (row) => row.poolName, hideBelow: "md" },
  { id: "by", header: "Started by", cell: (row) => row.createdBy, hideBelow: "lg" },
  { id: "at", header: "Changed", cell: (row) => <Time at={row.updatedAt} />, hideBelow: "sm" },
];

/** Imports so far, newest first: open ones can be taken up by anyone who may. */
export function DraftList() {
  const list = useApiList("GET /imports", { query: {} }, { refreshMs: REFRESH_MS });
  const stale = useStale(list.readAt, REFRESH_MS);
  return (
    <section aria-labelledby="imports-so-far" className="flex flex-col gap-2">
      <h2 id="imports-so-far" className="text-lg font-semibold">
        Imports so far
      </h2>
      <DataTable
        label="Imports"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        rowHref={(row) => `/tenants/import/${row.id}`}
        stale={stale}
        expectedRows={3}
        empty={
          <EmptyState title="No imports yet">
            Imports started above stay here until they finish or are discarded.
          </EmptyState>
        }
      />
    </section>
  );
}
