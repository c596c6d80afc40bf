import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Alert, SilenceAlert } from "../browser/alert-schema.ts";
import {
  type AlertRecord,
  closeAlert,
  endSilences,
  getAlert,
  holdAlert,
  insertNote,
  insertSilence,
  silencesOf,
} from "./alert-store.ts";
import { notifyResolved } from "./notify-alert.ts";
import { toAlert } from "./view-alert.ts";

async function required(ctx: Ctx, alertId: string): Promise<AlertRecord> {
  const alert = await getAlert(ctx.tx, alertId);
  if (alert === null) throw notFound("alert");
  return alert;
}

async function shown(ctx: Ctx, alertId: string): Promise<Alert> {
  const alert = await required(ctx, alertId);
  const silences = await silencesOf(ctx.tx, [alert.dedupeKey], ctx.clock.now());
  return toAlert(alert, silences.get(alert.dedupeKey));
}

/** Somebody holds it from now on. @throws AppError `not_found`, or `conflict` (`already_held`, `alert_over`) */
export async function acknowledgeAlert(ctx: Ctx, alertId: string): Promise<Alert> {
  const alert = await required(ctx, alertId);
  if (!(await holdAlert(ctx.tx, alertId, actorLabel(ctx.actor), ctx.clock.now()))) {
    const now = await required(ctx, alertId);
    throw now.state === "acknowledged"
      ? alreadyHeld(now.acknowledgedBy ?? "Someone", actorLabel(ctx.actor))
      : conflict("alert_over", "This alert is resolved.", "Nothing is left to do.");
  }
  await audit(ctx, {
    action: "alert.acknowledge",
    object: { type: "alert", id: alertId },
    tenantId: alert.tenantId,
    before: { state: alert.state },
  });
  return shown(ctx, alertId);
}

const alreadyHeld = (holder: string, reader: string) =>
  holder === reader
    ? conflict(
        "already_held",
        "You hold this alert already.",
        "Nothing is left to do; a note tells others how far you are.",
      )
    : conflict("already_held", `${holder} holds this alert already.`, "Talk to them, or add a note.");

/**
 * Tells nobody of this rule and subject for a while, also should it fire anew; 0 minutes end that.
 * @throws AppError `not_found`, or `conflict` (`not_silenced`)
 */
export async function silenceAlert(ctx: Ctx, alertId: string, { reason, minutes }: SilenceAlert): Promise<Alert> {
  const { dedupeKey, tenantId } = await required(ctx, alertId);
  const now = ctx.clock.now();
  const ended = await endSilences(ctx.tx, dedupeKey, now);
  if (minutes === 0 && ended === 0)
    throw conflict("not_silenced", "This alert is not muted.", "There is nothing to unmute.");
  const until = new Date(now.getTime() + minutes * 60_000);
  if (minutes > 0)
    await insertSilence(ctx.tx, { id: newId("silence"), dedupeKey, reason, by: actorLabel(ctx.actor), at: now, until });
  await audit(ctx, {
    action: minutes === 0 ? "alert.unsilence" : "alert.silence",
    object: { type: "alert", id: alertId },
    tenantId,
    after: { dedupeKey, until },
    reason,
  });
  return shown(ctx, alertId);
}

/**
 * Ends what nobody can see the end of, such as an alert about a node whose metrics are gone. Whoever was told that it began
 * is told. Should it be seen to be wrong again, that is a new alert.
 * @throws AppError `not_found`, or `conflict` (`alert_over`; `still_wrong`: it would come back at once)
 */
export async function resolveAlert(ctx: Ctx, alertId: string, reason: string): Promise<Alert> {
  const before = await required(ctx, alertId);
  const now = ctx.clock.now();
  if (!(await closeAlert(ctx.tx, alertId, now)))
    throw (await required(ctx, alertId)).state === "resolved"
      ? conflict("alert_over", "This alert is resolved.", "Nothing is left to do.")
      : conflict(
          "still_wrong",
          "The condition still held at the last evaluation.",
          "Fix the cause and the alert resolves automatically, or mute it.",
        );
  await insertNote(ctx.tx, {
    ...{ id: newId("alertNote"), alertId, by: actorLabel(ctx.actor), at: now },
    text: `Resolved manually: ${reason}`,
  });
  await notifyResolved(ctx.tx, await required(ctx, alertId), ctx.deps.consoleUrl ?? null);
  await audit(ctx, {
    action: "alert.resolve",
    object: { type: "alert", id: alertId },
    tenantId: before.tenantId,
    before: { state: before.state },
    reason,
  });
  return shown(ctx, alertId);
}

/** @throws AppError `not_found` */
export async function addAlertNote(ctx: Ctx, alertId: string, text: string) {
  const { tenantId } = await required(ctx, alertId);
  const note = { id: newId("alertNote"), alertId, text, by: actorLabel(ctx.actor), at: ctx.clock.now() };
  await insertNote(ctx.tx, note);
  await audit(ctx, {
    action: "alert.note",
    object: { type: "alert", id: alertId },
    tenantId,
    after: { noteId: note.id },
  });
  return { id: note.id, text, by: note.by, at: note.at.toISOString() };
}
