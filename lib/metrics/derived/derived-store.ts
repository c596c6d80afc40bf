import { cpuPlacesOf, slotsOf } from "#lib/fleet/engine-limits.ts";
import type { NodeLimits } from "#lib/fleet/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { asEngineSaw, type SentRequest } from "./engine-moments.ts";
import type { NodeAct, NodeRequest } from "./node-timeline.ts";

export type DerivedNode = {
  id: string;
  name: string;
  simulated: boolean;
  maxLoras: number;
  maxCpuLoras: number;
};

/** The limits that its engine runs with, where it says them; else its pool's. */
export async function findDerivedNode(tx: Tx, nodeId: string): Promise<DerivedNode | null> {
  const row = await tx.client.node.findUnique({
    where: { id: nodeId },
    select: {
      id: true,
      name: true,
      simulated: true,
      limits: true,
      pool: { select: { maxLoras: true, maxCpuLoras: true } },
    },
  });
  if (!row) return null;
  const limits = row.limits as NodeLimits | null;
  return {
    id: row.id,
    name: row.name,
    simulated: row.simulated,
    maxLoras: slotsOf(limits, row.pool),
    maxCpuLoras: cpuPlacesOf(limits, row.pool),
  };
}

/** When the process that ran at a moment was noticed to have begun with nothing; null = nobody saw it begin. */
export async function processStart(tx: Tx, nodeId: string, at: Date): Promise<Date | null> {
  const row = await tx.client.loadEvent.findFirst({
    where: { nodeId, kind: "restart", at: { lte: at } },
    orderBy: { at: "desc" },
    select: { at: true },
  });
  if (row) return row.at;
  const beganAt = await firstSeenEmpty(tx, nodeId);
  return beganAt !== null && beganAt <= at ? beganAt : null;
}

/** When a node was first scraped, if it had nothing loaded and had hardly answered anybody; else null. */
export async function firstSeenEmpty(tx: Tx, nodeId: string): Promise<Date | null> {
  const node = await tx.client.node.findUnique({ where: { id: nodeId }, select: { beganEmptyAt: true } });
  return node?.beganEmptyAt ?? null;
}

/** Loads and unloads that succeeded, and restarts, in order of time. */
export async function readActs(tx: Tx, nodeId: string, window: { from: Date; to: Date }): Promise<NodeAct[]> {
  const rows = await tx.client.loadEvent.findMany({
    where: {
      nodeId,
      at: { gte: window.from, lt: window.to },
      OR: [{ kind: { in: ["load", "unload"] }, outcome: "ok" }, { kind: "restart" }],
    },
    orderBy: [{ at: "asc" }, { id: "asc" }],
    select: { kind: true, loraName: true, at: true },
  });
  return rows.flatMap(({ kind, loraName, at }): NodeAct[] => {
    const atMs = at.getTime();
    if (kind === "restart") return [{ kind, atMs }];
    return loraName === null || (kind !== "load" && kind !== "unload") ? [] : [{ kind, loraName, atMs }];
  });
}

/** Requests that run longer than this are followed from where they are noticed. */
const LONGEST_REQUEST_MS = 15 * 60_000;

/** Requests of all kinds that reached a node before a window's end and ended inside it or later, in order of dispatch. */
export async function readAlive(tx: Tx, nodeId: string, window: { from: Date; to: Date }): Promise<NodeRequest[]> {
  const rows = await tx.client.request.findMany({
    where: {
      nodeId,
      arrivedAt: { gte: new Date(window.from.getTime() - LONGEST_REQUEST_MS) },
      dispatchedAt: { lt: window.to },
      endedAt: { gte: window.from },
    },
    orderBy: [{ dispatchedAt: "asc" }, { id: "asc" }],
    select: SELECT_REQUEST,
  });
  return asEngineSaw(rows.flatMap(sentRequestOf));
}

/**
 * Requests of all kinds that reached a node and were sent inside a window, in order of dispatch.
 * @param limit one more than this is read, so that the caller sees that there are more
 */
export async function readRequests(
  tx: Tx,
  nodeId: string,
  window: { from: Date; to: Date },
  limit: number,
): Promise<NodeRequest[]> {
  const rows = await tx.client.request.findMany({
    where: { nodeId, dispatchedAt: { gte: window.from, lt: window.to } },
    orderBy: [{ dispatchedAt: "asc" }, { id: "asc" }],
    take: limit + 1,
    select: SELECT_REQUEST,
  });
  return asEngineSaw(rows.flatMap(sentRequestOf));
}

/** When requests of all kinds ended on a node, in [from, to). */
export async function endTimes(tx: Tx, nodeId: string, window: { from: Date; to: Date }): Promise<number[]> {
  const rows = await tx.client.request.findMany({
    where: {
      ...{ nodeId, dispatchedAt: { not: null }, endedAt: { gte: window.from, lt: window.to } },
      arrivedAt: { gte: new Date(window.from.getTime() - LONGEST_REQUEST_MS) },
    },
    select: { endedAt: true },
  });
  return rows.map(({ endedAt }) => endedAt.getTime());
}

const SELECT_REQUEST = { id: true, loraName: true, dispatchedAt: true, endedAt: true } as const;

function sentRequestOf(row: {
  id: string;
  loraName: string | null;
  dispatchedAt: Date | null;
  endedAt: Date;
}): SentRequest[] {
  const { id, loraName, dispatchedAt, endedAt } = row;
  if (dispatchedAt === null) return [];
  const dispatchedMs = dispatchedAt.getTime();
  return [{ id, loraName, dispatchedMs, endedMs: Math.max(endedAt.getTime(), dispatchedMs) }];
}
