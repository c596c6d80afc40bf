"use client";

import type { ReadinessSummary } from "#lib/evals/browser/readiness-schema.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Status } from "../ui/status.tsx";
import { useApiList } from "../ui/use-api.ts";

const standingOf = (row: ReadinessSummary) => (row.suite === null ? "none" : row.isGateable ? "gateable" : "short");

const COLUMNS: readonly Column<ReadinessSummary>[] = [
  { id: "tenant", header: "Tenant", cell: (row) => row.tenantName },
  { id: "standing", header: "Standing", cell: (row) => <Status of="suite" is={standingOf(row)} /> },
  {
    id: "suite",
    header: "Suite",
    hideBelow: "md",
    truncate: true,
    width: "w-1/3",
    cell: (row) => (row.suite === null ? "–" : `${row.suite.name}, revision ${row.suite.revision}`),
  },
  { id: "prompts", header: "Prompts", align: "end", cell: (row) => row.suite?.caseCount ?? "–", hideBelow: "sm" },
  {
    id: "categories",
    header: "Categories",
    align: "end",
    hideBelow: "lg",
    cell: (row) => (row.suite === null ? "–" : row.categories),
  },
  {
    id: "held",
    header: "Held out",
    align: "end",
    hideBelow: "lg",
    cell: (row) => (row.suite === null ? "–" : row.heldOut),
  },
  {
    id: "duplicates",
    header: "Duplicates",
    align: "end",
    hideBelow: "xl",
    cell: (row) => (row.suite === null ? "–" : row.duplicates),
  },
  { id: "tools", header: "Own tools", hideBelow: "md", cell: (row) => (row.hasTools ? "Known" : "Not known") },
  {
    id: "sentence",
    header: "Missing",
    hideBelow: "md",
    truncate: true,
    width: "w-2/3",
    cell: (row) => row.sentence,
  },
];

/** How far each tenant is from a suite that can gate. */
export function ReadinessTable() {
  const list = useApiList("GET /suite-readiness", { query: {} });
  return (
    <DataTable
      label="Tenants"
      columns={COLUMNS}
      {...list.table}
      rowKey={(row) => row.tenantId}
      rowHref={(row) => (row.suite ? `/evals/suites/${row.suite.id}` : undefined)}
      empty={<EmptyState title="No tenant yet">Add a tenant first, then set its tools to create a suite.</EmptyState>}
    />
  );
}
