import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Condition, Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { readLastSeen, withLastSeen } from "./last-seen.ts";
import type { NodeEvent } from "./reconcile/poll.ts";
import type { EventsQuery, LoadEvent, NodeLimits, OnboardingFinding } from "./schema.ts";

const readConditions = (value: Prisma.JsonValue) => value as unknown as Condition[];
const readCondition = (value: Prisma.JsonValue | null) => value as unknown as Condition | null;

const nodeInclude = {
  pool: { select: { slug: true } },
  placements: { select: { desire: true, condition: true } },
  registrations: {
    where: { state: "drift" },
    select: { loraName: true, loadedAt: true },
    orderBy: { loraName: "asc" },
  },
} satisfies Prisma.NodeInclude;

const toNodeRecord = (row: Prisma.NodeGetPayload<{ include: typeof nodeInclude }>) => {
  const { pool, registrations, placements, conditions, limits, report, pricePerHour, ...node } = row;
  return {
    ...node,
    poolSlug: pool.slug,
    pricePerHour: pricePerHour === null ? null : Number(pricePerHour),
    conditions: readConditions(conditions),
    limits: limits as NodeLimits | null,
    report: report as OnboardingFinding[] | null,
    placements: placements.map(({ desire, condition }) => ({ desire, condition: readCondition(condition) })),
    drift: registrations,
  };
};
/** A node as the API shows it, before its health is decided. The platform's own: no tenant may read it. */
export type NodeRecord = ReturnType<typeof toNodeRecord>;

export async function listNodes(tx: Tx, query: PageQuery & { poolId?: string }): Promise<Page<NodeRecord>> {
  const where = query.poolId ? { poolId: query.poolId } : {};
  const rows = await tx.client.node.findMany({ ...pageArgs(query), where, include: nodeInclude });
  const seen = await readLastSeen(tx);
  return toPage(
    rows.map((row) => withLastSeen(toNodeRecord(row), seen)),
    query.limit,
  );
}

export async function getNode(tx: Tx, nodeId: string): Promise<NodeRecord | null> {
  const row = await tx.client.node.findUnique({ where: { id: nodeId }, include: nodeInclude });
  return row && withLastSeen(toNodeRecord(row), await readLastSeen(tx));
}

export type NewNode = {
  id: string;
  poolId: string;
  name: string;
  baseUrl: string;
  sealedKey: string | null;
  standalone: boolean;
  gpu: string | null;
  pricePerHour: number | null;
  engineVersion: string | null;
  simulated: boolean;
};

/** @returns the field that another node has already, and null when the node was added */
export async function insertNode(tx: Tx, node: NewNode): Promise<"name" | "baseUrl" | null> {
  const rival = await tx.client.node.findFirst({
    where: { OR: [{ name: node.name }, { baseUrl: node.baseUrl }] },
    select: { name: true },
  });
  if (rival) return rival.name === node.name ? "name" : "baseUrl";
  await tx.client.node.create({ data: node, select: { id: true } });
  return null;
}

/** Puts a node out of service, or back; back in service ends a drain as well. */
export async function setCordoned(tx: Tx, nodeId: string, cordoned: boolean): Promise<void> {
  const data = { cordoned, generation: { increment: 1 }, ...(cordoned ? {} : { drainDeadline: null }) };
  await tx.client.node.updateMany({ where: { id: nodeId }, data });
}

/** Out of service at once; what runs may take until `deadline`. */
export async function setDraining(tx: Tx, nodeId: string, deadline: Date): Promise<void> {
  const data = { cordoned: true, drainDeadline: deadline, generation: { increment: 1 } };
  await tx.client.node.updateMany({ where: { id: nodeId }, data });
}

/** Takes the node with its placements and registrations; its events stay. */
export const deleteNode = (tx: Tx, nodeId: string) => tx.client.node.deleteMany({ where: { id: nodeId } });

/** Nodes of a pool, oldest first, with what decides whether they serve. */
export async function nodesOfPool(tx: Tx, poolId: string) {
  const rows = await tx.client.node.findMany({
    where: { poolId },
    orderBy: { id: "asc" },
    select: { id: true, name: true, standalone: true, cordoned: true, conditions: true },
  });
  return rows.map((row) => ({ ...row, conditions: readConditions(row.conditions) }));
}

/** Where a version is proven: a registration that passed its probe in the node's present epoch. */
export async function routableRegistrations(tx: Tx, versionId: string) {
  const rows = await tx.client.registration.findMany({
    where: { versionId, state: "routable" },
    orderBy: { nodeId: "asc" },
    select: {
      loraName: true,
      epoch: true,
      node: { select: { id: true, name: true, standalone: true, cordoned: true, conditions: true, epoch: true } },
    },
  });
  return rows
    .filter((row) => row.epoch === row.node.epoch)
    .map(({ loraName, node }) => ({ loraName, node: { ...node, conditions: readConditions(node.conditions) } }));
}

// --- events ----------------------------------------------------------------------------------------------------

export async function addEvents(tx: Tx, nodeId: string, events: readonly NodeEvent[], at: Date): Promise<void> {
  if (events.length === 0) return;
  await tx.client.loadEvent.createMany({
    data: events.map((event) => ({
      id: newId("loadEvent"),
      nodeId,
      tenantId: event.placement?.tenantId ?? null,
      versionId: event.placement?.versionId ?? null,
      loraName: event.placement?.loraName ?? event.loraName ?? null,
      kind: event.kind,
      outcome: event.outcome,
      durationMs: event.durationMs === undefined ? null : Math.round(event.durationMs),
      message: event.message,
      at,
    })),
  });
}

export async function listEvents(tx: Tx, nodeId: string, query: EventsQuery): Promise<Page<LoadEvent>> {
  const { kind, outcome } = query;
  const where = { nodeId, ...(kind ? { kind } : {}), ...(outcome ? { outcome } : {}) };
  const rows = await tx.client.loadEvent.findMany({ ...pageArgs(query), where });
  return toPage(
    rows.map((row) => ({ ...(row as typeof row & Pick<LoadEvent, "kind" | "outcome">), at: row.at.toISOString() })),
    query.limit,
  );
}

// --- placements and holds --------------------------------------------------------------------------------------
