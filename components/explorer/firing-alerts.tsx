"use client";

import type { ChartScope } from "#components/charts/metric-chart.tsx";
import { useStale } from "#components/ui/as-of.tsx";
import { TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { openAlertsCall } from "#components/ui/page-calls.ts";
import { Pending } from "#components/ui/skeleton.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { ALERT_INTERVAL_MS } from "#lib/alerting/browser/alert-kinds.ts";
import type { Alert } from "#lib/alerting/browser/alert-schema.ts";
import { alertName, type FoldedAlert, foldAlerts, relatedText } from "#lib/alerting/browser/fold-alerts.ts";

/** Causes shown. */
const SHOWN = 5;

/** The one to look at first: the first that is critical, else the first; those that are muted come after all others. */
export function worstOf(folded: readonly FoldedAlert<Alert>[]): FoldedAlert<Alert> | undefined {
  const loud = folded.filter(({ alert }) => alert.silence === null);
  return loud.find(({ alert }) => alert.severity === "critical") ?? loud[0] ?? folded[0];
}

/**
 * What fires here now, each below its cause: nothing at all when nothing does, so that it stands out when something does.
 * @param hasHeadline the worst stands above already
 */
export function FiringAlerts({ scope = {}, hasHeadline = false }: { scope?: ChartScope; hasHeadline?: boolean }) {
  const read = useApi(...openAlertsCall(scope), { refreshMs: ALERT_INTERVAL_MS });
  const isStale = useStale(read.data?.evaluatedAt ?? null, ALERT_INTERVAL_MS);
  if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />;
  if (read.data === undefined) return <Pending />;
  const { items, evaluatedAt } = read.data;
  if (evaluatedAt === null || isStale)
    return (
      <Notice tone="warn" action={<TextLink href="/system">System</TextLink>}>
        {evaluatedAt === null ? (
          "Alert rules have not been evaluated yet, so the alert state is unknown."
        ) : (
          <>
            Alert rules were last evaluated <Time at={evaluatedAt} />. Alerts since then are unknown.
          </>
        )}
      </Notice>
    );
  const folded = foldAlerts(items);
  const worst = hasHeadline ? worstOf(folded) : undefined;
  const shown = folded.filter(({ alert }) => alert !== worst?.alert);
  if (shown.length === 0) return null;
  return (
    <Card title={hasHeadline ? "Other alerts" : "Alerts"} actions={<TextLink href="/alerts">All alerts</TextLink>}>
      <ul className="flex flex-col divide-y">
        {shown.slice(0, SHOWN).map(({ alert, related }) => (
          <AlertLine key={alert.id} alert={alert} related={related} />
        ))}
      </ul>
      {shown.length > SHOWN && <p className="pt-2 text-sm text-fg-3">{shown.length - SHOWN} more</p>}
    </Card>
  );
}

function AlertLine({ alert, related }: FoldedAlert<Alert>) {
  const isHeld = alert.acknowledgedBy !== null;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2">
      <span className="flex min-w-0 grow basis-80 items-baseline gap-2">
        <StatusShape state={alert.severity === "critical" && !isHeld ? "bad" : "warn"} />
        <TextLink href={`/alerts/${alert.id}`} className="text-md text-fg">
          <span className="font-medium">{alertName(alert)}.</span> {alert.sentence}
        </TextLink>
      </span>
      <span className="text-sm text-fg-3">
        <Time at={alert.startedAt} />, {isHeld ? `acknowledged by ${alert.acknowledgedBy}` : "unassigned"}
        {alert.silence && (
          <>
            , muted until <Time at={alert.silence.until} />
          </>
        )}
      </span>
      {related.length > 0 && <span className="basis-full ps-6 text-sm text-fg-3">{relatedText(related)}</span>}
    </li>
  );
}
