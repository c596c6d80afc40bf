"use client";

import { lazy, useState } from "react";
import { AsOf } from "#components/ui/as-of.tsx";
import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { IncidentDetail } from "#lib/incidents/browser/incident-schema.ts";
import { ImpactCard } from "./impact-card.tsx";
import { IncidentNotes } from "./incident-notes.tsx";
import { IncidentSteps } from "./incident-steps.tsx";
import { SEVERITY_OPTIONS, scopeWords } from "./incident-words.ts";
import { PublishedCard } from "./published-card.tsx";
import { TimelineCard } from "./timeline-card.tsx";

const EditIncidentDialog = lazy(() =>
  import("./edit-incident-dialog.tsx").then((module) => ({ default: module.EditIncidentDialog })),
);

const REFRESH_MS = 10_000;
const isOver = (state: IncidentDetail["state"]) => state === "closed" || state === "dismissed";

/** One incident: where it stands and whose it is, who was hit, what was done, what customers were told. */
export function IncidentPage({ incidentId }: { incidentId: string }) {
  const read = useApi(
    "GET /incidents/{incidentId}",
    { params: { incidentId } },
    { refreshMs: (data) => (data && isOver(data.state) ? false : REFRESH_MS) },
  );
  const [isEditing, setEditing] = useState(false);
  const denied = useDenied("fleet.operate");
  const incident = read.data;
  if (!incident) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-60 w-full" />;
  }
  const edit = {
    kind: "action",
    label: "Edit incident",
    onSelect: () => setEditing(true),
    disabledReason: denied ?? (isOver(incident.state) ? "The incident has ended." : undefined),
  } as const;
  return (
    <>
      <PageHeader
        title={incident.title}
        parents={[{ label: "Incidents", href: "/incidents" }]}
        id={incident.id}
        health={<Status of="incident" is={incident.state} tinted />}
        meta={isOver(incident.state) ? null : <AsOf at={read.readAt} intervalMs={REFRESH_MS} />}
        more={[edit]}
      />
      <p className="max-w-[72ch] text-lg" data-answer="">
        {incident.sentence}
      </p>
      <IncidentSteps incident={incident} />
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      <ImpactCard incident={incident} />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <TimelineCard incident={incident} />
        <div className="flex min-w-0 flex-col gap-4">
          <FactsCard incident={incident} />
          <PublishedCard incident={incident} />
          <IncidentNotes incident={incident} />
          {incident.review && <ReviewCard incident={incident} review={incident.review} />}
        </div>
      </div>
      <OnceOpened open={isEditing}>
        {isEditing && <EditIncidentDialog incident={incident} onClose={() => setEditing(false)} />}
      </OnceOpened>
    </>
  );
}

function FactsCard({ incident }: { incident: IncidentDetail }) {
  const { severity, startedAt, endedAt, createdBy, heldBy, heldAt, alerts } = incident;
  return (
    <Card title="Facts">
      <KeyValue
        rows={[
          { label: "Severity", value: SEVERITY_OPTIONS.find(({ value }) => value === severity)?.label },
          { label: "Began", value: <Time at={startedAt} as="absolute" zone="utc" /> },
          {
            label: "Ended",
            value: endedAt === null ? "Not yet" : <Time at={endedAt} as="absolute" zone="utc" />,
          },
          { label: "About", value: scopeWords(incident) },
          { label: "Opened by", value: createdBy },
          {
            label: "Owner",
            value:
              heldBy === null || heldAt === null ? (
                "Unassigned"
              ) : (
                <>
                  {heldBy}, since <Time at={heldAt} zone="utc" />
                </>
              ),
          },
          { label: "Alerts", value: alerts.length === 0 ? "None" : <AlertLinks alerts={alerts} /> },
        ]}
      />
    </Card>
  );
}

const AlertLinks = ({ alerts }: Pick<IncidentDetail, "alerts">) => (
  <ul className="flex flex-col gap-1">
    {alerts.map(({ id, title }) => (
      <li key={id}>
        <TextLink href={`/alerts/${id}`}>{title}</TextLink>
      </li>
    ))}
  </ul>
);

/** What its reviewers wrote, and the document that holds everything. */
function ReviewCard({
  incident: { id },
  review: { cause, done, actions },
}: {
  incident: IncidentDetail;
  review: NonNullable<IncidentDetail["review"]>;
}) {
  const text = (value: string) => <p className="whitespace-pre-wrap">{value}</p>;
  return (
    <Card
      title="Review"
      actions={
        <DownloadLink href={`/api/v1/incidents/${id}/review`} name={`${id}.md`}>
          Download review
        </DownloadLink>
      }
    >
      <KeyValue
        rows={[
          { label: "Cause", value: text(cause) },
          { label: "Done", value: text(done) },
          { label: "Open actions", value: actions === "" ? "None" : text(actions) },
        ]}
      />
    </Card>
  );
}
