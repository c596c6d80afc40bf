import type { NodeEntry } from "../snapshot/snapshot.ts";
import type { Load } from "./eligible-nodes.ts";

/** The gateway's own view of its nodes: health checks, failed connections, names lost. */
export type NodeHealth = Pick<Load, "isUp" | "hasLost"> & {
  /** A connection failed: no traffic until it has proven itself again. */
  markDown(nodeId: string): void;
  /** It gave a good answer. Of a node that has passed one check since it went down, that is proof enough. */
  markAnswered(nodeId: string): void;
  markLost(nodeId: string, loraName: string): void;
  /** Checks every node that is due; call it about once a second. */
  tick(nodes: readonly NodeEntry[], intervalMs: number): Promise<void>;
};

/** A node in doubt is asked again at every tick: it should be out, or back, within seconds. */
const RECHECK_MS = 900;
const BAD_CHECKS_TO_GO_DOWN = 2;
const GOOD_CHECKS_TO_COME_BACK = 2;
/** The fleet notices a lost name within 5 s; until then the node is not asked for it again. */
const LOST_MS = 5_000;

type State = {
  isUp: boolean;
  /** Checks in a row that speak against what it counts as now. */
  contrary: number;
  /** When the latest check began. */
  checkedAt: number | null;
  isChecking: boolean;
  /** Raised by a failed connection: a check that began before it proves nothing. */
  failures: number;
};

/**
 * Leaving is quick and coming back is slow, so that a node in trouble does not flap: down after one failed connection or
 * two failed checks, up after two good checks a tick apart.
 * @param check true = the node's /health answered well; never rejects
 * @param now milliseconds of any steady clock
 */
export function createNodeHealth(check: (node: NodeEntry) => Promise<boolean>, now: () => number): NodeHealth {
  const states = new Map<string, State>();
  const stateOf = (id: string): State => {
    const known = states.get(id);
    if (known) return known;
    const fresh = { isUp: true, contrary: 0, checkedAt: null, isChecking: false, failures: 0 };
    states.set(id, fresh);
    return fresh;
  };
  const checkOne = async (node: NodeEntry, state: State) => {
    const failuresBefore = state.failures;
    state.isChecking = true;
    state.checkedAt = now();
    const isWell = await check(node);
    state.isChecking = false;
    if (state.failures === failuresBefore) judge(state, isWell);
  };
  return {
    ...lostNames(now),
    isUp: (id) => states.get(id)?.isUp ?? true,
    markDown(id) {
      const state = stateOf(id);
      state.failures += 1;
      state.checkedAt = now();
      move(state, false);
    },
    markAnswered(id) {
      const state = states.get(id);
      if (state && !state.isUp && state.contrary > 0) move(state, true);
    },
    async tick(nodes, intervalMs) {
      const known = new Set(nodes.map((node) => node.id));
      for (const id of states.keys()) if (!known.has(id)) states.delete(id);
      const due = nodes.filter((node) => isDue(stateOf(node.id), intervalMs, now()));
      await Promise.all(due.map((node) => checkOne(node, stateOf(node.id))));
    },
  };
}

function isDue({ isUp, contrary, checkedAt, isChecking }: State, intervalMs: number, now: number): boolean {
  const waitMs = isUp && contrary === 0 ? intervalMs : RECHECK_MS;
  return !isChecking && (checkedAt === null || now - checkedAt >= waitMs);
}

function judge(state: State, isWell: boolean): void {
  state.contrary = isWell === state.isUp ? 0 : state.contrary + 1;
  if (state.contrary >= (isWell ? GOOD_CHECKS_TO_COME_BACK : BAD_CHECKS_TO_GO_DOWN)) move(state, isWell);
}

function move(state: State, isUp: boolean): void {
  state.isUp = isUp;
  state.contrary = 0;
}

function lostNames(now: () => number) {
  const lostUntil = new Map<string, number>();
  const key = (nodeId: string, loraName: string) => `${nodeId} ${loraName}`;
  return {
    hasLost: (nodeId: string, loraName: string) =>
      lostUntil.size > 0 && (lostUntil.get(key(nodeId, loraName)) ?? 0) > now(),
    markLost(nodeId: string, loraName: string) {
      for (const [name, until] of lostUntil) if (until <= now()) lostUntil.delete(name);
      lostUntil.set(key(nodeId, loraName), now() + LOST_MS);
    },
  };
}
