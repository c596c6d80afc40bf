import { type Board, bestNode, type NodeLoad, type PlanAdapter } from "./placement-board.ts";

/**
 * Hysteresis: a load of this many GPUs' slots (0.2 = a fifth of one node's) must separate two nodes before anything
 * moves; what has begun goes on until no move gains more than the lower mark. After that the demand has to change by the
 * difference of the two before anything moves again, so noise moves nothing.
 */
export const MOVE_FROM = 0.2;
export const MOVE_UNTIL = 0.05;

export type Move = { adapterId: string; from: string; to: string; why: "room" | "balance" };

/**
 * Moves adapters until no node holds more copies than it has room for, as far as another has room, and, if asked, until
 * the nodes are evenly loaded. Neither pinned adapters nor nodes that are away take part: a short absence must not move
 * 40 adapters. Ends, because each move either lowers the excess or puts both nodes below what the fuller one had.
 */
export function balanceNodes(board: Board, options: { rebalance: boolean }): Move[] {
  const moves: Move[] = [];
  for (;;) {
    const move = moveForRoom(board) ?? (options.rebalance ? moveForBalance(board, MOVE_FROM) : null);
    if (move === null) return moves;
    apply(board, move, moves);
    if (move.why === "room") continue;
    for (let next = moveForBalance(board, MOVE_UNTIL); next !== null; next = moveForBalance(board, MOVE_UNTIL))
      apply(board, next, moves);
  }
}

function apply(board: Board, move: Move, moves: Move[]): void {
  board.take(move.adapterId, move.from);
  board.put(move.adapterId, move.to);
  moves.push(move);
}

/** Who may leave a node: neither those that everybody has nor those that are pinned there. */
function movableOn(board: Board, { node }: NodeLoad): PlanAdapter[] {
  return [...board.adapters.values()].filter(
    ({ id, replicas, pins }) => replicas !== null && !pins.includes(node.id) && board.nodesOf(id).has(node.id),
  );
}

const openNodes = (board: Board): NodeLoad[] => [...board.loads.values()].filter(({ node }) => node.away === null);

/** Nodes in service with room for an adapter that is not there yet. */
const targetsFor = (board: Board, adapter: PlanAdapter): NodeLoad[] =>
  openNodes(board).filter((load) => !board.nodesOf(adapter.id).has(load.node.id) && board.hasRoom(adapter, load));

/** The coldest adapter leaves a node that is over its room. */
function moveForRoom(board: Board): Move | null {
  for (const load of openNodes(board)) {
    if (load.copies <= load.node.room) continue;
    const coldestFirst = movableOn(board, load).sort(
      (a, b) => board.weight(a, load.node) - board.weight(b, load.node) || a.bytes - b.bytes || (a.id < b.id ? -1 : 1),
    );
    for (const adapter of coldestFirst) {
      const ids = targetsFor(board, adapter).map(({ node }) => node.id);
      const to = bestNode(board, adapter, ids, { preferNear: true });
      if (to) return { adapterId: adapter.id, from: load.node.id, to: to.node.id, why: "room" };
    }
  }
  return null;
}

/** Of all moves that gain at least `margin` the one that leaves the fuller of both nodes emptiest: few moves, far ones. */
function moveForBalance(board: Board, margin: number): Move | null {
  let best: { move: Move; fullest: number; bytes: number } | null = null;
  for (const from of openNodes(board)) {
    const before = board.pressure(from);
    for (const adapter of movableOn(board, from))
      for (const to of targetsFor(board, adapter)) {
        const after = board.pressure(to) + board.weight(adapter, to.node);
        if (before - after < margin) continue;
        const fullest = Math.max(before - board.weight(adapter, from.node), after);
        const { bytes } = adapter;
        if (best && (fullest > best.fullest || (fullest === best.fullest && bytes >= best.bytes))) continue;
        best = {
          move: { adapterId: adapter.id, from: from.node.id, to: to.node.id, why: "balance" },
          ...{ fullest, bytes },
        };
      }
  }
  return best?.move ?? null;
}
