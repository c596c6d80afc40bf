import type { Alert, AlertSubject } from "../browser/alert-schema.ts";
import { RULES } from "../browser/rule-table.ts";
import type { AlertRecord, SilenceRecord } from "./alert-store.ts";

export const subjectOfRecord = (alert: AlertRecord): AlertSubject => ({
  type: alert.subjectType as AlertSubject["type"],
  id: alert.subjectId,
  name: alert.subjectName,
  poolId: alert.poolId,
  nodeId: alert.nodeId,
  tenantId: alert.tenantId,
  versionId: alert.versionId,
});

/** One that somebody may be shown: a pending one never is. */
export const stateOf = ({ state }: Pick<AlertRecord, "state">): Alert["state"] =>
  state === "pending" ? "firing" : state;

/** An alert as the API shows it. */
export function toAlert(alert: AlertRecord, silence: SilenceRecord | undefined): Alert {
  return {
    id: alert.id,
    rule: alert.rule,
    title: RULES[alert.rule].title,
    severity: alert.severity,
    state: stateOf(alert),
    subject: subjectOfRecord(alert),
    sentence: alert.sentence,
    startedAt: alert.startedAt.toISOString(),
    resolvedAt: alert.resolvedAt?.toISOString() ?? null,
    unknownSince: alert.unknownSince?.toISOString() ?? null,
    goodSince: alert.goodSince?.toISOString() ?? null,
    acknowledgedAt: alert.acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: alert.acknowledgedBy,
    silence: silence
      ? { reason: silence.reason, by: silence.by, at: silence.at.toISOString(), until: silence.until.toISOString() }
      : null,
    tenants: alert.tenants,
    requests: alert.requests,
    causeId: alert.causeId,
    evidence: alert.evidence,
  };
}
