import { alertMessage } from "../alerts/alert-sentence.ts";
import type { ChannelKind } from "../browser/alert-kinds.ts";

/** What a message tells, kept with it so that a later attempt says the same. */
export type NotificationPayload = {
  alertId: string;
  event: "firing" | "resolved";
  rule: string;
  title: string;
  severity: "critical" | "warning";
  sentence: string;
  /** Of the console: a whole URL, or a path where nobody said where the console is. */
  link: string;
  /** What to do about it, likewise; null = there is none. Messages that an earlier release queued have no such field. */
  runbook?: string | null;
  subject: {
    type: string;
    id: string;
    name: string;
    poolId: string | null;
    nodeId: string | null;
    tenantId: string | null;
  };
  dedupeKey: string;
  startedAt: string;
  resolvedAt: string | null;
  related: number;
};

/** Whoever gets a message can follow whole URLs only; null = nobody said where the console is. */
export const runbookUrl = ({ runbook }: NotificationPayload): string | null =>
  runbook?.startsWith("http") ? runbook : null;

const NO_END = "0001-01-01T00:00:00Z";

/** @param routingKey names a service of PagerDuty; the other kinds have none in their body */
export function notificationBody(
  kind: Exclude<ChannelKind, "email">,
  payload: NotificationPayload,
  routingKey: string | null,
): object {
  switch (kind) {
    case "alertmanager":
      return alertmanagerBody(payload);
    case "slack":
      return slackBody(payload);
    case "pagerduty":
      return pagerDutyBody(payload, routingKey ?? "");
  }
}

/** Version 4 of Alertmanager's webhook: what its receivers read. */
function alertmanagerBody(payload: NotificationPayload): object {
  const { rule, severity, subject, event, sentence, link, startedAt, resolvedAt, dedupeKey, title } = payload;
  const ids = { pool_id: subject.poolId, node_id: subject.nodeId, tenant_id: subject.tenantId };
  const known = Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== null));
  const labels = { alertname: rule, severity, subject: subject.name, subject_type: subject.type, ...known };
  const runbook = runbookUrl(payload);
  const annotations = {
    summary: title,
    description: sentence,
    ...(runbook === null ? {} : { runbook_url: runbook }),
  };
  return {
    version: "4",
    groupKey: `switchyard:${dedupeKey}`,
    truncatedAlerts: 0,
    status: event,
    receiver: "switchyard",
    groupLabels: { alertname: rule },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: link,
    alerts: [
      {
        status: event,
        labels,
        annotations,
        startsAt: startedAt,
        endsAt: resolvedAt ?? NO_END,
        generatorURL: link,
        fingerprint: payload.alertId.slice(-16),
      },
    ],
  };
}

/** Names come from people: none of them may write a link or call a channel. */
const forSlack = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function slackBody(payload: NotificationPayload) {
  const { event, severity, sentence, link, title, subject, startedAt, resolvedAt } = payload;
  const runbook = event === "firing" ? runbookUrl(payload) : null;
  const text =
    event === "firing"
      ? `*${severity === "critical" ? "Critical" : "Warning"}*: ${forSlack(sentence)}`
      : `*Resolved*: ${forSlack(`${title}, ${subject.name}`)}, ${clock(startedAt)} to ${clock(resolvedAt ?? startedAt)}.`;
  return { text: `${alertMessage(text, link)}${runbook === null ? "" : ` Runbook: ${runbook}`}` };
}

const clock = (at: string): string => `${at.slice(11, 16)} UTC`;

/** Version 2 of PagerDuty's events. Both events of an alert carry one key, so that the second closes the first. */
function pagerDutyBody(payload: NotificationPayload, routingKey: string): object {
  const { alertId, event, sentence, severity, subject, startedAt, rule, link, title } = payload;
  const runbook = runbookUrl(payload);
  return {
    routing_key: routingKey,
    event_action: event === "firing" ? "trigger" : "resolve",
    dedup_key: alertId,
    payload: {
      summary: sentence.slice(0, 1024),
      source: subject.name,
      severity,
      timestamp: startedAt,
      class: rule,
      custom_details: { title, related: payload.related },
    },
    links: [
      ...(link.startsWith("http") ? [{ href: link, text: "Open in Switchyard" }] : []),
      ...(runbook === null ? [] : [{ href: runbook, text: "Runbook" }]),
    ],
  };
}
