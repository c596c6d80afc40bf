"use client";

import { nameBaseline } from "#lib/evals/browser/format-baseline.ts";
import type { Run } from "#lib/evals/schema.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";
import { VerdictStatus } from "./verdict-status.tsx";

const REFRESH_MS = 3000;

const COLUMNS: readonly Column<Run>[] = [
  {
    id: "candidate",
    header: "Candidate",
    cell: (row) => `${row.tenantSlug} / ${row.adapterSlug} v${row.candidateNumber}`,
    truncate: true,
    width: "w-full",
  },
  { id: "verdict", header: "Verdict", cell: (row) => <VerdictStatus run={row} />, width: "w-52" },
  {
    id: "baseline",
    header: "Against",
    hideBelow: "md",
    cell: (row) => nameBaseline(row),
  },
  { id: "prompts", header: "Prompts", align: "end", hideBelow: "sm", cell: (row) => row.caseCount },
  { id: "attempt", header: "Attempt", align: "end", hideBelow: "lg", cell: (row) => (row.gates ? row.attempt : "–") },
  { id: "by", header: "Requested by", hideBelow: "lg", cell: (row) => row.requestedBy },
  { id: "at", header: "Asked", hideBelow: "sm", cell: (row) => <Time at={row.createdAt} /> },
];

/** Evaluation runs, newest first; of all tenants, or of one version. */
export function RunTable({ versionId }: { versionId?: string }) {
  const list = useApiList("GET /runs", { query: { versionId } }, { refreshMs: REFRESH_MS });
  return (
    <DataTable
      label="Runs"
      columns={COLUMNS}
      {...list.table}
      rowKey={(row) => row.id}
      rowHref={(row) => `/evals/runs/${row.id}`}
      empty={
        <EmptyState title="No gate runs yet">
          A gate sends the suite's prompts to the candidate and the baseline, and compares the answers.
        </EmptyState>
      }
    />
  );
}
