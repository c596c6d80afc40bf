import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { AlertEvidence, AlertsQuery } from "../browser/alert-schema.ts";
import type { AlertRule } from "../browser/rule-table.ts";
import type { Diagnosis } from "./cause/diagnose.ts";
import type { Affected } from "./count-affected.ts";

type Row = Prisma.AlertGetPayload<Record<never, never>>;
/** Alerts are the platform's: no tenant may read one. */
export type AlertRecord = Omit<Row, "rule" | "evidence" | "diagnosis" | "hit"> & {
  rule: AlertRule;
  evidence: AlertEvidence;
  diagnosis: Diagnosis | null;
  hit: Affected | null;
};
export type SilenceRecord = Prisma.SilenceGetPayload<Record<never, never>>;

const toRecord = (row: Row): AlertRecord => ({
  ...row,
  rule: row.rule as AlertRule,
  evidence: row.evidence as unknown as AlertEvidence,
  diagnosis: row.diagnosis as unknown as Diagnosis | null,
  hit: row.hit as unknown as Affected | null,
});

const OPEN = ["firing", "acknowledged"] as const;

/** Those that are open, also such as nobody is told of yet, oldest first; locked until the transaction ends. */
export async function listOpen(tx: Tx): Promise<AlertRecord[]> {
  await tx.client.$queryRaw`SELECT 1 AS "locked" FROM "Alert" WHERE "openKey" IS NOT NULL ORDER BY "id" FOR UPDATE`;
  return (await tx.client.alert.findMany({ where: { openKey: { not: null } }, orderBy: { id: "asc" } })).map(toRecord);
}

export async function getAlert(tx: Tx, id: string): Promise<AlertRecord | null> {
  const row = await tx.client.alert.findUnique({ where: { id } });
  return row === null || row.state === "pending" ? null : toRecord(row);
}

/** Of tenants that something else answers, as far as somebody is told of it: open ones, with what they came from. */
export const listFallbackAlerts = (tx: Tx) =>
  tx.client.alert.findMany({
    where: { rule: "fallback_share", state: { in: [...OPEN] } },
    orderBy: { id: "asc" },
    select: { id: true, causeId: true, tenantId: true, startedAt: true },
  });

/** Alerts by id, without pending ones. */
export async function listAlertsOf(tx: Tx, ids: readonly string[]): Promise<AlertRecord[]> {
  const where = { id: { in: [...ids] }, state: { not: "pending" as const } };
  return (await tx.client.alert.findMany({ where, orderBy: { startedAt: "asc" } })).map(toRecord);
}

export type NewAlert = Omit<
  AlertRecord,
  | "openKey"
  | "hit"
  | "tenants"
  | "requests"
  | "goodSince"
  | "unknownSince"
  | "resolvedAt"
  | "acknowledgedAt"
  | "acknowledgedBy"
  | "causeId"
  | "notifiedAt"
>;
export async function insertAlert(tx: Tx, alert: NewAlert): Promise<AlertRecord> {
  const diagnosis = jsonOf(alert.diagnosis);
  return toRecord(await tx.client.alert.create({ data: { ...alert, diagnosis, openKey: alert.dedupeKey } }));
}

/** Writes some columns; nothing where there are none. */
export async function saveAlert(tx: Tx, id: string, change: Partial<Omit<AlertRecord, "id">>): Promise<void> {
  if (Object.keys(change).length === 0) return;
  const data = {
    ...change,
    ...("diagnosis" in change ? { diagnosis: jsonOf(change.diagnosis) } : {}),
    ...("hit" in change ? { hit: jsonOf(change.hit) } : {}),
  };
  await tx.client.alert.updateMany({ where: { id }, data: data as Prisma.AlertUpdateManyMutationInput });
}

const jsonOf = (value: object | null | undefined) =>
  value == null ? Prisma.DbNull : (value as unknown as Prisma.InputJsonObject);

/** What the minutes of open alerts said so far, by key; also of such as nobody is told of yet. */
export async function listDiagnosed(tx: Tx): Promise<Map<string, { startedAt: Date; diagnosis: Diagnosis | null }>> {
  const rows = await tx.client.alert.findMany({
    where: { openKey: { not: null } },
    select: { dedupeKey: true, startedAt: true, diagnosis: true },
  });
  return new Map(
    rows.map(({ dedupeKey, startedAt, diagnosis }) => [
      dedupeKey,
      { startedAt, diagnosis: diagnosis as unknown as Diagnosis | null },
    ]),
  );
}

export async function deleteAlert(tx: Tx, id: string): Promise<void> {
  await tx.client.alert.deleteMany({ where: { id } });
}

/** Firing first, the critical before the others, then those held, then what is over; newest first among equals. */
export async function listAlerts(tx: Tx, query: AlertsQuery): Promise<Page<AlertRecord>> {
  const { state, severity, poolId, nodeId, tenantId, versionId } = query;
  const states = state === undefined ? [...OPEN, "resolved" as const] : state === "open" ? [...OPEN] : [state];
  const rows = await tx.client.alert.findMany({
    ...pageArgs(query),
    where: {
      state: { in: states },
      ...(severity ? { severity } : {}),
      ...(poolId ? { poolId } : {}),
      ...(nodeId ? { nodeId } : {}),
      ...(tenantId ? { tenantId } : {}),
      ...(versionId ? { versionId } : {}),
    },
    orderBy: [{ state: "asc" }, { severity: "asc" }, { id: "desc" }],
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toRecord) };
}

/** All that fire, as the list has them: silenced ones and those that are told with another are among them. */
export const countFiring = (tx: Tx): Promise<number> => tx.client.alert.count({ where: { state: "firing" } });

export async function listRelated(tx: Tx, causeId: string): Promise<AlertRecord[]> {
  const rows = await tx.client.alert.findMany({
    where: { causeId, state: { not: "pending" } },
    orderBy: { id: "asc" },
    take: 100,
  });
  return rows.map(toRecord);
}

/** Those in force, by what they silence; the newest counts. */
export async function silencesOf(tx: Tx, keys: readonly string[], now: Date): Promise<Map<string, SilenceRecord>> {
  const rows = await tx.client.silence.findMany({
    where: { dedupeKey: { in: [...keys] }, until: { gt: now } },
    orderBy: { id: "asc" },
  });
  return new Map(rows.map((row) => [row.dedupeKey, row]));
}

export async function insertSilence(tx: Tx, silence: SilenceRecord): Promise<void> {
  await tx.client.silence.create({ data: silence, select: { id: true } });
}

export async function endSilences(tx: Tx, dedupeKey: string, now: Date): Promise<number> {
  const { count } = await tx.client.silence.updateMany({
    where: { dedupeKey, until: { gt: now } },
    data: { until: now },
  });
  return count;
}

/** @returns false when it was not firing any more */
export async function holdAlert(tx: Tx, id: string, by: string, at: Date): Promise<boolean> {
  const { count } = await tx.client.alert.updateMany({
    where: { id, state: "firing" },
    data: { state: "acknowledged", acknowledgedBy: by, acknowledgedAt: at },
  });
  return count === 1;
}

/** @returns false when it was seen to be wrong at the last evaluation, or is over */
export async function closeAlert(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { count } = await tx.client.alert.updateMany({
    where: { id, state: { in: [...OPEN] }, OR: [{ goodSince: { not: null } }, { unknownSince: { not: null } }] },
    data: { state: "resolved", resolvedAt: at, openKey: null },
  });
  return count === 1;
}

export type AlertNoteRecord = { id: string; alertId: string; text: string; by: string; at: Date };
export async function insertNote(tx: Tx, note: AlertNoteRecord): Promise<void> {
  await tx.client.alertNote.create({ data: note, select: { id: true } });
}

export const listNotes = (tx: Tx, alertId: string): Promise<AlertNoteRecord[]> =>
  tx.client.alertNote.findMany({ where: { alertId }, orderBy: { id: "asc" }, take: 200 });

export const namesOfTenants = (tx: Tx, ids: readonly string[]): Promise<{ id: string; name: string }[]> =>
  tx.client.tenant.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });

/** Whether a tenant's live version has a way back. */
export async function hasPrevious(tx: Tx, tenantId: string): Promise<boolean> {
  return (await tx.client.route.count({ where: { tenantId, previousVersionId: { not: null } } })) > 0;
}

/** Who changed what somebody may have broken it with, newest first: settings, pools, rollouts, tenants, routes. */
export async function listConfigurationChanges(tx: Tx, window: { from: Date; to: Date }) {
  const rows = await tx.client.auditEntry.findMany({
    where: {
      at: { gte: window.from, lte: window.to },
      objectType: { in: ["settings", "pool", "rollout", "tenant", "adapter", "route", "endpoint"] },
    },
    orderBy: { id: "desc" },
    take: 50,
    select: { id: true, at: true, action: true, actor: true, tenantId: true, objectType: true, objectId: true },
  });
  return rows.map((row) => ({ ...row, actor: row.actor as { label: string } }));
}

/** The incident that an alert belongs to; null = none. */
export async function incidentOf(tx: Tx, alertId: string) {
  const row = await tx.client.incidentAlert.findFirst({
    where: { alertId },
    select: { incident: { select: { id: true, title: true, state: true } } },
  });
  return row?.incident ?? null;
}
