"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { activeIncidentsCall } from "#components/ui/page-calls.ts";
import { Pending } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { useApi } from "#components/ui/use-api.ts";

const REFRESH_MS = 10_000;

/** What goes on or waits as a draft: nothing at all when nothing does. */
export function OpenIncidents() {
  const read = useApi(...activeIncidentsCall, { refreshMs: REFRESH_MS });
  if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />;
  if (read.data === undefined) return <Pending />;
  if (read.data.items.length === 0) return null;
  return (
    <Card title="Incidents" actions={<TextLink href="/incidents">All incidents</TextLink>}>
      <ul className="flex flex-col divide-y">
        {read.data.items.map(({ id, title, state, sentence }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2">
            <Status of="incident" is={state} />
            <TextLink href={`/incidents/${id}`} className="text-md text-fg">
              {title}
            </TextLink>
            <span className="text-sm text-fg-2">{sentence}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
