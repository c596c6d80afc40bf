import type { Tx } from "#lib/platform/db.ts";
import { runbookPath } from "../browser/alert-kinds.ts";
import { RULES } from "../browser/rule-table.ts";
import type { NotificationPayload } from "../channels/notification-body.ts";
import { channelsNotified, queueNotifications } from "../channels/notification-store.ts";
import type { AlertRecord } from "./alert-store.ts";
import { subjectOfRecord } from "./view-alert.ts";

/** Notifies the channels that were notified of its begin. */
export async function notifyResolved(tx: Tx, alert: AlertRecord, consoleUrl: string | null): Promise<void> {
  const channels = await channelsNotified(tx, alert.id);
  if (channels.length > 0 && alert.resolvedAt)
    await queueNotifications(tx, channels, payloadOf(alert, 0, consoleUrl), alert.resolvedAt);
}

/** @param related alerts that came from it and are notified with it */
export function payloadOf(alert: AlertRecord, related: number, consoleUrl: string | null): NotificationPayload {
  return {
    alertId: alert.id,
    event: alert.state === "resolved" ? "resolved" : "firing",
    rule: alert.rule,
    title: RULES[alert.rule].title,
    severity: alert.severity,
    sentence: alert.sentence,
    link: `${consoleUrl ?? ""}/alerts/${alert.id}`,
    runbook: `${consoleUrl ?? ""}${runbookPath(alert.rule)}`,
    subject: subjectOfRecord(alert),
    dedupeKey: alert.dedupeKey,
    startedAt: alert.startedAt.toISOString(),
    resolvedAt: alert.resolvedAt?.toISOString() ?? null,
    related,
  };
}
