import { isDeepStrictEqual } from "node:util";
import { stepStart } from "#lib/metrics/rollup.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import type { AlertEvidence } from "../browser/alert-schema.ts";
import { channelIds } from "../channels/channel-store.ts";
import { queueNotifications } from "../channels/notification-store.ts";
import { alertSentence } from "./alert-sentence.ts";
import { type AlertRecord, deleteAlert, insertAlert, listOpen, saveAlert, silencesOf } from "./alert-store.ts";
import type { Diagnosis } from "./cause/diagnose.ts";
import { countAffected } from "./count-affected.ts";
import { groupAlerts } from "./group-alerts.ts";
import { notifyResolved, payloadOf } from "./notify-alert.ts";
import { dedupeKey, type Observation, type OpenState, stepAlert } from "./step-alert.ts";

export type Evaluation = {
  now: Date;
  seen: readonly Observation[];
  /** What is new about causes, by the key of the alert. */
  diagnoses: ReadonlyMap<string, Diagnosis>;
  /** Where links lead; null = they are paths. */
  consoleUrl: string | null;
};

/** An open alert as it was read and as it is after an evaluation; only what differs is written. */
type Changing = { before: AlertRecord; after: AlertRecord };

/**
 * One evaluation of all rules, in the caller's transaction: alerts begin, fire, resolve and are grouped, and the
 * messages that follow are queued with them.
 */
export async function evaluateAlerts(tx: Tx, evaluation: Evaluation): Promise<void> {
  const before = await listOpen(tx);
  const seen = new Map(evaluation.seen.map((one) => [dedupeKey(one), one]));
  const open: Changing[] = [];
  for (const alert of before) {
    const after = advance(alert, seen.get(alert.dedupeKey) ?? null, evaluation);
    if (after === null) await deleteAlert(tx, alert.id);
    else if (after.state !== "resolved") open.push({ before: alert, after });
    else {
      await saveAlert(tx, alert.id, changesOf(alert, after));
      await notifyResolved(tx, after, evaluation.consoleUrl);
    }
  }
  const known = new Set(before.map((alert) => alert.dedupeKey));
  for (const [key, one] of seen) {
    const step = known.has(key) ? null : stepAlert(null, one, evaluation.now);
    if (step?.kind !== "begin") continue;
    const begun = await begin(tx, one, step, evaluation);
    open.push({ before: begun, after: begun });
  }
  await settleOpen(tx, open, evaluation);
}

function begin(
  tx: Tx,
  seen: Observation,
  step: { state: "pending" | "firing"; startedAt: Date },
  { now, diagnoses }: Evaluation,
): Promise<AlertRecord> {
  const { type, id, name, ...at } = seen.subject;
  return insertAlert(tx, {
    id: newId("alert"),
    rule: seen.rule,
    severity: seen.severity,
    state: step.state,
    dedupeKey: dedupeKey(seen),
    subjectType: type,
    subjectId: id,
    subjectName: name,
    ...at,
    what: seen.what,
    sentence: "",
    evidence: seen.evidence,
    diagnosis: diagnoses.get(dedupeKey(seen)) ?? null,
    startedAt: step.startedAt,
    firedAt: step.state === "firing" ? now : null,
  });
}

/** @returns the alert as it is now; null = it was pending and is gone */
function advance(alert: AlertRecord, seen: Observation | null, { now, diagnoses }: Evaluation): AlertRecord | null {
  const step = stepAlert({ ...alert, state: alert.state as OpenState }, seen, now);
  const diagnosis = diagnoses.get(alert.dedupeKey) ?? alert.diagnosis;
  // a figure is shown as it is now; what has none stays in words until it is seen again, but for why it cannot be seen
  const isNews = seen !== null && seen.status !== "unknown" && (seen.status === "bad" || seen.evidence.figure !== null);
  const current: Partial<AlertRecord> = isNews
    ? { what: seen.what, severity: seen.severity, subjectName: seen.subject.name, evidence: seen.evidence }
    : { evidence: { ...alert.evidence, note: seen?.evidence.note ?? null } };
  const after = { ...alert, ...current, diagnosis };
  switch (step.kind) {
    case "begin":
    case "none":
      return alert;
    case "drop":
      return null;
    case "fire":
      return { ...after, state: "firing", firedAt: now, unknownSince: null };
    case "stay":
      return { ...after, goodSince: step.goodSince, unknownSince: step.unknownSince };
    case "resolve":
      return { ...after, state: "resolved", resolvedAt: now, openKey: null, goodSince: alert.goodSince ?? now };
  }
}

/** Groups what is open, counts who is hit, says it in a sentence, and queues what nobody was told yet. */
async function settleOpen(tx: Tx, all: readonly Changing[], { now, consoleUrl }: Evaluation): Promise<void> {
  const open = all.filter(({ after }) => after.state !== "pending");
  const causes = groupAlerts(
    open.map(({ after }) => ({
      ...after,
      touches: after.evidence.touches,
      causeKey: after.diagnosis?.alertKey ?? null,
    })),
  );
  const silences = await silencesOf(
    tx,
    open.map(({ after }) => after.dedupeKey),
    now,
  );
  const channels = await channelIds(tx);
  for (const { before, after } of open) {
    const causeId = causes.get(after.id) ?? null;
    const related = [...causes.values()].filter((id) => id === after.id).length;
    const hit = isCounted(after, now) ? after.hit : await countAffected(tx, after, now);
    const [tenants, requests] =
      hit === null ? [after.evidence.tenantIds.length, null] : [hit.tenantCount, hit.requests];
    const current = { ...after, causeId, hit, tenants, requests };
    const sentence = alertSentence({ ...current, related, isUnknown: after.unknownSince !== null, now });
    const isDue = after.state === "firing" && causeId === null && after.notifiedAt === null;
    const isSent = isDue && channels.length > 0 && !silences.has(after.dedupeKey);
    const alert = { ...current, sentence, notifiedAt: isSent ? now : after.notifiedAt };
    await saveAlert(tx, after.id, changesOf(before, alert));
    if (isSent) await queueNotifications(tx, channels, payloadOf(alert, related, consoleUrl), now);
  }
  for (const { before, after } of all)
    if (after.state === "pending") await saveAlert(tx, after.id, changesOf(before, after));
}

/** Who is hit is counted once for each minute. */
const isCounted = ({ hit }: AlertRecord, now: Date): boolean =>
  hit !== null && stepStart(new Date(hit.to), 60) >= stepStart(now, 60);

/**
 * The columns of an alert that an evaluation has changed. A figure that was read again and is the same is no change: when the
 * rules were last evaluated is known of all alerts at once.
 */
function changesOf(before: AlertRecord, after: AlertRecord): Partial<AlertRecord> {
  const keys = (Object.keys(after) as (keyof AlertRecord)[]).filter((key) =>
    key === "evidence"
      ? !isDeepStrictEqual(timeless(before.evidence), timeless(after.evidence))
      : !isDeepStrictEqual(before[key], after[key]),
  );
  return Object.fromEntries(keys.map((key) => [key, after[key]]));
}

const timeless = ({ figure, ...rest }: AlertEvidence) => ({ ...rest, figure: figure && { ...figure, asOf: null } });
