import type { NodeEntry } from "../snapshot/snapshot.ts";
import type { Load } from "./eligible-nodes.ts";
import type { Health } from "./last-resort.ts";

/** The gateway's own view of its nodes: health checks, failed connections, names lost. */
export type NodeHealth = Pick<Load, "isUp" | "hasLost"> &
  Pick<Health, "isSuspect" | "isRecovering" | "proofs"> & {
    /** A connection failed: no traffic until it has proven itself again. */
    markDown(nodeId: string): void;
    /** A connection ended under a request. That may be the request's own doing, so the node is asked at the next tick. */
    markBroken(nodeId: string): void;
    /** It gave a good answer. Of a node that has passed one check since it went down, that is proof enough. */
    markAnswered(nodeId: string): void;
    markLost(nodeId: string, loraName: string): void;
    /**
     * Checks every node that is due; call it about once a second.
     * @param isSilent whether requests wait there, and nobody heard a byte of it for a second: it is asked out of turn
     */
    tick(nodes: readonly NodeEntry[], intervalMs: number, isSilent?: (nodeId: string) => boolean): Promise<void>;
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
  /** Raised by a failed connection: a good check that began before it proves nothing. */
  failures: number;
  /** A connection broke since the latest check began. */
  isUnsure: boolean;
  isSuspect: boolean;
  /** Good checks so far that followed a failed connection, or were passed while it was down. */
  proofs: number;
};
const FRESH: State = {
  isUp: true,
  contrary: 0,
  checkedAt: null,
  isChecking: false,
  failures: 0,
  isUnsure: false,
  isSuspect: false,
  proofs: 0,
};

/**
 * Leaving is quick and coming back is slow, so that a node in trouble does not flap: down after one failed connection or
 * two failed checks, up after two good checks a tick apart. Between the two it is suspect: asked when nobody else can.
 * @param check true = the node's /health answered well; never rejects
 * @param now milliseconds of any steady clock
 * @param onProof told when a node passes a check that began after its latest failed connection, or after it went down
 */
export function createNodeHealth(
  check: (node: NodeEntry) => Promise<boolean>,
  now: () => number,
  onProof: (nodeId: string) => void = () => {},
): NodeHealth {
  const states = new Map<string, State>();
  const stateOf = (id: string): State => {
    const known = states.get(id);
    if (known) return known;
    const fresh = { ...FRESH };
    states.set(id, fresh);
    return fresh;
  };
  const checkOne = async (node: NodeEntry, state: State) => {
    const failuresBefore = state.failures;
    const isProof = !state.isUp || state.isUnsure;
    state.isChecking = true;
    state.isUnsure = false;
    state.checkedAt = now();
    const isWell = await check(node);
    state.isChecking = false;
    if (isWell && state.failures !== failuresBefore) return;
    judge(state, isWell);
    if (!isWell || !isProof) return;
    state.proofs += 1;
    onProof(node.id);
  };
  return {
    ...lostNames(now),
    isUp: (id) => states.get(id)?.isUp ?? true,
    isSuspect: (id) => states.get(id)?.isSuspect ?? false,
    isRecovering: (id) => isRecovering(states.get(id)),
    proofs: (id) => states.get(id)?.proofs ?? 0,
    markDown(id) {
      const state = stateOf(id);
      state.failures += 1;
      state.checkedAt = now();
      move(state, false);
    },
    markBroken(id) {
      const state = stateOf(id);
      state.failures += 1;
      state.isUnsure = true;
    },
    markAnswered(id) {
      const state = states.get(id);
      if (state && isRecovering(state)) move(state, true);
    },
    async tick(nodes, intervalMs, isSilent = () => false) {
      const known = new Set(nodes.map((node) => node.id));
      for (const id of states.keys()) if (!known.has(id)) states.delete(id);
      for (const [id, state] of states) if (isLate(state, now()) && isSilent(id)) state.isSuspect = true;
      const due = nodes.filter(({ id }) => isDue(stateOf(id), isSilent(id) ? RECHECK_MS : intervalMs, now()));
      await Promise.all(due.map((node) => checkOne(node, stateOf(node.id))));
    },
  };
}

function isDue({ isUp, contrary, checkedAt, isChecking, isUnsure }: State, intervalMs: number, now: number): boolean {
  const waitMs = isUp && contrary === 0 && !isUnsure ? intervalMs : RECHECK_MS;
  return !isChecking && (checkedAt === null || now - checkedAt >= waitMs);
}

/** Its check is not answered yet, a tick later. */
const isLate = ({ isUp, isChecking, checkedAt }: State, now: number): boolean =>
  isUp && isChecking && now - (checkedAt ?? now) >= RECHECK_MS;

const isRecovering = (state: State | undefined): boolean => state !== undefined && !state.isUp && state.contrary > 0;

function judge(state: State, isWell: boolean): void {
  state.contrary = isWell === state.isUp ? 0 : state.contrary + 1;
  state.isSuspect = state.isUp && !isWell;
  if (state.contrary >= (isWell ? GOOD_CHECKS_TO_COME_BACK : BAD_CHECKS_TO_GO_DOWN)) move(state, isWell);
}

function move(state: State, isUp: boolean): void {
  state.isUp = isUp;
  state.isSuspect = false;
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
