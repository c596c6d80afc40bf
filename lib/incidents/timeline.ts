import type { AlertRecord } from "#lib/alerting/alerts/alert-store.ts";
import { RULES } from "#lib/alerting/browser/rule-table.ts";
import type { IncidentEventKind } from "./browser/incident-kinds.ts";
import type { TimelineEntry } from "./browser/incident-schema.ts";
import type { EventRecord } from "./incident-store.ts";

/** Something that changed in an incident's scope. */
export type ScopeChange = { id: string; at: string; title: string; by: string | null; tenantId: string | null };

/** Everything about an incident on one line, oldest first. */
export function timelineOf(facts: {
  events: readonly EventRecord[];
  alerts: readonly AlertRecord[];
  changes: readonly ScopeChange[];
}): TimelineEntry[] {
  const entries = [
    ...facts.events.map(entryOfEvent),
    ...facts.alerts.flatMap(entriesOfAlert),
    ...facts.changes.map(entryOfChange),
  ];
  // sorting is stable: what happened at one moment keeps its order
  return entries.sort((a, b) => a.at.localeCompare(b.at));
}

const EVENT_TITLES: Record<IncidentEventKind, string> = {
  drafted: "Incident drafted",
  opened: "Incident opened",
  accepted: "Draft accepted",
  dismissed: "Draft dismissed",
  held: "Incident taken over",
  changed: "Incident changed",
  linked: "Alert linked",
  note: "Note",
  update: "Update published",
  resolved: "Incident resolved",
  reopened: "Incident reopened",
  closed: "Incident closed",
};

const entryOfEvent = ({ id, at, kind, text, by }: EventRecord): TimelineEntry => ({
  id,
  at: at.toISOString(),
  kind,
  title: EVENT_TITLES[kind],
  text: text === "" ? null : text,
  by,
  href: null,
});

function entriesOfAlert(alert: AlertRecord): TimelineEntry[] {
  const name = `${RULES[alert.rule].title}: ${alert.subjectName}`;
  const entry = (at: Date | null, what: string, by: string | null): TimelineEntry[] =>
    at === null
      ? []
      : [
          {
            ...{ id: `${alert.id} ${what}`, at: at.toISOString(), kind: "alert" },
            ...{ title: `${name} ${what}`, text: null, by, href: `/alerts/${alert.id}` },
          },
        ];
  return [
    ...entry(alert.startedAt, "began", null),
    ...entry(alert.acknowledgedAt, "acknowledged", alert.acknowledgedBy),
    ...entry(alert.resolvedAt, "resolved", null),
  ];
}

/** It leads to all changes as of that moment. */
function entryOfChange({ id, at, title, by, tenantId }: ScopeChange): TimelineEntry {
  const scope = tenantId === null ? "" : `&tenant=${encodeURIComponent(tenantId)}`;
  const href = `/changes?to=${encodeURIComponent(at)}${scope}`;
  return { id, at, kind: "change", title, text: null, by, href };
}
