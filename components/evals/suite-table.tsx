"use client";

import { useMemo } from "react";
import type { Suite } from "#lib/evals/browser/suite-schema.ts";
import { CopyId } from "../ui/copy.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList, useEvery } from "../ui/use-api.ts";

const columnsFor = (tenantName: (id: string) => string): readonly Column<Suite>[] => [
  {
    id: "name",
    header: "Suite",
    cell: (row) => `${row.name}, revision ${row.revision}`,
    truncate: true,
    width: "w-1/2",
  },
  { id: "tenant", header: "Tenant", cell: (row) => tenantName(row.tenantId), truncate: true, width: "w-1/2" },
  { id: "cases", header: "Prompts", align: "end", cell: (row) => row.caseCount, width: "w-24", hideBelow: "sm" },
  { id: "claim", header: "A pass without a regression proves", hideBelow: "lg", cell: (row) => row.claim },
  { id: "held", header: "Held out", align: "end", cell: (row) => row.heldOut, width: "w-20", hideBelow: "md" },
  {
    id: "state",
    header: "State",
    hideBelow: "md",
    cell: (row) => (row.isFinal ? "Used by a run" : "Open to edits"),
  },
  { id: "hash", header: "Hash", hideBelow: "xl", cell: (row) => <CopyId id={row.hash} label="hash" /> },
  { id: "created", header: "Created", hideBelow: "sm", cell: (row) => <Time at={row.createdAt} /> },
];

/** Suites of prompts, newest first. */
export function SuiteTable() {
  const list = useApiList("GET /suites", { query: {} });
  const tenants = useEvery("GET /tenants", { query: {} });
  const columns = useMemo(() => columnsFor((id) => tenants?.find((tenant) => tenant.id === id)?.name ?? id), [tenants]);
  return (
    <DataTable
      label="Suites"
      columns={columns}
      {...list.table}
      rowKey={(row) => row.id}
      rowHref={(row) => `/evals/suites/${row.id}`}
      empty={
        <EmptyState title="No suite yet">
          Set a tenant's tools and generate a suite from them, or import a file of prompts.
        </EmptyState>
      }
    />
  );
}
