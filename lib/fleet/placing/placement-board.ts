import { type Demand, expectedHot } from "./expected-hot.ts";

/** A node that serves customers, or will again. */
export type PlanNode = {
  id: string;
  name: string;
  /** Why it takes nothing new now, such as "is cordoned"; null = it takes requests. */
  away: string | null;
  /** GPU slots (`max_loras`). */
  slots: number;
  /** Copies in host memory (`max_cpu_loras`). */
  room: number;
  /** What is there beside the planned: versions that somebody put on this node by hand. */
  fixed: { copies: number; bytes: number };
};

/** An adapter with everything that is held of it: the live version, a candidate, the previous one kept warm. */
export type PlanAdapter = {
  id: string;
  /** Nodes it is wanted on; null = all. */
  replicas: number | null;
  /** Nodes that are always among them. */
  pins: readonly string[];
  /** Nodes it is held on. */
  present: readonly string[];
  /** Nodes that have any of its versions, also by hand. */
  near: readonly string[];
  /** Versions on each of its nodes. Only the live one is used; what is kept warm takes room alone. */
  copies: number;
  /** Of these versions together. */
  bytes: number;
  /** null = no request seen so far. */
  demand: Demand | null;
};

export type NodeLoad = {
  node: PlanNode;
  /** Adapters expected to be in use at once. */
  hot: number;
  copies: number;
  bytes: number;
  adapters: number;
};

/** Who is where, and what that makes of each node. */
export type Board = {
  loads: ReadonlyMap<string, NodeLoad>;
  adapters: ReadonlyMap<string, PlanAdapter>;
  nodesOf(adapterId: string): ReadonlySet<string>;
  adaptersOn(nodeId: string): PlanAdapter[];
  put(adapterId: string, nodeId: string): void;
  take(adapterId: string, nodeId: string): void;
  /** How full a node is, for comparing nodes: see `pressureOf`. */
  pressure(load: NodeLoad): number;
  /** What the adapter adds to that, or would add. */
  weight(adapter: PlanAdapter, node: PlanNode): number;
  /** Another copy of the adapter fits in the node's host memory. */
  hasRoom(adapter: PlanAdapter, load: NodeLoad): boolean;
};

/**
 * What a fair share of the adapters counts beside the GPU slots. Without it all cold adapters could sit on one node,
 * which would then take all of them down with it.
 */
const SPREAD_WEIGHT = 0.25;

/** How many nodes an adapter gets: as many as wanted, at least its pins, at most all. */
export const replicasOf = (adapter: PlanAdapter, nodeCount: number): number =>
  adapter.replicas === null ? nodeCount : Math.min(Math.max(adapter.replicas, adapter.pins.length), nodeCount);

export function createBoard(nodes: readonly PlanNode[], adapters: readonly PlanAdapter[]): Board {
  const loads = new Map(
    nodes.map((node): [string, NodeLoad] => [node.id, { node, hot: 0, adapters: 0, ...node.fixed }]),
  );
  const byId = new Map(adapters.map((adapter) => [adapter.id, adapter]));
  const on = new Map(adapters.map((adapter) => [adapter.id, new Set<string>()]));
  const residents = new Map(nodes.map((node) => [node.id, new Set<PlanAdapter>()]));
  const hot = new Map(
    adapters.map((adapter) => [adapter.id, expectedHot(adapter.demand, replicasOf(adapter, nodes.length))]),
  );
  const sum = (of: (load: NodeLoad) => number) => [...loads.values()].reduce((total, load) => total + of(load), 0);
  const totalRoom = sum(({ node }) => node.room);
  const totalCopies =
    sum(({ copies }) => copies) +
    adapters.reduce((total, adapter) => total + adapter.copies * replicasOf(adapter, nodes.length), 0);
  /** Of one copy on a node; a node with the pool's mean filling has `SPREAD_WEIGHT` in all. */
  const spread = (node: PlanNode) => (SPREAD_WEIGHT * totalRoom) / Math.max(totalCopies, 1) / node.room;

  const change = (adapterId: string, nodeId: string, sign: 1 | -1) => {
    const load = loads.get(nodeId);
    const adapter = byId.get(adapterId);
    if (!load || !adapter) return;
    load.hot += sign * (hot.get(adapterId) ?? 0);
    load.copies += sign * adapter.copies;
    load.bytes += sign * adapter.bytes;
    load.adapters += sign;
    if (sign === 1) residents.get(nodeId)?.add(adapter);
    else residents.get(nodeId)?.delete(adapter);
  };
  return {
    loads,
    adapters: byId,
    nodesOf: (adapterId) => on.get(adapterId) ?? new Set(),
    adaptersOn: (nodeId) => [...(residents.get(nodeId) ?? [])],
    put: (adapterId, nodeId) => {
      const set = on.get(adapterId);
      if (!set || set.has(nodeId)) return;
      set.add(nodeId);
      change(adapterId, nodeId, 1);
    },
    take: (adapterId, nodeId) => {
      if (on.get(adapterId)?.delete(nodeId)) change(adapterId, nodeId, -1);
    },
    pressure: ({ node, hot: taken, copies }) => taken / node.slots + copies * spread(node),
    weight: (adapter, node) => (hot.get(adapter.id) ?? 0) / node.slots + adapter.copies * spread(node),
    hasRoom: (adapter, load) => load.copies + adapter.copies <= load.node.room,
  };
}

/** The first of these nodes to take an adapter: in service, with room, near what it has, then the least loaded one. */
export function bestNode(
  board: Board,
  adapter: PlanAdapter,
  nodeIds: readonly string[],
  options: { preferNear: boolean },
): NodeLoad | null {
  const candidates = nodeIds.map((id) => board.loads.get(id)).filter((load) => load !== undefined);
  const rank = (load: NodeLoad): (number | string)[] => [
    load.node.away === null ? 0 : 1,
    board.hasRoom(adapter, load) ? 0 : 1,
    options.preferNear && adapter.near.includes(load.node.id) ? 0 : 1,
    // sums of fractions in another order differ in their last digits; that must decide nothing
    Math.round(board.pressure(load) * 1e6),
    load.bytes,
    load.node.id,
  ];
  return candidates.reduce<NodeLoad | null>(
    (best, load) => (best === null || isLess(rank(load), rank(best)) ? load : best),
    null,
  );
}

function isLess(a: readonly (number | string)[], b: readonly (number | string)[]): boolean {
  for (const [index, value] of a.entries()) {
    const other = b[index];
    if (other !== undefined && value !== other) return value < other;
  }
  return false;
}
