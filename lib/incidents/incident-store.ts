import type { AlertRecord } from "#lib/alerting/alerts/alert-store.ts";
import type { IncidentState } from "#lib/alerting/browser/incident-states.ts";
import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { IncidentEventKind } from "./browser/incident-kinds.ts";
import type { IncidentsQuery } from "./browser/incident-schema.ts";

const WITH_TENANTS = {
  tenants: { select: { tenant: { select: { id: true, name: true } } }, orderBy: { tenantId: "asc" } },
} as const satisfies Prisma.IncidentInclude;
type Row = Prisma.IncidentGetPayload<{ include: typeof WITH_TENANTS }>;

/** Incidents are the platform's: no tenant may read one. */
export type IncidentRecord = Omit<Row, "tenants"> & { tenants: { id: string; name: string }[] };
const toRecord = ({ tenants, ...row }: Row): IncidentRecord => ({
  ...row,
  tenants: tenants.map(({ tenant }) => tenant).sort((a, b) => a.name.localeCompare(b.name)),
});

export async function getIncident(tx: Tx, id: string): Promise<IncidentRecord | null> {
  const row = await tx.client.incident.findUnique({ where: { id }, include: WITH_TENANTS });
  return row === null ? null : toRecord(row);
}

const ACTIVE: readonly IncidentState[] = ["draft", "open"];

/** Drafts first, then open ones, then what is over; the graver before the others, and the newest first among equals. */
export async function listIncidents(tx: Tx, query: IncidentsQuery): Promise<Page<IncidentRecord>> {
  const { state, severity, tenantId, alertId } = query;
  const rows = await tx.client.incident.findMany({
    ...pageArgs(query),
    where: {
      ...(state === undefined ? {} : { state: { in: state === "active" ? [...ACTIVE] : [state] } }),
      ...(severity ? { severity } : {}),
      ...(tenantId ? { tenants: { some: { tenantId } } } : {}),
      ...(alertId ? { alerts: { some: { alertId } } } : {}),
    },
    orderBy: [{ state: "asc" }, { severity: "asc" }, { id: "desc" }],
    include: WITH_TENANTS,
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toRecord) };
}

export const countActive = (tx: Tx): Promise<number> =>
  tx.client.incident.count({ where: { state: { in: [...ACTIVE] } } });

export type NewIncident = Pick<
  IncidentRecord,
  "id" | "title" | "severity" | "state" | "startedAt" | "poolId" | "createdAt" | "createdBy" | "heldBy" | "heldAt"
>;
export async function insertIncident(tx: Tx, incident: NewIncident, tenantIds: readonly string[]): Promise<void> {
  await tx.client.incident.create({ data: incident, select: { id: true } });
  await addTenants(tx, incident.id, tenantIds);
}

export type IncidentChange = Omit<Prisma.IncidentUpdateManyMutationInput, "id" | "generation"> & {
  poolId?: string | null;
};

/** @returns false when it was changed since `generation`, or is in none of these states any more */
export async function saveIncident(
  tx: Tx,
  id: string,
  at: { generation?: number; states: readonly IncidentState[] },
  change: IncidentChange,
): Promise<boolean> {
  const { count } = await tx.client.incident.updateMany({
    where: { id, state: { in: [...at.states] }, ...(at.generation === undefined ? {} : { generation: at.generation }) },
    data: { ...change, generation: { increment: 1 } },
  });
  return count === 1;
}

export async function addTenants(tx: Tx, incidentId: string, tenantIds: readonly string[]): Promise<number> {
  const data = [...new Set(tenantIds)].map((tenantId) => ({ incidentId, tenantId }));
  return (await tx.client.incidentTenant.createMany({ data, skipDuplicates: true })).count;
}

export async function replaceTenants(tx: Tx, incidentId: string, tenantIds: readonly string[]): Promise<void> {
  await tx.client.incidentTenant.deleteMany({ where: { incidentId, tenantId: { notIn: [...tenantIds] } } });
  await addTenants(tx, incidentId, tenantIds);
}

/** Those that exist, of ids that somebody sent. */
export const tenantsOf = (tx: Tx, ids: readonly string[]): Promise<{ id: string; slug: string; name: string }[]> =>
  tx.client.tenant.findMany({ where: { id: { in: [...ids] } }, select: { id: true, slug: true, name: true } });

export async function namesOfPools(tx: Tx, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const asked = [...new Set(ids.flatMap((id) => id ?? []))];
  if (asked.length === 0) return new Map();
  const rows = await tx.client.pool.findMany({ where: { id: { in: asked } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export type EventRecord = {
  id: string;
  incidentId: string;
  at: Date;
  kind: IncidentEventKind;
  text: string;
  by: string;
};
export async function insertEvent(tx: Tx, event: EventRecord): Promise<void> {
  await tx.client.incidentEvent.create({ data: event, select: { id: true } });
}

export const listEvents = (tx: Tx, incidentId: string): Promise<EventRecord[]> =>
  tx.client.incidentEvent.findMany({ where: { incidentId }, orderBy: { id: "asc" }, take: 1_000 });

export type NewLink = { alertId: string; title: string; linkedAt: Date };
/** @throws when another incident has one of them; see `orTaken` */
export async function linkAlert(tx: Tx, incidentId: string, link: NewLink): Promise<void> {
  await tx.client.incidentAlert.create({ data: { incidentId, ...link }, select: { alertId: true } });
}

export type LinkedAlert = NewLink & { alert: Pick<AlertRecord, "state"> };
export const listLinks = (tx: Tx, incidentId: string): Promise<LinkedAlert[]> =>
  tx.client.incidentAlert.findMany({
    where: { incidentId },
    orderBy: [{ linkedAt: "asc" }, { alertId: "asc" }],
    select: { alertId: true, title: true, linkedAt: true, alert: { select: { state: true } } },
  });

/** The incidents of some alerts, by alert. */
export async function incidentsOf(tx: Tx, alertIds: readonly string[]) {
  const rows = await tx.client.incidentAlert.findMany({
    where: { alertId: { in: [...alertIds] } },
    select: { alertId: true, incident: { select: { id: true, title: true, state: true, endedAt: true } } },
  });
  return new Map(rows.map(({ alertId, incident }) => [alertId, incident]));
}

/** Pools that serve some tenants. */
export async function poolsOf(tx: Tx, tenantIds: readonly string[]): Promise<string[]> {
  const rows = await tx.client.adapter.findMany({
    where: { tenantId: { in: [...tenantIds] } },
    distinct: ["poolId"],
    select: { poolId: true },
  });
  return rows.map(({ poolId }) => poolId);
}

export async function nodesOf(tx: Tx, poolIds: readonly string[]): Promise<string[]> {
  const where = { poolId: { in: [...poolIds] } };
  return (await tx.client.node.findMany({ where, select: { id: true } })).map(({ id }) => id);
}
