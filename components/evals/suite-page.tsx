"use client";

import type { SuiteCase } from "#lib/evals/browser/suite-schema.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useApi, useApiList } from "../ui/use-api.ts";

const promptOf = (row: SuiteCase): string =>
  row.messages.findLast((message) => message.role === "user")?.content ?? "–";

const COLUMNS: readonly Column<SuiteCase>[] = [
  { id: "ordinal", header: "#", align: "end", cell: (row) => row.ordinal, width: "w-12" },
  {
    id: "category",
    header: "Category",
    cell: (row) => row.category.replaceAll("_", " "),
    width: "w-44",
    hideBelow: "sm",
  },
  { id: "prompt", header: "Prompt", cell: promptOf, truncate: true, width: "w-full" },
  {
    id: "expected",
    header: "Right answer",
    hideBelow: "lg",
    cell: (row) => {
      const calls = row.expected.calls.map((call) => call.name).join(", ") || "no call";
      return (
        <code title={calls} className="block max-w-64 truncate font-mono text-xs">
          {calls}
        </code>
      );
    },
  },
];

/** The prompts of one suite; a revision never changes. */
export function SuitePage({ suiteId }: { suiteId: string }) {
  const read = useApi("GET /suites/{suiteId}", { params: { suiteId } });
  const list = useApiList("GET /suites/{suiteId}/cases", { params: { suiteId } });
  const suite = read.data;
  if (!suite) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  return (
    <>
      <PageHeader
        title={`${suite.name}, revision ${suite.revision}`}
        parents={[
          { label: "Evals", href: "/evals" },
          { label: "Suites", href: "/evals/suites" },
        ]}
        id={suite.id}
        meta={`${suite.caseCount} prompts. A pass without a loss proves: ${suite.claim}.`}
      />
      <DataTable
        label="Prompts"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.id}
        empty={<EmptyState title="No prompts">This suite is empty.</EmptyState>}
      />
    </>
  );
}
