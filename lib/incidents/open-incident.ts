import { type AlertRecord, getAlert } from "#lib/alerting/alerts/alert-store.ts";
import { RULES } from "#lib/alerting/browser/rule-table.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import type { IncidentDetail, OpenIncident } from "./browser/incident-schema.ts";
import {
  incidentsOf,
  insertEvent,
  insertIncident,
  linkAlert,
  type NewIncident,
  namesOfPools,
  tenantsOf,
} from "./incident-store.ts";
import { showIncident } from "./show-incident.ts";

/**
 * Opens an incident by hand, or drafts one. From an alert it takes the alert's scope, start and title where none is given.
 * @throws AppError `not_found` for an unknown alert, `invalid` naming title, startedAt, poolId or tenantIds, or `conflict`
 * (`incident_exists`)
 */
export async function openIncident(ctx: Ctx, input: OpenIncident): Promise<IncidentDetail> {
  const now = ctx.clock.now();
  const alert = input.alertId === undefined ? null : await getAlert(ctx.tx, input.alertId);
  if (input.alertId !== undefined && alert === null) throw notFound("alert");
  const title = input.title ?? (alert === null ? undefined : titleOfAlert(alert));
  if (title === undefined)
    throw invalidField("title", "required", "An incident needs a title.", "Say in a few words what is the matter.");
  const startedAt = input.startedAt === undefined ? (alert?.startedAt ?? now) : new Date(input.startedAt);
  requirePast("startedAt", startedAt, now);
  const poolId = input.poolId ?? (input.tenantIds === undefined ? (alert?.poolId ?? null) : null);
  const tenantIds = input.tenantIds ?? (alert === null ? [] : tenantsOfAlert(alert));
  if (input.tenantIds !== undefined) await requireTenants(ctx, input.tenantIds);
  if (input.poolId !== undefined) await requirePool(ctx, input.poolId);
  const by = actorLabel(ctx.actor);
  const incident: NewIncident = {
    id: newId("incident"),
    title,
    severity: input.severity ?? (alert?.severity === "critical" ? "critical" : "major"),
    state: input.asDraft ? "draft" : "open",
    startedAt,
    poolId,
    createdAt: now,
    createdBy: by,
    heldBy: input.asDraft ? null : by,
    heldAt: input.asDraft ? null : now,
  };
  await insertIncident(
    ctx.tx,
    incident,
    (await tenantsOf(ctx.tx, tenantIds)).map(({ id }) => id),
  );
  const kind = input.asDraft ? "drafted" : "opened";
  await insertEvent(ctx.tx, { id: newId("incidentEvent"), incidentId: incident.id, at: now, kind, text: "", by });
  if (alert !== null) await linkOrRefuse(ctx, incident.id, alert, now);
  const { state, severity } = incident;
  await audit(ctx, {
    action: input.asDraft ? "incident.draft" : "incident.open",
    object: { type: "incident", id: incident.id },
    tenantId: null,
    after: { title, severity, state, startedAt, poolId, tenantIds, alertId: input.alertId ?? null },
  });
  return showIncident(ctx, incident.id);
}

async function linkOrRefuse(ctx: Ctx, incidentId: string, alert: AlertRecord, now: Date): Promise<void> {
  const other = (await incidentsOf(ctx.tx, [alert.id])).get(alert.id);
  const link = { alertId: alert.id, title: titleOfAlert(alert), linkedAt: now };
  if (other === undefined && (await orTaken(linkAlert(ctx.tx, incidentId, link).then(() => true))) !== null) return;
  throw conflict(
    "incident_exists",
    `This alert belongs to an incident already${other ? `: ${other.title}` : ""}.`,
    "Go on in that one.",
    "alertId",
  );
}

/** As its page is headed. */
export const titleOfAlert = ({ rule, subjectName }: Pick<AlertRecord, "rule" | "subjectName">): string =>
  `${RULES[rule].title}: ${subjectName}`.slice(0, 160);

/** Whom an alert is about: the tenant itself, or those that depend on what it is about. */
export const tenantsOfAlert = ({ tenantId, evidence }: Pick<AlertRecord, "tenantId" | "evidence">): string[] =>
  tenantId === null ? evidence.tenantIds : [tenantId];

/** @throws AppError `invalid` for a moment that is still to come */
export function requirePast(field: string, at: Date, now: Date): void {
  if (at <= now) return;
  throw invalidField(field, "in_the_future", "This moment is still to come.", "Give one that has passed.");
}

/** @throws AppError `invalid` naming the ones that are unknown */
export async function requireTenants(ctx: Ctx, ids: readonly string[]): Promise<void> {
  const known = new Set((await tenantsOf(ctx.tx, ids)).map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw invalidField("tenantIds", "unknown_tenant", `There is no tenant ${unknown[0]}.`, "Give ids of tenants.");
}

/** @throws AppError `invalid` */
export async function requirePool(ctx: Ctx, poolId: string): Promise<void> {
  if ((await namesOfPools(ctx.tx, [poolId])).has(poolId)) return;
  throw invalidField("poolId", "unknown_pool", "There is no such pool.", "Give the id of a pool.");
}
