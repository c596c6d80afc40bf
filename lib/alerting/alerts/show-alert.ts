import { actionWords } from "#lib/identity/browser/action-words.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { HAPPENED, listMarks } from "#lib/metrics/marks/events.ts";
import type { Annotation } from "#lib/metrics/schema.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { AlertChange, AlertDetail, AlertsQuery } from "../browser/alert-schema.ts";
import { listNotifications } from "../channels/notification-store.ts";
import { findFindingsAt } from "../findings/finding-store.ts";
import { toFinding } from "../findings/show-findings.ts";
import {
  type AlertRecord,
  countFiring,
  getAlert,
  hasPrevious,
  incidentOf,
  listAlerts,
  listConfigurationChanges,
  listNotes,
  listRelated,
  silencesOf,
} from "./alert-store.ts";
import { causeOf, suggestActions } from "./explain-alert.ts";
import { lastEvaluation } from "./last-evaluation.ts";
import { stateOf, subjectOfRecord, toAlert } from "./view-alert.ts";
import { pitfallsOf, weighFindings } from "./weigh-findings.ts";
import { whoIsHit } from "./who-is-hit.ts";

const HOUR_MS = 3_600_000;
/** What changed is looked for this far back. */
const LOOKBACK_MS = 2 * HOUR_MS;
const CHANGES = 30;

/** Alerts, firing first, with how many fire in all and when the rules were last evaluated. */
export async function listAlertPage(ctx: Ctx, query: AlertsQuery) {
  const now = ctx.clock.now();
  const page = await listAlerts(ctx.tx, query);
  const keys = page.items.map(({ dedupeKey }) => dedupeKey);
  const silences = await silencesOf(ctx.tx, keys, now);
  return {
    nextCursor: page.nextCursor,
    items: page.items.map((alert) => toAlert(alert, silences.get(alert.dedupeKey))),
    firing: await countFiring(ctx.tx),
    evaluatedAt: await lastEvaluation(ctx.tx),
  };
}

/** One alert with all that somebody just woken needs. @throws AppError `not_found` */
export async function showAlert(ctx: Ctx, alertId: string): Promise<AlertDetail> {
  const { tx } = ctx;
  const now = ctx.clock.now();
  const alert = await getAlert(tx, alertId);
  if (alert === null) throw notFound("alert");
  const end = alert.resolvedAt ?? now;
  const cause = alert.causeId === null ? null : await getAlert(tx, alert.causeId);
  const changes = await changesBefore(ctx, alert);
  const facts = {
    ...alert,
    subject: subjectOfRecord(alert),
    causeSentence: cause?.sentence ?? null,
    hasPrevious: alert.tenantId !== null && (await hasPrevious(tx, alert.tenantId)),
  };
  const silences = await silencesOf(tx, [alert.dedupeKey], now);
  const related = await listRelated(tx, alertId);
  return {
    ...toAlert(alert, silences.get(alert.dedupeKey)),
    evaluatedAt: await lastEvaluation(tx),
    cause: causeOf(facts),
    findings: await findingsOf(ctx, alert, end),
    related: related.map((one) => ({ id: one.id, sentence: one.sentence, state: stateOf(one) })),
    incident: await incidentOf(tx, alertId),
    ...(await whoIsHit(ctx, alert)),
    changes,
    actions: suggestActions(facts),
    notes: (await listNotes(tx, alertId)).map(({ id, text, by, at }) => ({ id, text, by, at: at.toISOString() })),
    notifications: (await listNotifications(tx, alertId)).map(toNotification),
    chart: {
      from: new Date(alert.startedAt.getTime() - HOUR_MS / 2).toISOString(),
      to: new Date(Math.min(end.getTime(), alert.startedAt.getTime() + 12 * HOUR_MS)).toISOString(),
    },
  };
}

/** What detectors saw on the nodes that serve it, or of their pools as a whole, while it stood. */
async function findingsOf(ctx: Ctx, alert: AlertRecord, end: Date): Promise<AlertDetail["findings"]> {
  const { rule, evidence, startedAt, poolId, diagnosis } = alert;
  const pitfalls = pitfallsOf(rule, evidence);
  if (pitfalls.length === 0) return [];
  const { tenantIds, touches } = evidence;
  const at = poolId === null ? touches : [poolId, ...touches];
  const found = await findFindingsAt(ctx.tx, { pitfalls, at, tenantIds, from: startedAt, to: end });
  return weighFindings({ now: ctx.clock.now(), findings: found.map(toFinding), diagnosis });
}

/** What happened, what was set by hand, and what was configured, newest first. */
async function changesBefore(ctx: Ctx, alert: AlertRecord): Promise<AlertChange[]> {
  const window = { from: new Date(alert.startedAt.getTime() - LOOKBACK_MS), to: alert.startedAt };
  const marks = await listMarks(ctx, { ...window, limit: 200 }, HAPPENED);
  const entries = await listConfigurationChanges(ctx.tx, window);
  const near = new Set([alert.subjectId, alert.poolId, alert.nodeId, alert.tenantId, ...alert.evidence.touches]);
  const isNear = (...ids: readonly (string | null)[]) => ids.some((id) => id !== null && near.has(id));
  const changes = [
    ...marks.map((mark) => ({
      at: mark.at,
      title: mark.title,
      by: null,
      isNear: isNear(mark.nodeId, mark.tenantId, mark.ref?.id ?? null),
      href: hrefOf(mark.ref),
    })),
    ...entries.map(({ at, action, actor, tenantId, objectType, objectId }) => ({
      at: at.toISOString(),
      title: actionWords(action),
      by: actor.label,
      isNear: isNear(objectId, tenantId) || objectType === "settings",
      href: hrefOf({ type: objectType, id: objectId }),
    })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  // what lies near is never crowded out by what does not
  const kept = [...changes.filter((one) => one.isNear), ...changes.filter((one) => !one.isNear)].slice(0, CHANGES);
  return kept.sort((a, b) => b.at.localeCompare(a.at));
}

const PATHS: Readonly<Record<string, string>> = {
  node: "/nodes",
  pool: "/pools",
  tenant: "/tenants",
  cutover: "/cutovers",
  adapter: "/adapters",
  version: "/versions",
};

const hrefOf = (ref: Annotation["ref"]): string | null => {
  const path = ref === null ? undefined : PATHS[ref.type];
  return ref === null || path === undefined ? null : `${path}/${ref.id}`;
};

function toNotification(
  row: Awaited<ReturnType<typeof listNotifications>>[number],
): AlertDetail["notifications"][number] {
  const { id, event, attempts, lastError, nextTryAt, sentAt, gaveUpAt, channel } = row;
  const state = sentAt !== null ? "sent" : gaveUpAt !== null ? "failed" : "waiting";
  return {
    id,
    channelName: channel.name,
    event,
    state,
    attempts,
    lastError,
    nextTryAt: state === "waiting" ? nextTryAt.toISOString() : null,
    sentAt: sentAt?.toISOString() ?? null,
  };
}
