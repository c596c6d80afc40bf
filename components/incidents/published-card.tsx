"use client";

import { Card } from "#components/ui/card.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { IncidentDetail, Published } from "#lib/incidents/browser/incident-schema.ts";

/** What each customer was told, newest first. */
export const PublishedCard = ({ incident: { published } }: { incident: IncidentDetail }) => (
  <Card title="Published updates">
    {published.length === 0 ? (
      <p className="text-md text-fg-2">Nothing yet.</p>
    ) : (
      <ul className="flex flex-col gap-4">
        {published.map((group) => (
          <Group key={group.id} group={group} />
        ))}
      </ul>
    )}
  </Card>
);

const Group = ({ group: { status, publishedAt, by, texts } }: { group: Published }) => (
  <li className="flex flex-col gap-1">
    <p className="flex flex-wrap items-center gap-x-2 text-sm text-fg-3">
      <Status of="incident_update" is={status} />
      <span>
        <Time at={publishedAt} zone="utc" /> by {by}, to {texts.length} {texts.length === 1 ? "customer" : "customers"}
      </span>
    </p>
    <details>
      <summary className="cursor-pointer text-sm text-accent pointer-coarse:py-2">Texts</summary>
      <dl className="mt-1 flex flex-col gap-2 text-sm">
        {texts.map(({ tenantId, tenantName, text }) => (
          <div key={tenantId}>
            <dt className="font-medium">{tenantName}</dt>
            <dd className="whitespace-pre-wrap break-words text-fg-2">{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  </li>
);
