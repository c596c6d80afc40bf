"use client";

import type { RunReport } from "#lib/journey/browser/report-schema.ts";
import { Button, TextLink } from "../../ui/button.tsx";
import { DownloadLink } from "../../ui/download-link.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useApi } from "../../ui/use-api.ts";
import { LostPrompts } from "./lost-prompts.tsx";
import { ReportHead } from "./report-head.tsx";
import { ReportModes } from "./report-modes.tsx";
import { ReportTrail } from "./report-trail.tsx";
import { type ReportReader, WORDS } from "./report-words.ts";

/** One gate on paper: the same answer as `GET /runs/{runId}/report`. */
export function ReportPage({ runId, reader }: { runId: string; reader: ReportReader }) {
  const read = useApi("GET /runs/{runId}/report", { params: { runId } });
  if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
  if (!read.data) return <Skeleton className="h-40 w-full" />;
  return <Report report={read.data} reader={reader} />;
}

function Report({ report, reader }: { report: RunReport; reader: ReportReader }) {
  const { run } = report;
  const back = reader === "staff" ? `/evals/runs/${run.id}` : "/portal/versions";
  return (
    <>
      <div className="flex flex-wrap items-center gap-4 print:hidden">
        <TextLink href={back}>{WORDS[reader].back}</TextLink>
        <span className="ms-auto" />
        <DownloadLink href={`/api/v1/runs/${run.id}/report`} name={`${run.adapterSlug}-v${run.candidateNumber}.json`}>
          As JSON
        </DownloadLink>
        <Button onClick={() => window.print()}>Print report</Button>
      </div>
      <ReportHead report={report} reader={reader} />
      {run.verdict && <ReportModes verdict={run.verdict} reader={reader} />}
      <LostPrompts report={report} reader={reader} />
      <ReportTrail report={report} reader={reader} />
    </>
  );
}
