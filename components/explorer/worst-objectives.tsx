"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { ObjectiveLine } from "#components/ui/objective-line.tsx";
import { worstObjectivesCall } from "#components/ui/page-calls.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { Objective } from "#lib/alerting/browser/objective-schema.ts";

/** Their requests are counted by the minute. */
const REFRESH_MS = 30_000;

/** What is promised and worst kept: what burns first, then what has least of its budget left. */
export function WorstObjectives() {
  const read = useApi(...worstObjectivesCall, { refreshMs: REFRESH_MS });
  const items = read.data?.items;
  return (
    <Card
      title="Objectives"
      aside="worst first"
      actions={<TextLink href="/settings/objectives">All objectives</TextLink>}
    >
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {!items && !read.problem && <Skeleton className="h-24 w-full" />}
      {items?.length === 0 && (
        <p className="text-md text-fg-2">No objectives yet, so there is no error budget to track.</p>
      )}
      {items && items.length > 0 && (
        <ul className="flex flex-col gap-3">
          {items.map((objective) => (
            <ObjectiveLine key={objective.id} objective={objective} href={boardOf(objective)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

const boardOf = ({ scope }: Objective): string =>
  scope.type === "pool" ? `/charts/pools/${scope.id}` : `/charts/tenants/${scope.id}`;
