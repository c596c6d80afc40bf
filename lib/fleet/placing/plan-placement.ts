import { balanceNodes } from "./balance-nodes.ts";
import {
  type Board,
  bestNode,
  createBoard,
  type NodeLoad,
  type PlanAdapter,
  type PlanNode,
  replicasOf,
} from "./placement-board.ts";

/** Why an adapter comes to a node or leaves it. */
export type Cause =
  | { kind: "everywhere" | "pin" | "replica" | "surplus" }
  /** `other` = the node it comes from or goes to. */
  | { kind: "room" | "balance"; other: string };

export type PlacementDecision = { adapterId: string; nodeId: string } & (
  | { action: "keep" }
  | { action: "add" | "remove"; cause: Cause }
);

/** What an adapter lacks. */
export type Shortfall = { adapterId: string } & (
  | { kind: "too_few_nodes"; wanted: number; placed: number }
  | { kind: "no_room"; nodeId: string }
  | { kind: "nobody_serves"; nodeIds: readonly string[] }
);

export type PlannedPlacement = {
  /** Nodes of each adapter once the plan is carried out, in the order of the given nodes. */
  targets: ReadonlyMap<string, readonly string[]>;
  decisions: PlacementDecision[];
  shortfalls: Shortfall[];
  /** Each node as it is now, and once the plan is carried out. */
  before: ReadonlyMap<string, NodeLoad>;
  after: ReadonlyMap<string, NodeLoad>;
};

/**
 * Where the adapters of a pool should be. First the pins; then what is there stays there, too many are thinned out and
 * too few filled up on the emptiest nodes; at last adapters move, if a node is over its room or (with `rebalance`) much
 * fuller than another. Planning again after a plan was carried out yields nothing to do.
 * @param input nodes that serve customers, and adapters of the same pool only
 */
export function planPlacement(
  input: { nodes: readonly PlanNode[]; adapters: readonly PlanAdapter[] },
  options: { rebalance: boolean },
): PlannedPlacement {
  const known = new Set(input.nodes.map(({ id }) => id));
  const only = (ids: readonly string[]) => [...new Set(ids)].filter((id) => known.has(id));
  const adapters = input.adapters.map((adapter) => ({
    ...adapter,
    pins: only(adapter.pins),
    present: only(adapter.present),
  }));
  const before = createBoard(input.nodes, adapters);
  for (const { id, present } of adapters) for (const nodeId of present) before.put(id, nodeId);

  const board = createBoard(input.nodes, adapters);
  const causes = createCauses();
  assign(board, input.nodes, adapters, causes);
  for (const { adapterId, from, to, why } of balanceNodes(board, options))
    causes.move(adapterId, from, to, why, before.nodesOf(adapterId));
  const ids = input.nodes.map(({ id }) => id);
  return {
    targets: new Map(adapters.map(({ id }) => [id, ids.filter((nodeId) => board.nodesOf(id).has(nodeId))])),
    decisions: adapters.flatMap((adapter) => decisionsFor(adapter, ids, board, causes)),
    shortfalls: [...adapters.flatMap((adapter) => shortfallOf(adapter, board)), ...overfull(board)],
    before: before.loads,
    after: board.loads,
  };
}

/** Who has no choice comes first, so that the others see the nodes as full as they will be; among these the hot ones. */
function assign(board: Board, nodes: readonly PlanNode[], adapters: readonly PlanAdapter[], causes: Causes): void {
  const ids = nodes.map(({ id }) => id);
  const settled = (adapter: PlanAdapter) => {
    const count = replicasOf(adapter, ids.length);
    return count === ids.length || new Set([...adapter.pins, ...adapter.present]).size === count;
  };
  const heat = (adapter: PlanAdapter) => adapter.demand?.requestsPerMinute ?? 0;
  const hotFirst = (a: PlanAdapter, b: PlanAdapter) =>
    Number(settled(b)) - Number(settled(a)) ||
    heat(b) - heat(a) ||
    (b.demand?.peakConcurrent ?? 0) - (a.demand?.peakConcurrent ?? 0) ||
    b.bytes - a.bytes ||
    (a.id < b.id ? -1 : 1);
  for (const adapter of [...adapters].sort(hotFirst)) assignOne(board, adapter, ids, causes);
}

function assignOne(board: Board, adapter: PlanAdapter, ids: readonly string[], causes: Causes): void {
  const { id, pins, present } = adapter;
  const count = replicasOf(adapter, ids.length);
  const put = (nodeId: string, kind: "everywhere" | "pin" | "replica") => {
    board.put(id, nodeId);
    if (!present.includes(nodeId)) causes.add(id, nodeId, { kind });
  };
  for (const nodeId of pins) put(nodeId, "pin");
  const on = board.nodesOf(id);
  const fill = (from: readonly string[], preferNear: boolean, kind: "everywhere" | "replica") => {
    while (on.size < count) {
      const free = from.filter((nodeId) => !on.has(nodeId));
      const best = bestNode(board, adapter, free, { preferNear });
      if (best === null) return;
      put(best.node.id, kind);
    }
  };
  fill(present, false, "replica");
  fill(ids, true, adapter.replicas === null ? "everywhere" : "replica");
  for (const nodeId of present) if (!on.has(nodeId)) causes.remove(id, nodeId, { kind: "surplus" });
}

function decisionsFor(adapter: PlanAdapter, ids: readonly string[], board: Board, causes: Causes): PlacementDecision[] {
  const on = board.nodesOf(adapter.id);
  return ids.flatMap((nodeId): PlacementDecision[] => {
    const isThere = adapter.present.includes(nodeId);
    const key = { adapterId: adapter.id, nodeId };
    if (on.has(nodeId))
      return isThere
        ? [{ ...key, action: "keep" }]
        : [{ ...key, action: "add", cause: causes.ofAdd(adapter.id, nodeId) }];
    return isThere ? [{ ...key, action: "remove", cause: causes.ofRemove(adapter.id, nodeId) }] : [];
  });
}

function shortfallOf(adapter: PlanAdapter, board: Board): Shortfall[] {
  const on = [...board.nodesOf(adapter.id)];
  const found: Shortfall[] = [];
  const wanted = adapter.replicas ?? 0;
  if (on.length < wanted || on.length === 0)
    found.push({ adapterId: adapter.id, kind: "too_few_nodes", wanted, placed: on.length });
  if (on.length > 0 && on.every((id) => board.loads.get(id)?.node.away !== null))
    found.push({ adapterId: adapter.id, kind: "nobody_serves", nodeIds: on });
  return found;
}

/** The coldest adapters beyond a node's room: vLLM would drop their copies first and read them from disk again. */
function overfull(board: Board): Shortfall[] {
  const coldestFirst = [...board.adapters.values()].sort(
    (a, b) => (a.demand?.requestsPerMinute ?? 0) - (b.demand?.requestsPerMinute ?? 0) || (a.id < b.id ? -1 : 1),
  );
  return [...board.loads.values()].flatMap(({ node, copies }) => {
    let excess = copies - node.room;
    const beyond: Shortfall[] = [];
    for (const adapter of coldestFirst) {
      if (excess <= 0) break;
      if (!board.nodesOf(adapter.id).has(node.id)) continue;
      beyond.push({ adapterId: adapter.id, kind: "no_room", nodeId: node.id });
      excess -= adapter.copies;
    }
    return beyond;
  });
}

type Causes = ReturnType<typeof createCauses>;

/** Remembers why; an adapter that moved on twice came from where it was first. */
function createCauses() {
  const adds = new Map<string, Cause>();
  const removes = new Map<string, Cause>();
  const key = (adapterId: string, nodeId: string) => `${adapterId} ${nodeId}`;
  return {
    add: (adapterId: string, nodeId: string, cause: Cause) => void adds.set(key(adapterId, nodeId), cause),
    remove: (adapterId: string, nodeId: string, cause: Cause) => void removes.set(key(adapterId, nodeId), cause),
    move(adapterId: string, from: string, to: string, kind: "room" | "balance", present: ReadonlySet<string>) {
      const earlier = present.has(from) ? undefined : adds.get(key(adapterId, from));
      const origin = earlier && "other" in earlier ? earlier.other : from;
      if (present.has(origin)) {
        adds.set(key(adapterId, to), { kind, other: origin });
        removes.set(key(adapterId, origin), { kind, other: to });
      } else adds.set(key(adapterId, to), earlier ?? { kind: "replica" });
    },
    ofAdd: (adapterId: string, nodeId: string): Cause => adds.get(key(adapterId, nodeId)) ?? { kind: "replica" },
    ofRemove: (adapterId: string, nodeId: string): Cause => removes.get(key(adapterId, nodeId)) ?? { kind: "surplus" },
  };
}
