import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { ControlKind } from "../browser/control-kinds.ts";
import type { ControlOrder } from "./control-order.ts";

/** Controls are the platform's: no tenant may read one. */
type Row = Prisma.ControlGetPayload<Record<never, never>>;
/** A control with the names that people know its object by; null = there is none, or it is gone. */
export type ControlRecord = Row & { tenantName: string | null; nodeName: string | null };

/** What keeps a node out of service. */
const OUT_OF_SERVICE: readonly ControlKind[] = ["cordon", "drain"];

const idsOf = (order: ControlOrder): { tenantId: string | null; nodeId: string | null } => ({
  tenantId: order.type === "tenant" ? order.tenantId : null,
  nodeId: order.type === "node" ? order.nodeId : null,
});

/** Serialises everything that is set by hand on one object, until the transaction ends. */
export async function lockControls(tx: Tx, of: ControlOrder | Pick<Row, "tenantId" | "nodeId">): Promise<void> {
  const { tenantId, nodeId } = "type" in of ? idsOf(of) : of;
  const name = `controls:${tenantId ?? nodeId ?? "everything"}`;
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

async function withNames(tx: Tx, rows: readonly Row[]): Promise<ControlRecord[]> {
  if (rows.length === 0) return [];
  const tenantIds = rows.flatMap(({ tenantId }) => tenantId ?? []);
  const nodeIds = rows.flatMap(({ nodeId }) => nodeId ?? []);
  const select = { id: true, name: true } as const;
  const tenants = await tx.client.tenant.findMany({ where: { id: { in: tenantIds } }, select });
  const nodes = await tx.client.node.findMany({ where: { id: { in: nodeIds } }, select });
  const names = new Map([...tenants, ...nodes].map(({ id, name }) => [id, name]));
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  return rows.map((row) => ({ ...row, tenantName: nameOf(row.tenantId), nodeName: nameOf(row.nodeId) }));
}

/** In force: neither ended nor out of time. The gateway judges by the same. */
const inForce = (now: Date) => ({ endedAt: null, expiresAt: { gt: now } }) satisfies Prisma.ControlWhereInput;

type Filter = PageQuery & { active?: "true" | "false"; tenantId?: string; nodeId?: string };

/** Newest first. */
export async function listControls(tx: Tx, query: Filter, now: Date): Promise<Page<ControlRecord>> {
  const { active, tenantId, nodeId } = query;
  const rows = await tx.client.control.findMany({
    ...pageArgs(query),
    where: {
      ...(tenantId ? { tenantId } : {}),
      ...(nodeId ? { nodeId } : {}),
      ...(active === undefined ? {} : active === "true" ? inForce(now) : { NOT: inForce(now) }),
    },
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: await withNames(tx, page.items) };
}

type Stretch = { from: Date; to: Date; tenantId?: string | undefined; poolIds?: readonly string[] | undefined };

/**
 * Those of tenants and of everything that began or ended inside a window, newest first; nodes tell of theirs themselves.
 * Those of a pool are of the tenants that have an adapter there.
 */
export async function controlsWithin(
  tx: Tx,
  { from, to, tenantId, poolIds, limit }: Stretch & { limit: number },
): Promise<ControlRecord[]> {
  if (tx.scope.kind === "tenant") return [];
  const within = { gte: from, lte: to };
  const served = poolIds && (await tenantsIn(tx, poolIds));
  const rows = await tx.client.control.findMany({
    where: {
      nodeId: null,
      OR: [{ startedAt: within }, { endedAt: within }, { endedAt: null, expiresAt: within }],
      AND: [
        tenantId ? { OR: [{ tenantId }, { tenantId: null }] } : {},
        served ? { OR: [{ tenantId: { in: served } }, { tenantId: null }] } : {},
      ],
    },
    orderBy: { id: "desc" },
    take: limit,
  });
  return withNames(tx, rows);
}

const tenantsIn = async (tx: Tx, poolIds: readonly string[]): Promise<string[]> => {
  const where = { poolId: { in: [...poolIds] } };
  const rows = await tx.client.adapter.findMany({ where, distinct: ["tenantId"], select: { tenantId: true } });
  return rows.map(({ tenantId }) => tenantId);
};

export async function getControl(tx: Tx, controlId: string): Promise<ControlRecord | null> {
  const row = await tx.client.control.findUnique({ where: { id: controlId } });
  return row && ((await withNames(tx, [row]))[0] ?? null);
}

/** The control of a kind that is in force on an object. */
export async function controlInForce(tx: Tx, order: ControlOrder, now: Date): Promise<ControlRecord | null> {
  const row = await tx.client.control.findFirst({
    where: { kind: order.kind, ...idsOf(order), ...inForce(now) },
    orderBy: { id: "desc" },
  });
  return row && ((await withNames(tx, [row]))[0] ?? null);
}

type NewControl = Pick<Row, "id" | "reason" | "startedBy" | "startedAt" | "expiresAt" | "wasCordoned">;

export async function insertControl(tx: Tx, order: ControlOrder, control: NewControl): Promise<void> {
  await tx.client.control.create({ data: { ...control, kind: order.kind, ...idsOf(order) }, select: { id: true } });
}

/** @returns false when it was no longer in force */
export async function prolongControl(
  tx: Tx,
  controlId: string,
  change: { expiresAt: Date; renewedBy: string; now: Date },
): Promise<boolean> {
  const { expiresAt, renewedBy, now } = change;
  const { count } = await tx.client.control.updateMany({
    where: { id: controlId, ...inForce(now) },
    data: { expiresAt, renewedBy, renewedAt: now },
  });
  return count === 1;
}

export type ControlEnd = { at: Date; by: string | null; reason: string };

/**
 * @param due only if its time is up
 * @returns false when it had ended before, or was renewed
 */
export async function closeControl(tx: Tx, controlId: string, end: ControlEnd, due: "due" | "any"): Promise<boolean> {
  const { count } = await tx.client.control.updateMany({
    where: { id: controlId, endedAt: null, ...(due === "due" ? { expiresAt: { lte: end.at } } : {}) },
    data: { endedAt: end.at, endedBy: end.by, endReason: end.reason },
  });
  return count === 1;
}

/** Those whose time is up and which nobody has ended, oldest first. */
export async function dueControls(tx: Tx, now: Date): Promise<{ id: string }[]> {
  return tx.client.control.findMany({
    where: { endedAt: null, expiresAt: { lte: now } },
    orderBy: { id: "asc" },
    select: { id: true },
  });
}

const onNode = (nodeId: string) =>
  ({ nodeId, kind: { in: [...OUT_OF_SERVICE] }, endedAt: null }) satisfies Prisma.ControlWhereInput;

/** What keeps a node out of service by hand and was not ended, whether or not its time is up. */
export const openOnNode = (tx: Tx, nodeId: string): Promise<{ id: string; wasCordoned: boolean }[]> =>
  tx.client.control.findMany({ where: onNode(nodeId), select: { id: true, wasCordoned: true } });

/** Somebody puts the node back: nothing keeps it out of service any more. */
export async function closeOnNode(tx: Tx, nodeId: string, end: ControlEnd): Promise<void> {
  await tx.client.control.updateMany({
    where: onNode(nodeId),
    data: { endedAt: end.at, endedBy: end.by, endReason: end.reason },
  });
}

/** Somebody takes the node out of service without a time: it stays so when the controls end. */
export async function keepCordonedAfterwards(tx: Tx, nodeId: string): Promise<void> {
  await tx.client.control.updateMany({ where: onNode(nodeId), data: { wasCordoned: true } });
}

/** What a tenant would be answered from under a control; null outside the catalog. */
export async function tenantUnderControl(tx: Tx, tenantId: string) {
  return tx.client.tenant.findUnique({
    where: { id: tenantId },
    select: {
      id: true,
      name: true,
      status: true,
      fallback: true,
      hostedEndpointId: true,
      adapters: {
        orderBy: { id: "asc" },
        select: {
          slug: true,
          pool: { select: { fallback: true, hostedEndpointId: true } },
          route: { select: { liveVersionId: true, previousVersionId: true } },
        },
      },
    },
  });
}
