import type { IncidentState } from "#lib/alerting/browser/incident-states.ts";
import { staleEdit } from "#lib/http/etag.ts";
import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { IncidentEventKind } from "./browser/incident-kinds.ts";
import type { CloseIncident, Impact, IncidentDetail } from "./browser/incident-schema.ts";
import { recordEvent, requireIncident, requireOrder, requireState } from "./change-incident.ts";
import { type IncidentChange, type IncidentRecord, saveIncident } from "./incident-store.ts";
import { requirePast } from "./open-incident.ts";
import { readReview } from "./read-review.ts";
import { showIncident } from "./show-incident.ts";

type Step = {
  verb: "accept" | "dismiss" | "resolve" | "reopen" | "close";
  from: IncidentState;
  to: IncidentState;
  /** How a refusal names it. */
  done: string;
  event: IncidentEventKind;
  text: string;
};

/** One step from one state to another: the row, its time line and the audit trail together. */
async function take(ctx: Ctx, before: IncidentRecord, step: Step, change: IncidentChange): Promise<IncidentDetail> {
  requireState(before, [step.from], step.done);
  const at = { states: [step.from], generation: before.generation };
  if (!(await saveIncident(ctx.tx, before.id, at, { ...change, state: step.to }))) throw staleEdit();
  await recordEvent(ctx, before.id, step.event, step.text);
  await audit(ctx, {
    action: `incident.${step.verb}`,
    object: { type: "incident", id: before.id },
    tenantId: null,
    before: { state: before.state },
    after: { state: step.to, ...("endedAt" in change ? { endedAt: change.endedAt } : {}) },
    ...(step.verb === "dismiss" ? { reason: step.text } : {}),
  });
  return showIncident(ctx, before.id);
}

/** A draft becomes an incident; who accepts it holds it. @throws AppError `not_found`, or `conflict` (`wrong_state`, `incident_over`) */
export async function acceptIncident(ctx: Ctx, incidentId: string): Promise<IncidentDetail> {
  const before = await requireIncident(ctx, incidentId);
  const step = { verb: "accept", from: "draft", to: "open", done: "accepted", event: "accepted", text: "" } as const;
  return take(ctx, before, step, { heldBy: actorLabel(ctx.actor), heldAt: ctx.clock.now() });
}

/** A draft was no incident; its alerts draft no other. @throws AppError `not_found`, or `conflict` (`wrong_state`, `incident_over`) */
export async function dismissIncident(ctx: Ctx, incidentId: string, reason: string): Promise<IncidentDetail> {
  const before = await requireIncident(ctx, incidentId);
  const step = { verb: "dismiss", from: "draft", to: "dismissed", done: "dismissed", event: "dismissed" } as const;
  return take(ctx, before, { ...step, text: reason }, { dismissReason: reason });
}

/**
 * Customers are served again, since `endedAt` or now.
 * @throws AppError `not_found`, `invalid` naming endedAt, or `conflict` (`wrong_state`, `incident_over`)
 */
export async function resolveIncident(ctx: Ctx, incidentId: string, end: string | undefined): Promise<IncidentDetail> {
  const before = await requireIncident(ctx, incidentId);
  const now = ctx.clock.now();
  const endedAt = end === undefined ? now : new Date(end);
  requirePast("endedAt", endedAt, now);
  requireOrder("endedAt", before.startedAt, endedAt);
  const step = {
    verb: "resolve",
    from: "open",
    to: "resolved",
    done: "resolved",
    event: "resolved",
    text: "",
  } as const;
  return take(ctx, before, step, { endedAt });
}

/** It was not over. @throws AppError `not_found`, or `conflict` (`wrong_state`, `incident_over`) */
export async function reopenIncident(ctx: Ctx, incidentId: string): Promise<IncidentDetail> {
  const before = await requireIncident(ctx, incidentId);
  const step = { verb: "reopen", from: "resolved", to: "open", done: "reopened", event: "reopened", text: "" } as const;
  return take(ctx, before, step, { endedAt: null });
}

/**
 * Its review is written: what was counted and the document are kept as they are now, since request traces are deleted.
 * @param impact as counted just before
 * @throws AppError `not_found`, or `conflict` (`wrong_state`, `incident_over`)
 */
export async function closeIncident(
  ctx: Ctx,
  { incidentId, review, impact }: { incidentId: string; review: CloseIncident; impact: Impact },
): Promise<IncidentDetail> {
  const before = await requireIncident(ctx, incidentId);
  const step = { verb: "close", from: "resolved", to: "closed", done: "closed", event: "closed", text: "" } as const;
  requireState(before, [step.from], step.done);
  const closed = { ...before, ...review, state: step.to, closedAt: ctx.clock.now() };
  const document = await readReview(ctx, closed, impact);
  return take(ctx, before, step, { ...review, closedAt: closed.closedAt, impact, document });
}
