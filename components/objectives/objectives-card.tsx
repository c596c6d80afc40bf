"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { ObjectiveLine } from "#components/ui/objective-line.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { useApi } from "#components/ui/use-api.ts";

const REFRESH_MS = 15_000;
type Scope = { tenantId: string } | { poolId: string };

/** Objectives of one tenant or pool: what is promised, what came of it, and what is left. */
export function ObjectivesCard({ scope }: { scope: Scope }) {
  const read = useApi("GET /objectives", { query: { ...scope, limit: 20 } }, { refreshMs: REFRESH_MS });
  const shown = read.data?.items.filter(({ status }) => status !== "dismissed");
  const [unproposed] = read.data?.unproposed ?? [];
  return (
    <Card title="Objectives" actions={<TextLink href="/settings/objectives">All objectives</TextLink>}>
      {read.problem && !read.data && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {!shown && !read.problem && <Skeleton className="h-12 w-full" />}
      {shown?.length === 0 && (
        <p className="text-md text-fg-2">None yet. {unproposed && `No proposals: ${unproposed.reason}`}</p>
      )}
      {shown && shown.length > 0 && (
        <ul className="flex flex-col gap-3">
          {shown.map((objective) => (
            <ObjectiveLine key={objective.id} objective={objective} />
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What a customer was promised, in plain words; nothing at all where nothing was. */
export function PromisesCard({ tenantId }: { tenantId: string }) {
  const read = useApi("GET /objectives", { query: { tenantId, limit: 20 } }, { refreshMs: REFRESH_MS });
  const items = read.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Card title="What you can expect">
      <ul className="flex flex-col gap-2">
        {items.map(({ id, state, promise, outcome }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
            <Status of="objective" is={state === "burning" ? "met" : state} />
            <p className="text-md">
              {promise}; <span className="text-fg-2">{outcome}</span>
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
