"use client";

import { useState } from "react";
import type { Job } from "#lib/jobs/schema.ts";
import { AsOf, useStale } from "../ui/as-of.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/card.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { formatDuration } from "../ui/format-time.ts";
import { isJobOpen, JobBar, jobStatus, useJob } from "../ui/job-progress.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { notify } from "../ui/toast.tsx";
import { useApiMutation } from "../ui/use-api.ts";
import { JobItems } from "./job-items.tsx";

const REFRESH_MS = 1_500;

/** One job: who started it, how far it is, and what became of each of its items. */
export function JobPage({ jobId }: { jobId: string }) {
  const read = useJob(jobId);
  const job = read.data;
  const stale = useStale(read.readAt, REFRESH_MS);
  if (!job) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-80 w-full" />;
  }
  return (
    <div className="flex flex-col gap-6" data-stale={(stale && isJobOpen(job)) || undefined}>
      <PageHeader
        title={job.title}
        parents={[{ label: "Jobs", href: "/jobs" }]}
        id={job.id}
        health={<Status of="job" is={jobStatus(job)} tinted since={job.finishedAt ?? job.startedAt ?? job.createdAt} />}
        meta={<Meta job={job} readAt={read.readAt} />}
        primary={isJobOpen(job) ? <CancelButton job={job} /> : <RetryButton job={job} />}
      />
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      <JobNotice job={job} />
      <JobBar job={job} />
      <JobItems job={job} />
    </div>
  );
}

function Meta({ job, readAt }: { job: Job; readAt: string | null }) {
  const took =
    job.startedAt && job.finishedAt ? formatDuration(Date.parse(job.finishedAt) - Date.parse(job.startedAt)) : null;
  return (
    <span className="flex flex-wrap gap-x-3">
      <span>
        Started by {job.startedBy}, <Time at={job.createdAt} />
      </span>
      {took && <span>took {took}</span>}
      {isJobOpen(job) && readAt && <AsOf at={readAt} intervalMs={REFRESH_MS} />}
    </span>
  );
}

function JobNotice({ job }: { job: Job }) {
  if (isJobOpen(job) && job.cancelRequestedAt)
    return <Notice tone="busy">Cancelled: running items finish, and no new items start.</Notice>;
  if (job.message) return <Notice tone={job.state === "failed" ? "bad" : "warn"}>{job.message}</Notice>;
  return null;
}

function CancelButton({ job }: { job: Job }) {
  const [isOpen, setOpen] = useState(false);
  const denied = useDenied("version.write");
  const cancel = useApiMutation("POST /jobs/{jobId}/cancel", {
    onDone: () => {
      setOpen(false);
      notify({ title: "Job cancelled", tone: "ok" });
    },
  });
  const { pending = 0, running = 0 } = job.counts;
  return (
    <>
      <Button
        disabledReason={denied ?? (job.cancelRequestedAt ? "The job is being cancelled." : undefined)}
        onClick={() => setOpen(true)}
      >
        Cancel job
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Cancel “${job.title}”?`}
        confirmLabel="Cancel job"
        tone="danger"
        pending={cancel.isPending}
        problem={cancel.problem}
        onConfirm={() => cancel.run({ params: { jobId: job.id } })}
      >
        {pending} not started yet will be skipped. {running} in progress will finish. Finished items are kept.
      </ConfirmDialog>
    </>
  );
}

/** Absent where nothing failed: there is nothing to try again. */
function RetryButton({ job }: { job: Job }) {
  const denied = useDenied("version.write");
  const failed = job.counts.failed ?? 0;
  const retry = useApiMutation("POST /jobs/{jobId}/retry", {
    onDone: () =>
      notify({
        title: failed === 1 ? "The failed item is queued again" : `${failed} items are queued again`,
        tone: "ok",
      }),
  });
  if (failed === 0) return null;
  return (
    <span className="flex flex-col items-end gap-1">
      <Button
        variant="primary"
        disabledReason={denied}
        pending={retry.isPending}
        onClick={() => retry.run({ params: { jobId: job.id } })}
      >
        Try {failed} again
      </Button>
      {retry.problem && <ErrorState problem={retry.problem} size="inline" />}
    </span>
  );
}
