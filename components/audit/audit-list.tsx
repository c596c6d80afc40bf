"use client";

import { actionWords } from "#lib/identity/browser/action-words.ts";
import type { AuditEntry } from "#lib/identity/schema.ts";
import { CopyId } from "../ui/copy.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";

const COLUMNS: readonly Column<AuditEntry>[] = [
  { id: "at", header: "When", cell: (row) => <Time at={row.at} />, width: "w-36" },
  { id: "actor", header: "Who", cell: (row) => row.actor.label, width: "w-48", hideBelow: "md" },
  {
    id: "action",
    header: "Did",
    cell: (row) => <span title={row.action}>{actionWords(row.action)}</span>,
    width: "w-48",
  },
  { id: "object", header: "To", hideBelow: "sm", cell: (row) => <CopyId id={row.objectId} />, width: "w-48" },
  {
    id: "reason",
    header: "Reason",
    cell: (row) => row.reason ?? "–",
    truncate: true,
    width: "w-full",
    hideBelow: "md",
  },
  {
    id: "request",
    header: "Request",
    cell: (row) => <CopyId id={row.requestId} label="request id" />,
    hideBelow: "lg",
  },
];

/** Who did what to what, newest first; of one tenant, of one object, or of everything. */
export function AuditList(scope: { tenantId?: string; objectId?: string }) {
  const list = useApiList("GET /audit", { query: scope });
  return (
    <DataTable
      label="Audit trail"
      columns={COLUMNS}
      {...list.table}
      rowKey={(row) => row.id}
      expectedRows={16}
      empty={
        <EmptyState title="No audit entries yet">Every change adds one entry here, in the same transaction.</EmptyState>
      }
    />
  );
}
