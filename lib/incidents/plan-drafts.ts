import type { IncidentState } from "#lib/alerting/browser/incident-states.ts";
import { DRAFTED_AFTER_MS } from "./browser/incident-kinds.ts";
import { lengthOf, type Stretch } from "./longest-fallback.ts";

/** An open alert of a fallback, with how long the fallback has lasted. */
export type FallbackAlert = {
  id: string;
  causeId: string | null;
  tenantId: string;
  startedAt: Date;
  /** null = no fallback is on record. */
  stretch: Stretch | null;
};
/** The incident that an alert belongs to. */
export type KnownIncident = { id: string; state: IncidentState; endedAt: Date | null };
export type Plan = {
  drafts: { rootId: string; alertIds: string[]; tenantIds: string[]; startedAt: Date }[];
  links: { incidentId: string; alertId: string; tenantId: string }[];
};

/**
 * What is to be drafted. Fallbacks of one cause are one incident; it is drafted once one of them has lasted for more than
 * five minutes, and later ones of that cause join it while it is a draft or open. What was dismissed is drafted no more.
 * @param known by alert, also by those that are causes
 */
export function planDrafts(alerts: readonly FallbackAlert[], known: ReadonlyMap<string, KnownIncident>): Plan {
  const plan: Plan = { drafts: [], links: [] };
  for (const [rootId, group] of byCause(alerts)) {
    const incident = known.get(rootId) ?? group.map(({ id }) => known.get(id)).find((one) => one !== undefined);
    const unlinked = group.filter(({ id }) => !known.has(id));
    if (incident === undefined) draft(plan, rootId, unlinked);
    else join(plan, incident, unlinked, known.has(rootId) ? null : rootId);
  }
  return plan;
}

function byCause(alerts: readonly FallbackAlert[]): Map<string, FallbackAlert[]> {
  const groups = new Map<string, FallbackAlert[]>();
  for (const alert of alerts) {
    const rootId = alert.causeId ?? alert.id;
    groups.set(rootId, [...(groups.get(rootId) ?? []), alert]);
  }
  return groups;
}

function draft(plan: Plan, rootId: string, alerts: readonly FallbackAlert[]): void {
  if (!alerts.some(({ stretch }) => stretch !== null && lengthOf(stretch) > DRAFTED_AFTER_MS)) return;
  plan.drafts.push({
    rootId,
    alertIds: [...new Set([rootId, ...alerts.map(({ id }) => id)])],
    tenantIds: alerts.map(({ tenantId }) => tenantId),
    startedAt: new Date(Math.min(...alerts.map((alert) => beganAt(alert).getTime()))),
  });
}

const beganAt = ({ stretch, startedAt }: FallbackAlert): Date =>
  stretch !== null && stretch.from < startedAt ? stretch.from : startedAt;

/** @param rootId of a cause that no incident has yet */
function join(plan: Plan, incident: KnownIncident, alerts: readonly FallbackAlert[], rootId: string | null): void {
  switch (incident.state) {
    case "draft":
    case "open":
      for (const { id, tenantId } of alerts) plan.links.push({ incidentId: incident.id, alertId: id, tenantId });
      return;
    case "resolved":
    case "closed": {
      // what began after it was over is another one, also when its cause still stands
      const { endedAt } = incident;
      const later = endedAt === null ? [] : alerts.filter(({ startedAt }) => startedAt > endedAt);
      const [first] = later;
      if (first) draft(plan, rootId ?? first.id, later);
      return;
    }
    case "dismissed":
      return;
  }
}
