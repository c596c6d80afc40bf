"use client";

import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { incidentUpdatesCall } from "#components/ui/page-calls.ts";
import { Pending } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiList } from "#components/ui/use-api.ts";
import type { CustomerUpdate } from "#lib/incidents/browser/incident-schema.ts";
import { byIncident } from "./portal-groups.ts";

const REFRESH_MS = 15_000;

/** What a customer was told of incidents, the newest first; nothing at all where nothing was. */
export function PortalIncidents({ tenantId }: { tenantId: string }) {
  const list = useApiList(...incidentUpdatesCall(tenantId), { refreshMs: REFRESH_MS });
  if (list.isPending) return <Pending />;
  const groups = byIncident(list.items ?? []);
  if (groups.length === 0 && !list.problem) return null;
  return (
    <Card title="Incidents" aside="updates from your provider">
      {list.problem && <ErrorState problem={list.problem} onRetry={list.retry} size="inline" />}
      <ul className="flex flex-col gap-4">
        {groups.map((updates) => (
          <Incident key={updates[0].incidentId} updates={updates} />
        ))}
      </ul>
      {list.hasMore && (
        <Button size="sm" className="mt-3" pending={list.isLoadingMore} onClick={list.loadMore}>
          Show older
        </Button>
      )}
    </Card>
  );
}

/** The newest update as it is, and those before it folded away. */
function Incident({ updates: [newest, ...older] }: { updates: readonly [CustomerUpdate, ...CustomerUpdate[]] }) {
  return (
    <li className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-2 text-sm text-fg-2">
        <Status of="incident_update" is={newest.status} />
        <span>
          began <Time at={newest.startedAt} as="absolute" zone="utc" />
        </span>
      </p>
      <Update update={newest} />
      {older.length > 0 && (
        <details>
          <summary className="cursor-pointer text-sm text-accent pointer-coarse:py-2">
            {older.length} earlier {older.length === 1 ? "update" : "updates"}
          </summary>
          <div className="mt-1 flex flex-col gap-3">
            {older.map((update) => (
              <div key={update.id} className="flex flex-col gap-1">
                <Status of="incident_update" is={update.status} className="text-sm" />
                <Update update={update} />
              </div>
            ))}
          </div>
        </details>
      )}
    </li>
  );
}

const Update = ({ update: { text, publishedAt } }: { update: CustomerUpdate }) => (
  <div>
    <p className="max-w-[72ch] whitespace-pre-wrap break-words text-md">{text}</p>
    <p className="text-xs text-fg-3">
      Written <Time at={publishedAt} zone="utc" />
    </p>
  </div>
);
