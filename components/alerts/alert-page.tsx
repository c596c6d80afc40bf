"use client";

import { lazy, type ReactNode, Suspense, useState } from "react";
import { Button, TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { MeasurementView } from "#components/ui/measurement.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { alertCall } from "#components/ui/page-calls.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied, useReader } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import { ALERT_INTERVAL_MS, runbookPath } from "#lib/alerting/browser/alert-kinds.ts";
import type { AlertDetail, SuggestedAction } from "#lib/alerting/browser/alert-schema.ts";
import { AlertNotes } from "./alert-notes.tsx";
import { ChangesCard, HitCard, NotificationsCard, RelatedCard } from "./alert-parts.tsx";
import { AlertStatus } from "./alert-status.tsx";
import { CauseCard } from "./cause-card.tsx";
import { limitWords } from "./evidence-limit.ts";
import { RulesStale, useRulesStale } from "./rules-stale.tsx";

const MetricChart = lazy(() =>
  import("#components/charts/metric-chart.tsx").then((module) => ({ default: module.MetricChart })),
);
const ResolveDialog = lazy(() => import("./resolve-dialog.tsx").then((module) => ({ default: module.ResolveDialog })));
const SilenceDialog = lazy(() => import("./silence-dialog.tsx").then((module) => ({ default: module.SilenceDialog })));

type AlertPageProps = {
  alertId: string;
  /** The button that sets a control, with its consequences shown first. */
  control: (action: SuggestedAction) => ReactNode;
  /** The button that makes it an incident, with what is known of it. */
  openIncident: (alert: AlertDetail) => ReactNode;
};

/** One alert for somebody just woken, on a phone: what is wrong, who holds it, why, who is hit, what to do. */
export function AlertPage({ alertId, control, openIncident }: AlertPageProps) {
  const read = useApi(...alertCall(alertId), {
    refreshMs: (data) => (data?.state === "resolved" ? false : ALERT_INTERVAL_MS),
  });
  const alert = read.data;
  if (!alert) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  return (
    <>
      <PageHeader
        title={`${alert.title}: ${alert.subject.name}`}
        parents={[{ label: "Alerts", href: "/alerts" }]}
        id={alert.id}
        health={<AlertStatus alert={alert} tinted />}
        secondary={<TextLink href={runbookPath(alert.rule)}>Runbook</TextLink>}
      />
      <Sentence alert={alert} />
      <Holder alert={alert} openIncident={openIncident} />
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <CauseCard alert={alert} />
          <ActionsCard alert={alert} control={control} />
          <Evidence alert={alert} />
          <ChangesCard alert={alert} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <HitCard alert={alert} />
          {alert.related.length > 0 && <RelatedCard alert={alert} />}
          <AlertNotes alert={alert} />
          <NotificationsCard alert={alert} />
        </div>
      </div>
    </>
  );
}

/** An alert that nobody looks at any more stands as it was: it may be worse by now, or over. */
function Sentence({ alert: { sentence, state, evaluatedAt } }: { alert: AlertDetail }) {
  const isStale = useRulesStale(evaluatedAt) && state !== "resolved";
  return (
    <>
      {isStale && (
        <RulesStale evaluatedAt={evaluatedAt}>
          this is the state at that time. It may be worse now, or resolved.
        </RulesStale>
      )}
      <p className="max-w-[72ch] text-lg stale:text-fg-3" data-answer="" data-stale={isStale || undefined}>
        {sentence}
      </p>
    </>
  );
}

/** Who holds it, and the one tap that makes it oneself. */
function Holder({ alert, openIncident }: { alert: AlertDetail } & Pick<AlertPageProps, "openIncident">) {
  const [opened, setOpened] = useState<HolderDialog | null>(null);
  const denied = useDenied("fleet.operate");
  const acknowledge = useApiMutation("POST /alerts/{alertId}/acknowledge");
  const silence = useApiMutation("POST /alerts/{alertId}/silence");
  const params = { alertId: alert.id };
  const incident = alert.incident ? (
    <TextLink href={`/incidents/${alert.incident.id}`}>View incident</TextLink>
  ) : (
    openIncident(alert)
  );
  if (alert.state === "resolved") return <Resolved alert={alert} incident={incident} />;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {alert.state === "firing" && (
          <Button
            variant="primary"
            className="max-sm:h-11 max-sm:grow"
            pending={acknowledge.isPending}
            disabledReason={denied}
            onClick={() => acknowledge.run({ params })}
          >
            Acknowledge alert
          </Button>
        )}
        {alert.silence === null ? (
          <Button className="max-sm:h-11" disabledReason={denied} onClick={() => setOpened("silence")}>
            Mute alert
          </Button>
        ) : (
          <Button
            className="max-sm:h-11"
            pending={silence.isPending}
            disabledReason={denied}
            onClick={() => silence.run({ params, body: { minutes: 0, reason: "Unmuted on the alert page." } })}
          >
            Unmute alert
          </Button>
        )}
        {(alert.unknownSince ?? alert.goodSince) !== null && (
          <Button className="max-sm:h-11" disabledReason={denied} onClick={() => setOpened("resolve")}>
            Resolve alert
          </Button>
        )}
        {incident}
        <HeldBy alert={alert} />
      </div>
      {alert.silence && (
        <Notice tone="warn">
          {alert.silence.by} muted it until <Time at={alert.silence.until} as="absolute" zone="utc" />:{" "}
          {alert.silence.reason}
        </Notice>
      )}
      {acknowledge.problem && <ErrorState problem={acknowledge.problem} size="inline" />}
      {silence.problem && <ErrorState problem={silence.problem} size="inline" />}
      <HolderDialogs alertId={alert.id} opened={opened} onClose={() => setOpened(null)} />
    </div>
  );
}

type HolderDialog = "silence" | "resolve";
type HolderDialogsProps = { alertId: string; opened: HolderDialog | null; onClose: () => void };
const HolderDialogs = ({ alertId, opened, onClose }: HolderDialogsProps) => (
  <>
    <OnceOpened open={opened === "silence"}>
      <SilenceDialog alertId={alertId} open={opened === "silence"} onOpenChange={onClose} />
    </OnceOpened>
    <OnceOpened open={opened === "resolve"}>
      <ResolveDialog alertId={alertId} open={opened === "resolve"} onOpenChange={onClose} />
    </OnceOpened>
  </>
);

const HeldBy = ({ alert }: { alert: AlertDetail }) => (
  <p className="text-sm text-fg-2">
    {alert.acknowledgedBy === null ? (
      "Unassigned."
    ) : (
      <>
        Acknowledged by {alert.acknowledgedBy} <Time at={alert.acknowledgedAt ?? alert.startedAt} zone="utc" />.
      </>
    )}
  </p>
);

const Resolved = ({ alert: { resolvedAt, startedAt }, incident }: { alert: AlertDetail; incident: ReactNode }) => (
  <Notice tone="ok" action={incident}>
    Resolved at <Time at={resolvedAt ?? startedAt} as="absolute" zone="utc" />.
  </Notice>
);

function ActionsCard({ alert, control }: { alert: AlertDetail; control: AlertPageProps["control"] }) {
  if (alert.state === "resolved") return null;
  return (
    <Card title="Next steps">
      <ol className="flex flex-col gap-3">
        {alert.actions.map((action) => (
          <li key={action.label} className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <div className="min-w-0 grow basis-64">
              <p className="text-md">{action.effect}</p>
              {action.undo && <p className="text-sm text-fg-2">Undo: {action.undo}</p>}
            </div>
            {action.control === null ? <TextLink href={action.href}>{action.label}</TextLink> : control(action)}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** The chart of its own time, not of now. */
function Evidence({ alert: { evidence, subject, chart, unknownSince } }: { alert: AlertDetail }) {
  const { metric, figure, note } = evidence;
  const limit = limitWords(evidence, useReader().locale);
  if (metric === null) return null;
  const scope =
    subject.type === "node"
      ? { nodeId: subject.id }
      : subject.tenantId === null
        ? { poolId: subject.poolId ?? "" }
        : { tenantId: subject.tenantId };
  // which node is behind a bad p95 is the first question, and no node's figures are in a mean
  const byNode = subject.type !== "node" && (metric === "latency" || metric === "ttft") ? "node" : undefined;
  return (
    <div className="flex flex-col gap-2">
      <Suspense fallback={<Skeleton className="h-72 w-full" />}>
        <MetricChart metric={metric} scope={scope} range={chart} by={byNode} isForStaff />
      </Suspense>
      <p className="flex flex-wrap items-center gap-x-2 text-sm text-fg-2">
        {figure && (
          <>
            <span>At the last evaluation:</span>
            <MeasurementView value={figure} />
            {limit && <span>{limit}</span>}
          </>
        )}
        {unknownSince && note && <span>{note}</span>}
      </p>
    </div>
  );
}
