"use client";

import type { ImportDetail } from "#lib/registry/browser/import-schema.ts";
import { TextLink } from "../../ui/button.tsx";
import { ProgressBar } from "../../ui/progress-bar.tsx";
import { useApi } from "../../ui/use-api.ts";

/** How far the job is that works on an import. */
export function JobProgress({ detail }: { detail: ImportDetail }) {
  const job = useApi(
    "GET /jobs/{jobId}",
    { params: { jobId: detail.jobId ?? "" } },
    { enabled: detail.isBusy && detail.jobId !== null, refreshMs: 1000 },
  ).data;
  if (!detail.isBusy) return null;
  const isCurrent = job !== undefined && job.id === detail.jobId;
  const done = isCurrent ? job.counts.succeeded + job.counts.failed + job.counts.skipped : 0;
  const total = isCurrent ? job.total : detail.counts.checking + detail.counts.importing;
  const verb = detail.state === "importing" ? "Importing" : "Checking";
  return (
    <ProgressLine
      label={`${verb}: ${done} of ${total}`}
      value={done}
      max={total}
      href={`/jobs/${detail.jobId}`}
      note={job?.message ?? null}
    />
  );
}

/** A bar with its words; `href` leads to the job behind it. */
export function ProgressLine({
  label,
  value,
  max,
  href,
  note,
}: {
  label: string;
  value: number;
  max: number;
  href?: string;
  note?: string | null;
}) {
  return (
    <div className="flex flex-col gap-1 text-sm">
      <ProgressBar label={label} value={value} of={max} />
      <p role="status" className="flex flex-wrap gap-x-3 text-fg-2">
        {label}
        {href && <TextLink href={href}>Open job</TextLink>}
        {note && <span className="text-warn">{note}</span>}
      </p>
    </div>
  );
}
