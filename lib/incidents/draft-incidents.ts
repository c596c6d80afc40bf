import { type AlertRecord, listAlertsOf, listFallbackAlerts } from "#lib/alerting/alerts/alert-store.ts";
import { WINDOW_MS } from "#lib/alerting/alerts/thresholds.ts";
import { stepStart } from "#lib/metrics/rollup.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { listFallbackMinutes } from "./fallback-minutes-store.ts";
import {
  addTenants,
  getIncident,
  incidentsOf,
  insertEvent,
  insertIncident,
  linkAlert,
  saveIncident,
} from "./incident-store.ts";
import { longestFallback } from "./longest-fallback.ts";
import { titleOfAlert } from "./open-incident.ts";
import { type FallbackAlert, type Plan, planDrafts } from "./plan-drafts.ts";

/** Who drafted it, where nobody did. */
const SWITCHYARD = "Switchyard";
/** A fallback shows within the first minutes of its alert, or never. */
const LOOKBACK_MS = 60 * 60_000;

/** Fallbacks that go on, and what is to be drafted of them. */
export async function readDraftPlan(tx: Tx, now: Date): Promise<Plan> {
  const alerts = (await listFallbackAlerts(tx)).flatMap(({ tenantId, ...alert }) =>
    tenantId === null ? [] : [{ ...alert, tenantId }],
  );
  if (alerts.length === 0) return { drafts: [], links: [] };
  const known = await incidentsOf(
    tx,
    alerts.flatMap(({ id, causeId }) => [id, ...(causeId === null ? [] : [causeId])]),
  );
  const minutes = await listFallbackMinutes(tx, {
    tenantIds: alerts.flatMap(({ id, tenantId }) => (known.has(id) ? [] : [tenantId])),
    from: new Date(now.getTime() - LOOKBACK_MS),
  });
  const measured = alerts.map(({ id, causeId, tenantId, startedAt }): FallbackAlert => {
    // what made it begin came before it
    const from = stepStart(new Date(startedAt.getTime() - WINDOW_MS), 60);
    const stretch = longestFallback(minutes.filter((row) => row.tenantId === tenantId && row.at >= from));
    return { id, causeId, tenantId, startedAt, stretch };
  });
  return planDrafts(measured, known);
}

/** Writes what was planned: drafts with their alerts, and alerts that join what is open. */
export async function writeDrafts(tx: Tx, { drafts, links }: Plan, now: Date): Promise<void> {
  for (const draft of drafts) {
    const alerts = await listAlertsOf(tx, draft.alertIds);
    const [first] = alerts;
    if (first)
      await writeDraft(tx, { ...draft, alerts, root: alerts.find(({ id }) => id === draft.rootId) ?? first }, now);
  }
  const alerts = new Map(
    (
      await listAlertsOf(
        tx,
        links.map(({ alertId }) => alertId),
      )
    ).map((one) => [one.id, one]),
  );
  for (const { incidentId, alertId, tenantId } of links) {
    const alert = alerts.get(alertId);
    const incident = await getIncident(tx, incidentId);
    if (alert === undefined || incident === null) continue;
    const title = titleOfAlert(alert);
    if (!(await saveIncident(tx, incidentId, { states: ["draft", "open"] }, {}))) continue;
    await linkAlert(tx, incidentId, { alertId, title, linkedAt: now });
    // one that names nobody is about everyone who is hit, and stays so
    if (incident.tenants.length > 0) await addTenants(tx, incidentId, [tenantId]);
    await recordEvent(tx, incidentId, "linked", title, now);
  }
}

type Draft = Plan["drafts"][number] & { alerts: readonly AlertRecord[]; root: AlertRecord };

async function writeDraft(tx: Tx, { alerts, root, tenantIds, startedAt }: Draft, now: Date): Promise<void> {
  const id = newId("incident");
  const isCritical = alerts.some(({ severity }) => severity === "critical");
  const incident = { id, title: titleOfAlert(root), severity: isCritical ? "critical" : "major", startedAt } as const;
  const nobody = { poolId: null, heldBy: null, heldAt: null, createdAt: now, createdBy: SWITCHYARD };
  await insertIncident(tx, { ...incident, ...nobody, state: "draft" }, tenantIds);
  for (const alert of alerts) await linkAlert(tx, id, { alertId: alert.id, title: titleOfAlert(alert), linkedAt: now });
  await recordEvent(tx, id, "drafted", "A fallback has lasted for more than 5 minutes.", now);
}

const recordEvent = (tx: Tx, incidentId: string, kind: "drafted" | "linked", text: string, at: Date): Promise<void> =>
  insertEvent(tx, { id: newId("incidentEvent"), incidentId, at, kind, text, by: SWITCHYARD });
