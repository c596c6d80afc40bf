"use client";

import { type ReactNode, useRef } from "react";
import { MetricChart } from "#components/charts/metric-chart.tsx";
import { useStale } from "#components/ui/as-of.tsx";
import { Button, TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { OverviewTabs } from "#components/ui/overview-tabs.tsx";
import { openAlertsCall, resolvedAlertsCall, worstObjectivesCall } from "#components/ui/page-calls.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { useNow } from "#components/ui/use-now.ts";
import { ALERT_INTERVAL_MS } from "#lib/alerting/browser/alert-kinds.ts";
import { alertName, foldAlerts, relatedText } from "#lib/alerting/browser/fold-alerts.ts";
import { actionWords } from "#lib/identity/browser/action-words.ts";
import { type BoardChart, LAST_CHART, RIGHT_NOW } from "./boards.ts";
import { FiringAlerts, worstOf } from "./firing-alerts.tsx";
import { NodeGrid } from "./node-grid.tsx";
import { WorstObjectives } from "./worst-objectives.tsx";
import { WorstTenants } from "./worst-tenants.tsx";

const HOUR = 3_600_000;
const REFRESH_MS = 10_000;

/** Is it fine this minute, and if not, what, since when and what first. The wall view is the same, full-screen. */
export function RightNow({ incidents }: { /** What goes on for customers. */ incidents: ReactNode }) {
  const wall = useRef<HTMLDivElement>(null);
  const now = useNow(60_000);
  const shared = {
    range: { from: new Date(now - HOUR).toISOString() },
    before: undefined,
    refreshMs: REFRESH_MS,
    syncId: "right-now",
    isForStaff: true,
  };
  return (
    <>
      <PageHeader
        title="Right now"
        secondary={<Button onClick={() => void wall.current?.requestFullscreen()}>Show wall display</Button>}
        tabs={<OverviewTabs />}
      />
      <div ref={wall} className="flex flex-col gap-4 bg-bg [&:fullscreen]:overflow-auto [&:fullscreen]:p-6">
        <Verdict />
        <FiringAlerts hasHeadline />
        {incidents}
        <WorstObjectives />
        <section aria-label="The last hour" className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
          {RIGHT_NOW.map(({ metric, isShared = false }: BoardChart) => (
            <MetricChart
              key={metric}
              metric={metric}
              scope={{}}
              size="small"
              isShared={isShared}
              className={LAST_CHART}
              {...shared}
            />
          ))}
        </section>
        <NodeGrid />
        <div className="grid items-start gap-4 lg:grid-cols-[2fr_3fr]">
          <WhatChanged />
          <WorstTenants shared={shared} />
        </div>
      </div>
    </>
  );
}

/** The worst alert that fires, by its root cause; an objective that is missed; or that all is well and since when. */
function Verdict() {
  const open = useApi(...openAlertsCall(), { refreshMs: ALERT_INTERVAL_MS });
  const over = useApi(...resolvedAlertsCall, { refreshMs: ALERT_INTERVAL_MS });
  const worstKept = useApi(...worstObjectivesCall, { refreshMs: REFRESH_MS });
  const isStale = useStale(open.data?.evaluatedAt ?? null, ALERT_INTERVAL_MS);
  if (open.problem && !open.data) return <ErrorState problem={open.problem} onRetry={open.retry} size="inline" />;
  if (!open.data) return <Skeleton className="h-7 w-full" />;
  const { items, evaluatedAt } = open.data;
  if (evaluatedAt === null || isStale)
    return <Line state="unknown">Unknown: alert rules are not being evaluated.</Line>;
  const worst = worstOf(foldAlerts(items));
  if (worst)
    return (
      <Line
        state={worst.alert.severity === "critical" ? "bad" : "warn"}
        details={[worst.alert.sentence, ...(worst.related.length > 0 ? [relatedText(worst.related)] : [])]}
      >
        <TextLink href={`/alerts/${worst.alert.id}`} className="text-fg">
          {alertName(worst.alert)}
          {worst.alert.silence && " (muted)"}
        </TextLink>
      </Line>
    );
  const missed = worstKept.data?.items.find(({ state }) => state === "missed");
  if (missed)
    return (
      <Line state="warn">
        No alerts firing, but {missed.scope.name} misses an objective: {missed.promise}.
      </Line>
    );
  const lastEnd = over.data?.items.reduce<string | null>(
    (last, { resolvedAt }) => (resolvedAt !== null && (last === null || resolvedAt > last) ? resolvedAt : last),
    null,
  );
  return (
    <Line state="ok">
      {lastEnd ? (
        <>
          No alerts for <Time at={lastEnd} as="age" />.
        </>
      ) : (
        "No alerts firing."
      )}
    </Line>
  );
}

type LineProps = { state: "ok" | "warn" | "bad" | "unknown"; details?: readonly string[]; children: ReactNode };

const Line = ({ state, details = [], children }: LineProps) => (
  <div data-answer="">
    <p className="flex items-baseline gap-2 text-xl font-semibold">
      <StatusShape state={state} />
      <span>{children}</span>
    </p>
    {details.map((detail) => (
      <p key={detail} className="mt-1 text-md text-fg-2">
        {detail}
      </p>
    ))}
  </div>
);

/** What changed in the last two hours, newest first. */
function WhatChanged() {
  const read = useApi("GET /changes", { query: { limit: 50 } }, { refreshMs: REFRESH_MS });
  const now = useNow(60_000);
  const recent = read.data?.items.filter(({ at }) => Date.parse(at) > now - 2 * HOUR).slice(0, SHOWN_CHANGES);
  return (
    <Card title="What changed" aside="the last two hours" actions={<TextLink href="/changes">All changes</TextLink>}>
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {!recent && !read.problem && <Skeleton className="h-32 w-full" />}
      {recent?.length === 0 && <p className="text-md text-fg-2">No changes.</p>}
      {recent && recent.length > 0 && (
        <ul className="flex flex-col gap-1.5 text-sm">
          {recent.map(({ id, at, title, action, objectName }) => (
            <li key={id} className="flex gap-3">
              <span className="w-24 shrink-0 text-fg-3">
                <Time at={at} />
              </span>
              <TextLink href={`/changes?to=${encodeURIComponent(at)}`} className="min-w-0 break-words text-fg">
                {title ?? [actionWords(action ?? ""), objectName].filter(Boolean).join(" · ")}
              </TextLink>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
const SHOWN_CHANGES = 8;
