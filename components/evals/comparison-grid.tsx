"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";
import type { Run, Sample, SampleFilter, SamplePair } from "#lib/evals/schema.ts";
import { Card } from "../ui/card.tsx";
import { cn } from "../ui/cn.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { StatusShape } from "../ui/status.tsx";
import type { StateRole } from "../ui/status-words.ts";
import { useApiList } from "../ui/use-api.ts";

const WORDS: Record<SampleFilter, string> = {
  all: "All",
  regressed: "Regressed",
  improved: "Improved",
  flaky: "Flaky",
  both_fail: "Both wrong",
  invalid: "Invalid",
};

/** From the words, not from the schema: the schema would bring its validator into the page. */
const FILTERS = Object.keys(WORDS) as SampleFilter[];

const ROLE: Record<Sample["status"], StateRole> = { pass: "ok", wrong: "bad", invalid: "unknown" };

type Side = SamplePair["modes"]["greedy"]["candidate"];

/** The answers of a side in a cell: right, or how many of them and what is wrong with the others. */
function Answer({ side: { statuses, sample } }: { side: Side }) {
  if (!sample) return <span className="text-fg-3">–</span>;
  const difference = sample.differences[0];
  const right = statuses.filter((status) => status === "pass").length;
  const text = sample.status === "pass" ? "right" : sample.kind.replaceAll("_", " ");
  return (
    <span className="inline-flex items-center gap-1.5" title={sample.message}>
      <StatusShape state={ROLE[sample.status]} />
      {statuses.length > 1 && right < statuses.length && `${right} of ${statuses.length}, `}
      {text}
      {difference && <code className="max-w-24 truncate font-mono text-xs text-fg-3">{difference.path}</code>}
    </span>
  );
}

const COLUMNS: readonly Column<SamplePair>[] = [
  { id: "ordinal", header: "#", align: "end", cell: (row) => row.ordinal, width: "w-12" },
  {
    id: "category",
    header: "Category",
    hideBelow: "lg",
    cell: (row) => row.category.replaceAll("_", " "),
    width: "w-40",
  },
  { id: "prompt", header: "Prompt", cell: (row) => row.prompt, truncate: true, width: "w-full" },
  {
    id: "gb",
    header: "Greedy, baseline",
    hideBelow: "lg",
    cell: (row) => <Answer side={row.modes.greedy.baseline} />,
  },
  { id: "gc", header: "Greedy, candidate", cell: (row) => <Answer side={row.modes.greedy.candidate} /> },
  {
    id: "sb",
    header: "Sampled, baseline",
    hideBelow: "xl",
    cell: (row) => <Answer side={row.modes.sampled.baseline} />,
  },
  {
    id: "sc",
    header: "Sampled, candidate",
    hideBelow: "md",
    cell: (row) => <Answer side={row.modes.sampled.candidate} />,
  },
];

/** Every prompt with the answers of both sides; filters by what got worse or better. */
export function ComparisonGrid({ run }: { run: Run }) {
  const [filter, setFilter] = useQueryState("show", parseAsStringLiteral(FILTERS));
  const shown = filter ?? (run.verdict?.outcome === "fail" ? "regressed" : "all");
  const list = useApiList(
    "GET /runs/{runId}/samples",
    { params: { runId: run.id }, query: { filter: shown } },
    { refreshMs: run.state === "running" ? 5000 : false },
  );
  const counts = list.firstPage?.counts;
  return (
    <Card
      title="Answers"
      flush
      actions={
        <fieldset aria-label="Show" className="flex flex-wrap gap-1">
          {FILTERS.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === shown}
              onClick={() => void setFilter(each)}
              className={cn(
                "h-7 rounded-control border px-2 text-sm",
                each === shown ? "border-fg-3 bg-off-tint font-medium" : "border-transparent text-fg-2 hover:text-fg",
              )}
            >
              {WORDS[each]}
              {counts && <span className="ms-1 text-fg-3">{counts[each] ?? 0}</span>}
            </button>
          ))}
        </fieldset>
      }
    >
      <DataTable
        flush
        label="Answers"
        columns={COLUMNS}
        {...list.table}
        rowKey={(row) => row.caseId}
        empty={<EmptyState title={`${WORDS[shown]}: none`}>Choose another filter above.</EmptyState>}
      />
    </Card>
  );
}
