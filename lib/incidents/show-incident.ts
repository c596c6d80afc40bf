import { stateOf } from "#lib/alerting/alerts/view-alert.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Impact, IncidentDetail, IncidentsQuery, Published } from "./browser/incident-schema.ts";
import { countImpact } from "./count-impact.ts";
import {
  countActive,
  getIncident,
  type IncidentRecord,
  listIncidents,
  listLinks,
  namesOfPools,
} from "./incident-store.ts";
import { readTimeline } from "./read-timeline.ts";
import { listPublished } from "./update-store.ts";
import { toIncident } from "./view-incident.ts";

/** Incidents: drafts, then open ones, then what is over; with how many wait or go on in all. */
export async function listIncidentPage(ctx: Ctx, query: IncidentsQuery) {
  const page = await listIncidents(ctx.tx, query);
  const pools = await namesOfPools(
    ctx.tx,
    page.items.map(({ poolId }) => poolId),
  );
  return {
    nextCursor: page.nextCursor,
    items: page.items.map((row) => toIncident(row, pools, ctx.clock.now())),
    open: await countActive(ctx.tx),
  };
}

/** @throws AppError `not_found` */
async function required(ctx: Ctx, incidentId: string): Promise<IncidentRecord> {
  const row = await getIncident(ctx.tx, incidentId);
  if (row === null) throw notFound("incident");
  return row;
}

/** One incident with its time line and what customers were told. @throws AppError `not_found` */
export async function showIncident(ctx: Ctx, incidentId: string): Promise<IncidentDetail> {
  const row = await required(ctx, incidentId);
  const links = await listLinks(ctx.tx, incidentId);
  const { cause, done, actions } = row;
  return {
    ...toIncident(row, await namesOfPools(ctx.tx, [row.poolId]), ctx.clock.now()),
    alerts: links.map(({ alertId, title, alert }) => ({ id: alertId, title, state: stateOf(alert) })),
    timeline: await readTimeline(ctx, row),
    published: await readPublished(ctx, incidentId),
    review: cause === null || done === null ? null : { cause, done, actions: actions ?? "" },
  };
}

/** What customers were told, newest first, those that were told at once together. */
export async function readPublished(ctx: Ctx, incidentId: string): Promise<Published[]> {
  const groups = new Map<string, Published>();
  for (const row of await listPublished(ctx.tx, incidentId)) {
    const { eventId, status, publishedAt, by, tenantId, text, tenant } = row;
    const group = groups.get(eventId) ?? { id: eventId, status, publishedAt: publishedAt.toISOString(), by, texts: [] };
    group.texts.push({ tenantId, tenantName: tenant.name, text });
    groups.set(eventId, group);
  }
  for (const { texts } of groups.values()) texts.sort((a, b) => a.tenantName.localeCompare(b.tenantName));
  return [...groups.values()];
}

/** Who is hit; see `countImpact`. @throws AppError `not_found` */
export async function showImpact(ctx: Ctx, incidentId: string): Promise<Impact> {
  return countImpact(ctx.tx, await required(ctx, incidentId), ctx.clock.now());
}
