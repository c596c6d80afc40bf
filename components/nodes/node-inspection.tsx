"use client";

import { AsOf } from "#components/ui/as-of.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { NodeReport } from "#lib/fleet/browser/inspection-schema.ts";
import { FindingGroups } from "./finding-groups.tsx";
import { InspectionProgress } from "./inspection-progress.tsx";
import { LimitList } from "./limit-list.tsx";
import { useNode } from "./node-frame.tsx";

const REFRESH_MS = 30_000;

/** What the latest inspection of a node found, its limits, and the button that inspects it again. */
export function NodeInspection({ nodeId }: { nodeId: string }) {
  const read = useApi("GET /nodes/{nodeId}/report", { params: { nodeId } }, { refreshMs: REFRESH_MS });
  const inspect = useApiMutation("POST /nodes/{nodeId}/inspect");
  const denied = useDenied("fleet.operate");
  const report = read.data;
  if (!report) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-80 w-full" />;
  }
  const button = (
    <Button disabledReason={denied} pending={inspect.isPending} onClick={() => inspect.run({ params: { nodeId } })}>
      {report.at ? "Inspect again" : "Inspect"}
    </Button>
  );
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-md text-fg-2">
          {report.at ? (
            <>
              Inspected <Time at={report.at} />. Known issues of its release are checked on each page load.
            </>
          ) : (
            "Never inspected."
          )}
        </p>
        {button}
      </div>
      {inspect.isPending && <InspectionProgress />}
      {inspect.problem && <ErrorState problem={inspect.problem} size="inline" />}
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      <Report nodeId={nodeId} report={report} />
    </div>
  );
}

function Report({ nodeId, report }: { nodeId: string; report: NodeReport }) {
  const simulated = useNode(nodeId).data?.simulated ?? false;
  return (
    <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <Card title="Findings">
        {report.findings.length === 0 ? (
          <EmptyState title="No findings yet">Inspect the node to see its problems and passed checks.</EmptyState>
        ) : (
          <FindingGroups findings={report.findings} />
        )}
      </Card>
      <Card title="Limits" aside={report.at && <AsOf at={report.at} intervalMs={Number.POSITIVE_INFINITY} />}>
        {report.limits ? (
          <LimitList limits={report.limits} simulated={simulated} asOf={report.at} />
        ) : (
          <p className="text-md text-fg-2">Unknown: never inspected for its pool.</p>
        )}
      </Card>
    </div>
  );
}
