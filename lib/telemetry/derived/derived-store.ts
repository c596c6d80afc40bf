import { cpuPlacesOf, slotsOf } from "#lib/fleet/engine-limits.ts";
import type { NodeLimits } from "#lib/fleet/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { NodeAct, NodeRequest } from "./node-timeline.ts";

export type DerivedNode = {
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
      name: true,
      simulated: true,
      limits: true,
      pool: { select: { maxLoras: true, maxCpuLoras: true } },
    },
  });
  if (!row) return null;
  const limits = row.limits as NodeLimits | null;
  return {
    name: row.name,
    simulated: row.simulated,
    maxLoras: slotsOf(limits, row.pool),
    maxCpuLoras: cpuPlacesOf(limits, row.pool),
  };
}

/** When the process that ran at a moment was noticed to have begun; null = no restart was ever seen. */
export async function processStart(tx: Tx, nodeId: string, at: Date): Promise<Date | null> {
  const row = await tx.client.loadEvent.findFirst({
    where: { nodeId, kind: "restart", at: { lte: at } },
    orderBy: { at: "desc" },
    select: { at: true },
  });
  return row?.at ?? null;
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

/**
 * Requests of all kinds that reached a node and ended inside a window or later, in order of dispatch.
 * @param limit one more than this is read, so that the caller sees that there are more
 */
export async function readRequests(
  tx: Tx,
  nodeId: string,
  window: { from: Date; to: Date },
  limit: number,
): Promise<NodeRequest[]> {
  const rows = await tx.client.requestTrace.findMany({
    where: { nodeId, dispatchedAt: { gte: window.from, lt: window.to } },
    orderBy: [{ dispatchedAt: "asc" }, { id: "asc" }],
    take: limit + 1,
    select: { loraName: true, dispatchedAt: true, endedAt: true },
  });
  return rows.flatMap(({ loraName, dispatchedAt, endedAt }) =>
    dispatchedAt === null
      ? []
      : {
          loraName,
          dispatchedMs: dispatchedAt.getTime(),
          endedMs: Math.max(endedAt.getTime(), dispatchedAt.getTime()),
        },
  );
}
