"use client";

import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { useMemo } from "react";
import type { Run, SampleFilter, SampleOrder, SamplePair } from "#lib/evals/schema.ts";
import { Card, Notice } from "../../ui/card.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Select } from "../../ui/input.tsx";
import { Segments } from "../../ui/segments.tsx";
import { StatusShape } from "../../ui/status.tsx";
import { Time } from "../../ui/time.tsx";
import { useApiList } from "../../ui/use-api.ts";
import { useLastRead } from "../../ui/use-last-read.ts";
import { CasePanel } from "./case-panel.tsx";
import { describeTakes, STATUS_ROLE } from "./take-strip.tsx";

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
const ORDERS = ["suite", "regression"] as const satisfies readonly SampleOrder[];
/** As many as the least suite that gates: a comparison opens in one read. */
const AT_ONCE = 200;
const REFRESH_MS = 5000;

type Side = SamplePair["modes"]["greedy"]["candidate"];

/** The answers of a side in a cell: how many are right, and what is wrong with the first that is not. */
function Answer({ name, side: { statuses, sample } }: { name: string; side: Side }) {
  if (sample === null) return <span className="text-fg-3">–</span>;
  const right = statuses.filter((status) => status === "pass").length;
  const isMixed = right > 0 && right < statuses.length;
  const fault = sample.status === "pass" ? null : (sample.differences[0]?.path ?? sample.kind.replaceAll("_", " "));
  return (
    <span className="inline-flex items-center gap-1.5" title={fault === null ? undefined : sample.message}>
      <StatusShape state={isMixed ? "warn" : STATUS_ROLE[sample.status]} />
      <span className="sr-only">{describeTakes(name, statuses)}</span>
      <span aria-hidden="true" className="whitespace-nowrap tabular-nums">
        {right} of {statuses.length}
      </span>
      {fault !== null && <span className="max-w-40 truncate text-fg-2">{fault}</span>}
    </span>
  );
}

const columnsFor = (open: (caseId: string) => void): readonly Column<SamplePair>[] => [
  {
    id: "ordinal",
    header: "#",
    align: "end",
    width: "w-12",
    cell: (row) => (
      <button
        type="button"
        className="row-link"
        aria-label={`Compare prompt ${row.ordinal}`}
        onClick={() => open(row.caseId)}
      >
        {row.ordinal}
      </button>
    ),
  },
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
    cell: (row) => <Answer name="Greedy, baseline" side={row.modes.greedy.baseline} />,
  },
  {
    id: "gc",
    header: "Greedy, candidate",
    cell: (row) => <Answer name="Greedy, candidate" side={row.modes.greedy.candidate} />,
  },
  {
    id: "sb",
    header: "Sampled, baseline",
    hideBelow: "xl",
    cell: (row) => <Answer name="Sampled, baseline" side={row.modes.sampled.baseline} />,
  },
  {
    id: "sc",
    header: "Sampled, candidate",
    hideBelow: "md",
    cell: (row) => <Answer name="Sampled, candidate" side={row.modes.sampled.candidate} />,
  },
];

/** What is shown of a run, as the address holds it; a failed gate opens on what it lost. */
function useGrid(run: Run) {
  const [filter, setFilter] = useQueryState("show", parseAsStringLiteral(FILTERS));
  const [order, setOrder] = useQueryState("order", parseAsStringLiteral(ORDERS));
  const [category, setCategory] = useQueryState("category", parseAsString);
  const [peek, setPeek] = useQueryState("peek", parseAsString);
  const hasFailed = run.verdict?.outcome === "fail";
  return {
    filter: filter ?? (hasFailed ? "regressed" : "all"),
    setFilter,
    sort: order ?? (hasFailed ? "regression" : "suite"),
    setOrder,
    category,
    setCategory,
    peek,
    setPeek,
  } as const;
}

/** Every prompt with the answers of both sides; filtered by what got worse or better, each opens beside the table. */
export function ComparisonGrid({ run }: { run: Run }) {
  const grid = useGrid(run);
  const { filter, sort, category, peek, setPeek } = grid;
  const columns = useMemo(() => columnsFor((caseId) => void setPeek(caseId)), [setPeek]);
  const query = { filter, sort, limit: AT_ONCE, ...(category === null ? {} : { category }) };
  const list = useApiList(
    "GET /runs/{runId}/samples",
    { params: { runId: run.id }, query },
    { refreshMs: run.state === "running" ? REFRESH_MS : false },
  );
  useLastRead(run.finishedAt !== null, list.retry);
  const steps = stepsOf(list.items ?? [], peek, setPeek);
  return (
    <Card title="Answers" flush>
      {run.repliesDeletedAt && (
        <div className="px-4 pb-3">
          <Notice tone="off">
            The reply texts were deleted <Time at={run.repliesDeletedAt} /> because of their age. Scores and the verdict
            are kept.
          </Notice>
        </div>
      )}
      <Controls grid={grid} page={list.firstPage} />
      <DataTable
        flush
        label="Answers"
        columns={columns}
        {...list.table}
        rowKey={(row) => row.caseId}
        selectedKey={peek}
        empty={<EmptyState title={`${WORDS[filter]}: none`}>Choose another filter above.</EmptyState>}
      />
      <CasePanel runId={run.id} caseId={peek} steps={steps} onClose={() => void setPeek(null)} />
    </Card>
  );
}

/** The prompts before and after the one that is open, as the table shows them. */
function stepsOf(items: readonly SamplePair[], peek: string | null, open: (caseId: string) => unknown) {
  const at = items.findIndex(({ caseId }) => caseId === peek);
  const to = (row: SamplePair | undefined) => (at === -1 || row === undefined ? null : () => void open(row.caseId));
  return { next: to(items[at + 1]), previous: to(items[at - 1]) };
}

type Page = { counts: Record<SampleFilter, number>; categories: readonly { category: string; count: number }[] };

function Controls({ grid, page }: { grid: ReturnType<typeof useGrid>; page: Page | undefined }) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <Segments
        label="Show"
        value={grid.filter}
        onChange={(filter) => void grid.setFilter(filter)}
        options={FILTERS.map((key) => ({
          key,
          label: (
            <>
              {WORDS[key]}
              {page && <span className="ms-1 text-fg-3">{page.counts[key]}</span>}
            </>
          ),
        }))}
      />
      <Select
        aria-label="Category"
        className="w-52"
        value={grid.category ?? ""}
        onChange={(event) => void grid.setCategory(event.target.value || null)}
        placeholder="All categories"
        options={(page?.categories ?? []).map(({ category, count }) => ({
          value: category,
          label: `${category.replaceAll("_", " ")} (${count})`,
        }))}
      />
      <Select
        aria-label="Order"
        className="w-44"
        value={grid.sort}
        onChange={(event) => void grid.setOrder(event.target.value as SampleOrder)}
        options={[
          { value: "suite", label: "In the suite's order" },
          { value: "regression", label: "Most regressed first" },
        ]}
      />
    </div>
  );
}
