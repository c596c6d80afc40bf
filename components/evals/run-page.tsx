"use client";

import { formatBaseline } from "#lib/evals/browser/format-baseline.ts";
import type { Run, RunDetail } from "#lib/evals/schema.ts";
import { LinkButton, TextLink } from "../ui/button.tsx";
import { Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { versionTitle } from "../ui/object-title.ts";
import { runCall, versionCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Time } from "../ui/time.tsx";
import { useApi } from "../ui/use-api.ts";
import { ComparisonGrid } from "./comparison/comparison-grid.tsx";
import { isOpen, RunActions } from "./run-actions.tsx";
import { RunConditionsCard } from "./run-conditions-card.tsx";
import { RUN_REFRESH_MS, RunLive } from "./run-live.tsx";
import { useExpired, VerdictCard } from "./verdict-card.tsx";
import { VerdictStatus } from "./verdict-status.tsx";

/** What has ended is read once more by hand only. */
const refreshWhileOpen = (run: Run | undefined) => (run === undefined || isOpen(run) ? RUN_REFRESH_MS : false);

/** One gate: the verdict, what it proves, and every answer side by side. */
export function RunPage({ runId }: { runId: string }) {
  const read = useApi(...runCall(runId), { refreshMs: refreshWhileOpen });
  const run = read.data;
  if (!run) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  return <Loaded run={run} readAt={read.readAt} />;
}

function Loaded({ run, readAt }: { run: RunDetail; readAt: string | null }) {
  const candidateRead = useApi(...versionCall(run.candidateVersionId));
  const candidate = candidateRead.data;
  const expired = useExpired(run);
  // on a phone a button that comes late wraps the header's line and moves the page
  if (candidateRead.isPending) return <Skeleton className="h-40 w-full" />;
  const mayGoLive =
    run.verdict?.outcome === "pass" &&
    expired.length === 0 &&
    candidate !== undefined &&
    !candidate.aliases.includes("live") &&
    candidate.state === "ready";
  const gate = `/adapters/${run.adapterId}/versions/${run.candidateVersionId}/gate`;
  return (
    <>
      <PageHeader
        title={`${versionTitle({ ...run, number: run.candidateNumber })} · ${run.gates ? "Gate" : "Comparison"}`}
        parents={[{ label: "Evals", href: "/evals" }]}
        id={run.id}
        health={<VerdictStatus run={run} tinted />}
        meta={
          <span>
            <TextLink href={`/tenants/${run.tenantId}`}>{run.tenantSlug}</TextLink> · {run.suiteName}, {run.caseCount}{" "}
            prompts · against {formatBaseline(run, "staff")} ·{" "}
            {run.gates ? `attempt ${run.attempt}` : "comparison, not a gate"} · requested by {run.requestedBy}{" "}
            <Time at={run.createdAt} />
          </span>
        }
        primary={
          mayGoLive && (
            <LinkButton href={gate} variant="primary">
              Open gate
            </LinkButton>
          )
        }
        secondary={
          isOpen(run) ? (
            <RunActions run={run} />
          ) : (
            <LinkButton href={`/evals/runs/${run.id}/report`}>Open report</LinkButton>
          )
        }
      />
      {isOpen(run) && <RunLive run={run} readAt={readAt} />}
      {run.message && !isOpen(run) && <Notice tone="warn">{run.message}</Notice>}
      {run.verdict && <VerdictCard run={run} verdict={run.verdict} expired={expired} />}
      <ComparisonGrid run={run} />
      {run.conditions && <RunConditionsCard conditions={run.conditions} />}
    </>
  );
}
