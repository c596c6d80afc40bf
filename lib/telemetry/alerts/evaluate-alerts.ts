import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { channelIds } from "../channels/channel-store.ts";
import { queueNotifications } from "../channels/notification-store.ts";
import { badSince } from "../objectives/count-store.ts";
import type { AlertFacts } from "./alert-facts.ts";
import { countedFrom, nodeRequests } from "./alert-facts-store.ts";
import { SEEN_OVER_MS } from "./alert-rules.ts";
import { alertSentence } from "./alert-sentence.ts";
import { type AlertRecord, deleteAlert, insertAlert, listOpen, saveAlert, silencesOf } from "./alert-store.ts";
import { groupAlerts } from "./group-alerts.ts";
import { hitRequests } from "./hit-store.ts";
import { observeAlerts } from "./observe-alerts.ts";
import { dedupeKey, type Observation, type OpenState, stepAlert } from "./step-alert.ts";
import { payloadOf, tellResolved } from "./tell-alert.ts";

/**
 * One look of the rules at everything, in the caller's transaction: alerts begin, fire, resolve and are grouped, and the
 * messages that follow are queued with them.
 * @param consoleUrl where links lead; null = they are paths
 */
export async function evaluateAlerts(tx: Tx, facts: AlertFacts, consoleUrl: string | null): Promise<void> {
  const before = await listOpen(tx);
  const seen = new Map(observeAlerts(facts).map((one) => [dedupeKey(one), one]));
  const open: AlertRecord[] = [];
  for (const alert of before) {
    const kept = await advance(tx, alert, seen.get(alert.dedupeKey) ?? null, facts.now);
    if (kept?.state === "resolved") await tellResolved(tx, kept, consoleUrl);
    else if (kept !== null) open.push(kept);
  }
  const known = new Set(before.map((alert) => alert.dedupeKey));
  for (const [key, one] of seen) {
    const step = known.has(key) ? null : stepAlert(null, one, facts.now);
    if (step?.kind === "begin") open.push(await begin(tx, one, step, facts.now));
  }
  await settleOpen(tx, open, facts.now, consoleUrl);
}

async function begin(
  tx: Tx,
  seen: Observation,
  step: { state: "pending" | "firing"; startedAt: Date },
  now: Date,
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
    startedAt: step.startedAt,
    firedAt: step.state === "firing" ? now : null,
  });
}

/** @returns the alert as it is now; null = it was pending and is gone */
async function advance(tx: Tx, alert: AlertRecord, seen: Observation | null, now: Date): Promise<AlertRecord | null> {
  const step = stepAlert({ ...alert, state: alert.state as OpenState }, seen, now);
  // what was seen to be wrong stays in words until it is seen again; only why it cannot be seen is new
  const told: Partial<AlertRecord> =
    seen?.status === "bad"
      ? { what: seen.what, severity: seen.severity, subjectName: seen.subject.name, evidence: seen.evidence }
      : { evidence: { ...alert.evidence, note: seen?.evidence.note ?? null } };
  const save = async (change: Partial<AlertRecord>): Promise<AlertRecord> => {
    await saveAlert(tx, alert.id, { ...told, ...change });
    return { ...alert, ...told, ...change };
  };
  switch (step.kind) {
    case "begin":
    case "none":
      return alert;
    case "drop":
      await deleteAlert(tx, alert.id);
      return null;
    case "fire":
      return save({ state: "firing", firedAt: now, unknownSince: null });
    case "stay":
      return save({ goodSince: step.goodSince, unknownSince: step.unknownSince });
    case "resolve":
      return save({ state: "resolved", resolvedAt: now, openKey: null, goodSince: alert.goodSince ?? now });
  }
}

/** Groups what is open, counts who is hit, says it in a sentence, and queues what nobody was told yet. */
async function settleOpen(tx: Tx, all: readonly AlertRecord[], now: Date, consoleUrl: string | null): Promise<void> {
  const open = all.filter(({ state }) => state !== "pending");
  const causes = groupAlerts(open.map((alert) => ({ ...alert, touches: alert.evidence.touches })));
  const silences = await silencesOf(
    tx,
    open.map((alert) => alert.dedupeKey),
    now,
  );
  const channels = await channelIds(tx);
  for (const alert of open) {
    const causeId = causes.get(alert.id) ?? null;
    const related = [...causes.values()].filter((id) => id === alert.id).length;
    const { tenants, requests } = await countHit(tx, alert, now);
    const sentence = alertSentence({
      ...alert,
      tenants,
      requests,
      related,
      isUnknown: alert.unknownSince !== null,
      now,
    });
    const isDue = alert.state === "firing" && causeId === null && alert.notifiedAt === null;
    const tells = isDue && channels.length > 0 && !silences.has(alert.dedupeKey);
    const notifiedAt = tells ? now : alert.notifiedAt;
    await saveAlert(tx, alert.id, { causeId, tenants, requests, sentence, notifiedAt });
    if (tells) await queueNotifications(tx, channels, payloadOf({ ...alert, sentence }, related, consoleUrl), now);
  }
}

/** Who is hit, and how many of their requests since it began; a node's own counter where its work is meant. */
async function countHit(tx: Tx, alert: AlertRecord, now: Date): Promise<{ tenants: number; requests: number | null }> {
  const { tenantIds } = alert.evidence;
  const range = { from: countedFrom(alert.startedAt, now), to: now };
  switch (alert.rule) {
    case "evictions":
    case "swap_source":
      return {
        tenants: tenantIds.length,
        requests: alert.nodeId === null ? null : await nodeRequests(tx, { nodeId: alert.nodeId, ...range }),
      };
    case "node_down":
    case "pool_saturated":
    case "fallback_share": {
      const counts = await hitRequests(tx, { tenantIds, ...range });
      return { tenants: tenantIds.length, requests: [...counts.values()].reduce((sum, { hit }) => sum + hit, 0) };
    }
    case "burn_fast":
    case "burn_slow":
    case "p95_over": {
      // what it was seen by came before it began
      const from = new Date(range.from.getTime() - SEEN_OVER_MS[alert.rule]);
      return { tenants: tenantIds.length, requests: await badSince(tx, alert.subjectId, from) };
    }
    case "gateway_silent":
    case "gateway_stale":
    case "version_quarantined":
    case "node_drift":
    case "scrape_stale":
    case "gate_stuck":
    case "guard_breached":
    case "gate_expired":
    case "batch_stopped":
    case "key_expiring":
      return { tenants: tenantIds.length, requests: null };
  }
}
