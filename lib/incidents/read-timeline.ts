import { listAlertsOf, listConfigurationChanges } from "#lib/alerting/alerts/alert-store.ts";
import { actionWords } from "#lib/identity/browser/action-words.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { HAPPENED, listMarks } from "#lib/metrics/marks/events.ts";
import type { TimelineEntry } from "./browser/incident-schema.ts";
import { type IncidentRecord, listEvents, listLinks, nodesOf, poolsOf } from "./incident-store.ts";
import { type ScopeChange, timelineOf } from "./timeline.ts";

/** What changed shortly before it began may be why. */
const BEFORE_MS = 30 * 60_000;
const CHANGES = 200;

/** Its own events, its alerts, and what happened or was changed in its scope. */
export async function readTimeline(ctx: Ctx, incident: IncidentRecord): Promise<TimelineEntry[]> {
  const links = await listLinks(ctx.tx, incident.id);
  return timelineOf({
    events: await listEvents(ctx.tx, incident.id),
    alerts: await listAlertsOf(
      ctx.tx,
      links.map(({ alertId }) => alertId),
    ),
    changes: await changesAround(ctx, incident),
  });
}

async function changesAround(ctx: Ctx, incident: IncidentRecord): Promise<ScopeChange[]> {
  const tenantIds = new Set(incident.tenants.map(({ id }) => id));
  const poolIds = incident.poolId === null ? await poolsOf(ctx.tx, [...tenantIds]) : [incident.poolId];
  const nodeIds = poolIds.length === 0 ? undefined : await nodesOf(ctx.tx, poolIds);
  const window = {
    from: new Date(incident.startedAt.getTime() - BEFORE_MS),
    to: incident.endedAt ?? ctx.clock.now(),
  };
  const isOurs = (tenantId: string | null) => tenantId === null || tenantIds.size === 0 || tenantIds.has(tenantId);
  const within = nodeIds && { nodeIds, poolIds };
  const marks = await listMarks(ctx, { ...window, within, limit: CHANGES }, HAPPENED);
  const near = new Set([...poolIds, ...tenantIds, ...(nodeIds ?? [])]);
  const isNear = (row: { tenantId: string | null; objectType: string; objectId: string }) =>
    near.size === 0 ||
    row.objectType === "settings" ||
    near.has(row.objectId) ||
    (row.tenantId !== null && near.has(row.tenantId));
  const configured = (await listConfigurationChanges(ctx.tx, window)).filter(isNear);
  return [
    ...marks
      .filter((mark) => isOurs(mark.tenantId))
      .map(({ id, at, title, tenantId }) => ({ id, at, title, by: null, tenantId })),
    ...configured.map(({ id, at, action, actor, tenantId }) => ({
      id,
      at: at.toISOString(),
      title: actionWords(action),
      by: actor.label,
      tenantId,
    })),
  ];
}
