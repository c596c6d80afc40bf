"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { formatCount, formatUnit, quantityText } from "#components/ui/format.ts";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { ProvenanceIcon } from "#components/ui/provenance.tsx";
import { useReader } from "#components/ui/reader.tsx";
import { Time } from "#components/ui/time.tsx";
import type { AlertDetail, AlertHit } from "#lib/alerting/browser/alert-schema.ts";

type Props = { alert: AlertDetail };

/** Tenants, and how many of their requests; of late ones also the nodes that answered them. */
export function HitCard({ alert: { hit, hitNodes, hitCounted, tenants } }: Props) {
  const { locale } = useReader();
  return (
    <Card
      title={hitCounted === null ? "Tenants in scope" : "Tenants affected"}
      aside={tenants > hit.length ? `${hit.length} of ${formatCount(tenants, locale)}` : null}
    >
      {hitCounted && <Counted is={hitCounted} />}
      {hit.length === 0 && <p className="text-md text-fg-2">{hitCounted === null ? "None." : "None so far."}</p>}
      {hit.length > 0 && <HitList label="Tenants" items={hit} path="/tenants" />}
      {hit.length > 0 && hitNodes.length > 0 && (
        <div className="mt-3">
          <h3 className="mb-1 text-sm font-medium">By the node that answered</h3>
          <HitList label="Nodes" items={hitNodes} path="/nodes" />
        </div>
      )}
    </Card>
  );
}

function Counted({ is: { what, limitMs, from, to } }: { is: NonNullable<AlertDetail["hitCounted"]> }) {
  const { locale } = useReader();
  const limit = limitMs === null ? "" : quantityText(formatUnit(limitMs, "ms", locale));
  const words = {
    bad: "Requests that failed, were shed or got a fallback",
    slow: `Requests slower than ${limit}`,
    swapped: "Requests slower than their objective that needed a weight swap",
  };
  return (
    <p className="mb-3 text-sm text-fg-2">
      {words[what]}, of all requests from <Time at={from} as="absolute" zone="utc" /> to{" "}
      <Time at={to} as="absolute" zone="utc" />:
    </p>
  );
}

function HitList({ label, items, path }: { label: string; items: readonly AlertHit[]; path: string }) {
  const { locale } = useReader();
  return (
    <ul aria-label={label} className="flex flex-col gap-1">
      {items.map(({ id, name, requests, of }) => (
        <li key={id} className="flex items-baseline justify-between gap-4">
          <TextLink href={`${path}/${id}`}>{name}</TextLink>
          <span className="inline-flex items-center gap-1 whitespace-nowrap tabular-nums text-sm text-fg-2">
            <MeasurementView value={requests ?? undefined} mark="none" />
            {of !== null && <span>of {formatCount(of, locale)}</span>}
            {requests && <ProvenanceIcon origin={requests} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

export const RelatedCard = ({ alert: { related } }: Props) => (
  <Card title="Related alerts">
    <ul className="flex flex-col gap-2">
      {related.map(({ id, sentence }) => (
        <li key={id}>
          <TextLink href={`/alerts/${id}`}>{sentence}</TextLink>
        </li>
      ))}
    </ul>
  </Card>
);

/** What was done or happened in the two hours before. */
export const ChangesCard = ({ alert: { changes } }: Props) => (
  <Card title="Preceding changes" aside="in the two hours before the alert">
    {changes.length === 0 ? (
      <p className="text-md text-fg-2">No changes recorded.</p>
    ) : (
      <ul className="flex max-h-96 flex-col gap-1.5 overflow-y-auto">
        {changes.map(({ at, title, by, isNear, href }) => (
          <li key={`${at} ${title}`} className="flex gap-3 text-sm">
            <Time at={at} as="absolute" zone="utc" className="w-28 shrink-0 tabular-nums text-fg-3" />
            <span className={isNear ? "min-w-0 break-words" : "min-w-0 break-words text-fg-2"}>
              {href === null ? title : <TextLink href={href}>{title}</TextLink>}
              {by !== null && ` by ${by}`}
              {isNear && <span className="text-fg-3"> · related</span>}
            </span>
          </li>
        ))}
      </ul>
    )}
  </Card>
);

const STATE_WORDS = { sent: "Sent", waiting: "Waiting", failed: "Failed" } as const;

/** Who was told, and what came of it. */
export const NotificationsCard = ({ alert: { notifications } }: Props) => (
  <Card title="Notifications">
    {notifications.length === 0 ? (
      <p className="text-md text-fg-2">
        No notification channel. <TextLink href="/settings/notifications">Add a channel</TextLink>
      </p>
    ) : (
      <ul className="flex flex-col gap-1.5">
        {notifications.map(({ id, channelName, event, state, attempts, lastError, sentAt }) => (
          <li key={id} className="text-sm">
            {channelName}: {event === "firing" ? "firing" : "resolved"}.{" "}
            <span className={state === "sent" ? "text-fg-2" : "text-warn"}>
              {STATE_WORDS[state]}
              {state !== "sent" && attempts > 0 && ` after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`}
            </span>
            {sentAt && (
              <>
                {" "}
                <Time at={sentAt} zone="utc" />
              </>
            )}
            {lastError && <p className="text-fg-2">{lastError}</p>}
          </li>
        ))}
      </ul>
    )}
  </Card>
);
