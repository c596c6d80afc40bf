"use client";

import Download from "lucide-react/icons/download";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { api } from "#lib/api/client.ts";
import type { Job, JobItem, JobItemState } from "#lib/jobs/schema.ts";
import { Button } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Field } from "../ui/field.tsx";
import { formatCount } from "../ui/format.ts";
import { Select } from "../ui/input.tsx";
import { isJobOpen } from "../ui/job-progress.tsx";
import { useReader } from "../ui/reader.tsx";
import { saveText } from "../ui/save-text.ts";
import { Status } from "../ui/status.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiList } from "../ui/use-api.ts";
import { useLastRead } from "../ui/use-last-read.ts";
import { jobCsv } from "./job-csv.ts";
import { rowTone } from "./row-tone.ts";

const REFRESH_MS = 2_000;
const PAGE = 100;
const STATES = ["failed", "skipped", "succeeded", "running", "pending"] as const satisfies readonly JobItemState[];
const WORDS = { failed: "Failed", skipped: "Skipped", succeeded: "Done", running: "Running", pending: "Pending" };

const PATHS: Record<string, string> = {
  version: "/versions",
  run: "/evals/runs",
  tenant: "/tenants",
  adapter: "/adapters",
  import: "/tenants/import",
};

/** Where an item's result is looked at; items without one lead nowhere. */
const resultHref = ({ result }: JobItem): string | undefined =>
  result && PATHS[result.type] ? `${PATHS[result.type]}/${result.id}` : undefined;

const COLUMNS: readonly Column<JobItem>[] = [
  {
    id: "label",
    header: "Item",
    cell: (row) => row.label,
  },
  {
    id: "state",
    header: "State",
    cell: (row) => (
      <Status
        of="job_item"
        is={row.state}
        since={row.state === "running" ? row.startedAt : null}
        reason={row.attempts > 1 ? `attempt ${row.attempts}` : null}
      />
    ),
  },
  {
    id: "message",
    header: "Result",
    width: "w-full",
    cell: (row) => (
      <span className="block min-w-56 whitespace-normal py-1.5">
        <span className={row.state === "failed" ? "text-bad" : undefined}>{row.message || "–"}</span>
        {row.fix && <span className="block text-fg-2">{row.fix}</span>}
      </span>
    ),
  },
];

/** What became of each item; the failed ones alone, and the reasons as a file. */
export function JobItems({ job }: { job: Job }) {
  const { locale } = useReader();
  const [state, setState] = useQueryState("state", parseAsStringLiteral(STATES));
  const isOver = !isJobOpen(job);
  const list = useApiList(
    "GET /jobs/{jobId}/items",
    { params: { jobId: job.id }, query: { limit: PAGE, ...(state ? { state } : {}) } },
    { refreshMs: isOver ? false : REFRESH_MS },
  );
  useLastRead(isOver, list.retry);
  const option = (value: JobItemState) => ({
    value,
    label: `${WORDS[value]} (${formatCount(job.counts[value] ?? 0, locale)})`,
  });
  return (
    <section aria-label="Items" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Show" className="w-44">
          {(control) => (
            <Select
              {...control}
              value={state ?? ""}
              onChange={(event) => void setState(STATES.find((each) => each === event.target.value) ?? null)}
              options={[
                { value: "", label: `All (${formatCount(job.total, locale)})` },
                ...STATES.filter((each) => (job.counts[each] ?? 0) > 0 || each === state).map(option),
              ]}
            />
          )}
        </Field>
        <CsvButton job={job} state={state} />
      </div>
      <DataTable
        label="Items"
        columns={COLUMNS}
        {...list.table}
        total={state ? (job.counts[state] ?? 0) : job.total}
        rowKey={(row) => row.key}
        rowHref={resultHref}
        rowTone={rowTone}
        expectedRows={Math.min(job.total, 16)}
        empty={
          <EmptyState title="No items match" action={<Button onClick={() => void setState(null)}>Show all</Button>}>
            None of this job’s items is in that state.
          </EmptyState>
        }
      />
    </section>
  );
}

function CsvButton({ job, state }: { job: Job; state: JobItemState | null }) {
  const [isPending, setPending] = useState(false);
  const save = async () => {
    setPending(true);
    try {
      saveText(`${job.id}${state ? `-${state}` : ""}.csv`, jobCsv(await readAll(job.id, state)), "text/csv");
    } catch {
      notify({ title: "The file could not be created", detail: "Reload the page and try again.", tone: "bad" });
    }
    setPending(false);
  };
  return (
    <Button icon={<Download aria-hidden="true" />} pending={isPending} onClick={() => void save()}>
      Save as CSV
    </Button>
  );
}

async function readAll(jobId: string, state: JobItemState | null): Promise<JobItem[]> {
  const items: JobItem[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query = { limit: 200, ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) };
    const page: { items: JobItem[]; nextCursor: string | null } = await api.call("GET /jobs/{jobId}/items", {
      params: { jobId },
      query,
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
