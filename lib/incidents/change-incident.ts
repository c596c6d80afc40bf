import type { IncidentState } from "#lib/alerting/browser/incident-states.ts";
import { staleEdit } from "#lib/http/etag.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import type { IncidentEventKind } from "./browser/incident-kinds.ts";
import type { IncidentDetail, UpdateIncident } from "./browser/incident-schema.ts";
import {
  getIncident,
  type IncidentChange,
  type IncidentRecord,
  insertEvent,
  replaceTenants,
  saveIncident,
} from "./incident-store.ts";
import { requirePast, requirePool, requireTenants } from "./open-incident.ts";
import { showIncident } from "./show-incident.ts";

/** @throws AppError `not_found` */
export async function requireIncident(ctx: Ctx, incidentId: string): Promise<IncidentRecord> {
  const incident = await getIncident(ctx.tx, incidentId);
  if (incident === null) throw notFound("incident");
  return incident;
}

/** A line of the time line, by who does it. */
export const recordEvent = (ctx: Ctx, incidentId: string, kind: IncidentEventKind, text: string): Promise<void> =>
  insertEvent(ctx.tx, {
    id: newId("incidentEvent"),
    incidentId,
    at: ctx.clock.now(),
    kind,
    text,
    by: actorLabel(ctx.actor),
  });

/** What may still be changed: until it is closed, its review stands on it. */
const EDITABLE: readonly IncidentState[] = ["draft", "open", "resolved"];

/**
 * Changes what an incident says of itself; customers read nothing of it.
 * @throws AppError `not_found`, `stale`, `conflict` (`incident_over`), or `invalid` naming the field
 */
export async function updateIncident(
  ctx: Ctx,
  {
    incidentId,
    expectedGeneration,
    change,
  }: { incidentId: string; expectedGeneration: number; change: UpdateIncident },
): Promise<IncidentDetail> {
  const before = await requireIncident(ctx, incidentId);
  requireState(before, EDITABLE, "changed");
  await checkChange(ctx, before, change);
  const { title, severity, poolId, tenantIds } = change;
  const fields: IncidentChange = {
    ...(title === undefined ? {} : { title }),
    ...(severity === undefined ? {} : { severity }),
    ...(poolId === undefined ? {} : { poolId }),
    ...(change.startedAt === undefined ? {} : { startedAt: new Date(change.startedAt) }),
    ...(change.endedAt === undefined ? {} : { endedAt: new Date(change.endedAt) }),
  };
  const at = { generation: expectedGeneration, states: EDITABLE };
  if (!(await saveIncident(ctx.tx, incidentId, at, fields))) throw staleEdit();
  if (tenantIds !== undefined) await replaceTenants(ctx.tx, incidentId, tenantIds);
  await recordEvent(ctx, incidentId, "changed", Object.keys(change).map(wordOf).join(", "));
  await audit(ctx, {
    action: "incident.update",
    object: { type: "incident", id: incidentId },
    tenantId: null,
    before: audited(before),
    after: audited(await requireIncident(ctx, incidentId)),
  });
  return showIncident(ctx, incidentId);
}

async function checkChange(ctx: Ctx, before: IncidentRecord, change: UpdateIncident): Promise<void> {
  const now = ctx.clock.now();
  const startedAt = change.startedAt === undefined ? before.startedAt : new Date(change.startedAt);
  const endedAt = change.endedAt === undefined ? before.endedAt : new Date(change.endedAt);
  requirePast("startedAt", startedAt, now);
  if (change.endedAt !== undefined && before.state !== "resolved")
    throw invalidField("endedAt", "not_over", "It is not resolved: it has no end yet.", "Resolve it, with its end.");
  if (endedAt !== null) {
    requirePast("endedAt", endedAt, now);
    const field = change.startedAt === undefined ? "endedAt" : "startedAt";
    requireOrder(field, startedAt, endedAt);
  }
  if (change.tenantIds !== undefined) await requireTenants(ctx, change.tenantIds);
  if (change.poolId !== undefined && change.poolId !== null) await requirePool(ctx, change.poolId);
}

/** @throws AppError `invalid` when it would be over before it began */
export function requireOrder(field: string, startedAt: Date, endedAt: Date): void {
  if (startedAt <= endedAt) return;
  throw invalidField(
    field,
    "end_before_start",
    `It would be over before it began, at ${startedAt.toISOString()}.`,
    "Give an end after its start.",
  );
}

/** Somebody holds it from now on, also in place of another. @throws AppError `not_found`, or `conflict` (`already_held`, `incident_over`) */
export async function holdIncident(ctx: Ctx, incidentId: string): Promise<IncidentDetail> {
  const before = await requireIncident(ctx, incidentId);
  requireState(before, EDITABLE, "held");
  const by = actorLabel(ctx.actor);
  if (before.heldBy === by)
    throw conflict("already_held", "You hold this incident already.", "There is nothing to do.");
  const held = { heldBy: by, heldAt: ctx.clock.now() };
  if (!(await saveIncident(ctx.tx, incidentId, { states: EDITABLE }, held))) throw staleEdit();
  await recordEvent(ctx, incidentId, "held", before.heldBy === null ? "" : `from ${before.heldBy}`);
  await audit(ctx, {
    action: "incident.hold",
    object: { type: "incident", id: incidentId },
    tenantId: null,
    before: { heldBy: before.heldBy },
    after: { heldBy: by },
  });
  return showIncident(ctx, incidentId);
}

/** What staff note for each other; no customer reads it. @throws AppError `not_found`, or `conflict` (`incident_over`) */
export async function addIncidentNote(ctx: Ctx, incidentId: string, text: string): Promise<IncidentDetail> {
  const before = await requireIncident(ctx, incidentId);
  requireState(before, EDITABLE, "noted on");
  await recordEvent(ctx, incidentId, "note", text);
  await audit(ctx, {
    action: "incident.note",
    object: { type: "incident", id: incidentId },
    tenantId: null,
    after: { text },
  });
  return showIncident(ctx, incidentId);
}

const STATE_WORDS: Record<IncidentState, string> = {
  draft: "a draft that has not been accepted",
  open: "open",
  resolved: "resolved",
  closed: "closed",
  dismissed: "dismissed",
};
const NEXT: Record<IncidentState, string> = {
  draft: "Accept it first, or dismiss it.",
  open: "Resolve it first.",
  resolved: "Reopen it first, or close it.",
  closed: "Open another one if it happens again.",
  dismissed: "Open another one if it happens again.",
};

/** @throws AppError `conflict` (`incident_over`, or `wrong_state`) saying what is to be done first */
export function requireState({ state }: IncidentRecord, allowed: readonly IncidentState[], verb: string): void {
  if (allowed.includes(state)) return;
  const isOver = state === "closed" || state === "dismissed";
  throw conflict(
    isOver ? "incident_over" : "wrong_state",
    `This incident is ${STATE_WORDS[state]}: it cannot be ${verb}.`,
    NEXT[state],
  );
}

const WORDS: Record<string, string> = {
  startedAt: "start",
  endedAt: "end",
  poolId: "pool",
  tenantIds: "tenants",
};
const wordOf = (field: string): string => WORDS[field] ?? field;

const audited = ({ title, severity, startedAt, endedAt, poolId, tenants }: IncidentRecord) => ({
  title,
  severity,
  startedAt,
  endedAt,
  poolId,
  tenantIds: tenants.map(({ id }) => id),
});
