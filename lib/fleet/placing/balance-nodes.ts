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
const movableOn = (board: Board, { node }: NodeLoad): PlanAdapter[] =>
  board.adaptersOn(node.id).filter(({ replicas, pins }) => replicas !== null && !pins.includes(node.id));

const openNodes = (board: Board): NodeLoad[] => [...board.loads.values()].filter(({ node }) => node.away === null);

/** The adapter is not there yet, and fits. */
const canTake = (board: Board, adapter: PlanAdapter, load: NodeLoad): boolean =>
  !board.nodesOf(adapter.id).has(load.node.id) && board.hasRoom(adapter, load);

/** The coldest adapter leaves a node that is over its room. */
function moveForRoom(board: Board): Move | null {
  for (const load of openNodes(board)) {
    if (load.copies <= load.node.room) continue;
    const coldestFirst = movableOn(board, load).sort(
      (a, b) => board.weight(a, load.node) - board.weight(b, load.node) || a.bytes - b.bytes || (a.id < b.id ? -1 : 1),
    );
    for (const adapter of coldestFirst) {
      const ids = openNodes(board)
        .filter((other) => canTake(board, adapter, other))
        .map(({ node }) => node.id);
      const to = bestNode(board, adapter, ids, { preferNear: true });
      if (to) return { adapterId: adapter.id, from: load.node.id, to: to.node.id, why: "room" };
    }
  }
  return null;
}

/**
 * A move off the fullest node that can be relieved by at least `margin`: of its adapters, each to the emptiest node that
 * can take it, the one that leaves the fuller of both nodes emptiest. So there are few moves, and far ones.
 */
function moveForBalance(board: Board, margin: number): Move | null {
  const emptiestFirst = openNodes(board)
    .map((load) => ({ load, pressure: board.pressure(load) }))
    .sort((a, b) => a.pressure - b.pressure || (a.load.node.id < b.load.node.id ? -1 : 1));
  const least = emptiestFirst[0]?.pressure ?? 0;
  for (const { load, pressure } of emptiestFirst.toReversed()) {
    if (pressure - least < margin) return null;
    const move = bestMoveOff(board, load, margin, emptiestFirst);
    if (move) return move;
  }
  return null;
}

function bestMoveOff(
  board: Board,
  from: NodeLoad,
  margin: number,
  emptiestFirst: readonly { load: NodeLoad; pressure: number }[],
): Move | null {
  const before = board.pressure(from);
  let best: { adapter: PlanAdapter; to: string; fullest: number } | null = null;
  for (const adapter of movableOn(board, from)) {
    const target = emptiestFirst.find(({ load }) => canTake(board, adapter, load));
    if (!target) continue;
    const after = target.pressure + board.weight(adapter, target.load.node);
    if (before - after < margin) continue;
    const fullest = Math.max(before - board.weight(adapter, from.node), after);
    if (best === null || isBetter({ adapter, fullest }, best)) best = { adapter, to: target.load.node.id, fullest };
  }
  return best && { adapterId: best.adapter.id, from: from.node.id, to: best.to, why: "balance" };
}

type Candidate = { adapter: PlanAdapter; fullest: number };
const isBetter = (a: Candidate, b: Candidate): boolean => {
  const difference = a.fullest - b.fullest || a.adapter.bytes - b.adapter.bytes;
  return difference === 0 ? a.adapter.id < b.adapter.id : difference < 0;
};
