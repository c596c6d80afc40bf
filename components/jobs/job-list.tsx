"use client";

import type { Job } from "#lib/jobs/schema.ts";
import { useStale } from "../ui/as-of.tsx";
import { LinkButton } from "../ui/button.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { jobStatus } from "../ui/job-progress.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";

const REFRESH_MS = 5_000;

const ended = ({ counts }: Job) => (counts.succeeded ?? 0) + (counts.failed ?? 0) + (counts.skipped ?? 0);

const COLUMNS: readonly Column<Job>[] = [
  { id: "title", header: "Job", width: "w-full", truncate: true, cell: (job) => job.title },
  { id: "state", header: "State", cell: (job) => <Status of="job" is={jobStatus(job)} /> },
  { id: "ended", header: "Ended", align: "end", cell: (job) => `${ended(job)} of ${job.total}` },
  {
    id: "failed",
    header: "Failed",
    align: "end",
    hideBelow: "sm",
    cell: (job) => <span className={job.counts.failed ? "text-bad" : undefined}>{job.counts.failed ?? 0}</span>,
  },
  { id: "by", header: "Started by", hideBelow: "md", cell: (job) => job.startedBy },
  { id: "at", header: "Started", hideBelow: "sm", cell: (job) => <Time at={job.createdAt} /> },
];

/** Work on many, newest first. */
export function JobList() {
  const list = useApiList("GET /jobs", { query: { limit: 50 } }, { refreshMs: REFRESH_MS });
  return (
    <>
      <PageHeader title="Jobs" meta="Bulk work: imports, staging, gates." />
      <DataTable
        label="Jobs"
        columns={COLUMNS}
        {...list.table}
        stale={useStale(list.readAt, REFRESH_MS)}
        rowKey={(job) => job.id}
        rowHref={(job) => `/jobs/${job.id}`}
        expectedRows={8}
        empty={
          <EmptyState title="No job yet" action={<LinkButton href="/adapters">Open adapters</LinkButton>}>
            To start a job, select adapters in their list, then stage them or run their gates.
          </EmptyState>
        }
      />
    </>
  );
}
