"use client";

import { TextLink } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useApi } from "../../ui/use-api.ts";
import { ReportPage } from "./report-page.tsx";

/** The report of a version's newest test, for its customer. */
export function VersionReport({ versionId }: { versionId: string }) {
  const runs = useApi("GET /runs", { query: { versionId, limit: 50 } });
  if (runs.problem) return <ErrorState problem={runs.problem} onRetry={runs.retry} />;
  if (!runs.data) return <Skeleton className="h-40 w-full" />;
  const judged = runs.data.items.find(({ gates, verdict }) => gates && verdict !== null);
  if (judged) return <ReportPage runId={judged.id} reader="customer" />;
  return (
    <EmptyState isPage title="This version has not been tested yet">
      The report appears here when a test finishes. <TextLink href="/portal/versions">Back to your versions</TextLink>
    </EmptyState>
  );
}
