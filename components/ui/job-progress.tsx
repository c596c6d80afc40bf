"use client";

import type { Job } from "#lib/jobs/schema.ts";
import { TextLink } from "./button.tsx";
import { cn } from "./cn.ts";
import { formatCount } from "./format.ts";
import { MeasurementView } from "./measurement.tsx";
import { useReader } from "./reader.tsx";
import { Skeleton } from "./skeleton.tsx";
import { Status } from "./status.tsx";
import type { StatusValue } from "./status-words.ts";
import { useApi } from "./use-api.ts";

const REFRESH_MS = 1_500;

export const isJobOpen = (job: Job): boolean => job.state === "queued" || job.state === "running";

/** A job that ended with failures is not simply fine; one in which nothing succeeded failed. */
export function jobStatus({ state, counts }: Pick<Job, "state" | "counts">): StatusValue<"job"> {
  if (state !== "completed" || (counts.failed ?? 0) === 0) return state;
  return (counts.succeeded ?? 0) === 0 ? "failed" : "completed_partly";
}

/** Reads a job, again and again while it runs. */
export const useJob = (jobId: string) =>
  useApi(
    "GET /jobs/{jobId}",
    { params: { jobId } },
    { refreshMs: (job) => (job === undefined || isJobOpen(job) ? REFRESH_MS : false) },
  );

/** How far a job is, in one block that leads to it: for pages that started one. */
export function JobProgress({ jobId, className }: { jobId: string; className?: string }) {
  const { data: job } = useJob(jobId);
  if (!job) return <Skeleton className={cn("h-14 w-full", className)} />;
  return (
    <div className={cn("flex flex-col gap-1.5", className)}>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <TextLink href={`/jobs/${job.id}`} className="font-medium">
          {job.title}
        </TextLink>
        <Status of="job" is={jobStatus(job)} />
      </p>
      <JobBar job={job} />
    </div>
  );
}

const PARTS = [
  ["succeeded", "bg-ok", "done"],
  ["failed", "bg-bad", "failed"],
  ["skipped", "bg-off", "skipped"],
] as const;

/** The bar with its counts, and the time left once a tenth is done. */
export function JobBar({ job }: { job: Job }) {
  const { locale } = useReader();
  const countOf = (state: keyof Job["counts"]) => job.counts[state] ?? 0;
  const ended = countOf("succeeded") + countOf("failed") + countOf("skipped");
  const count = (value: number) => formatCount(value, locale);
  const words = PARTS.flatMap(([state, , word]) => (countOf(state) > 0 ? [`${count(countOf(state))} ${word}`] : []));
  const summary = `${count(ended)} of ${count(job.total)}${words.length > 0 ? `: ${words.join(", ")}` : ""}`;
  return (
    <div className="flex flex-col gap-1">
      <div
        role="progressbar"
        aria-label={job.title}
        aria-valuemin={0}
        aria-valuemax={job.total}
        aria-valuenow={ended}
        aria-valuetext={summary}
        className="flex h-2 overflow-hidden rounded-full bg-off-tint"
      >
        {PARTS.map(([state, colour]) => (
          <span key={state} className={colour} style={{ width: `${(countOf(state) / job.total) * 100}%` }} />
        ))}
      </div>
      <p className="flex flex-wrap gap-x-3 text-sm text-fg-2 tabular-nums">
        <span>{summary}</span>
        {job.timeLeft && (
          <span>
            <MeasurementView
              value={job.timeLeft}
              formula="items left × time since the start ÷ items done"
              note="A forecast: later items may take longer."
            />{" "}
            left
          </span>
        )}
      </p>
    </div>
  );
}
