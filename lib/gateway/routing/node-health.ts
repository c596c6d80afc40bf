import type { NodeEntry } from "../snapshot/snapshot.ts";
import type { Load } from "./decide.ts";

/** The gateway's own view of its nodes: health checks, failed connections, requests in flight, names lost. */
export type NodeHealth = Load & {
  started(nodeId: string): void;
  ended(nodeId: string): void;
  /** A connection failed: no traffic until a check succeeds. */
  markDown(nodeId: string): void;
  markLost(nodeId: string, loraName: string): void;
  /** Checks every node that is due; call it about once a second. */
  tick(nodes: readonly NodeEntry[], intervalMs: number): Promise<void>;
  /** For metrics. */
  report(nodes: readonly NodeEntry[]): { name: string; isUp: boolean; inFlight: number }[];
};

/** A node that is down is asked again soon: it should get its traffic back within seconds of its return. */
const RECHECK_DOWN_MS = 1_000;
/** The fleet notices a lost name within 5 s; until then the node is not asked for it again. */
const LOST_MS = 5_000;

/**
 * @param check true = the node's /health answered well; never rejects
 * @param now milliseconds of any steady clock
 */
export function createNodeHealth(check: (node: NodeEntry) => Promise<boolean>, now: () => number): NodeHealth {
  const inFlight = new Map<string, number>();
  const down = new Set<string>();
  const checkedAt = new Map<string, number>();
  const checking = new Set<string>();
  const lostUntil = new Map<string, number>();
  const key = (nodeId: string, loraName: string) => `${nodeId} ${loraName}`;

  const isDue = (id: string, intervalMs: number) => {
    const last = checkedAt.get(id);
    return !checking.has(id) && (last === undefined || now() - last >= (down.has(id) ? RECHECK_DOWN_MS : intervalMs));
  };
  const checkOne = async (node: NodeEntry) => {
    checking.add(node.id);
    const isWell = await check(node);
    checking.delete(node.id);
    checkedAt.set(node.id, now());
    if (isWell) down.delete(node.id);
    else down.add(node.id);
  };
  return {
    isUp: (id) => !down.has(id),
    inFlight: (id) => inFlight.get(id) ?? 0,
    hasLost: (id, loraName) => (lostUntil.get(key(id, loraName)) ?? 0) > now(),
    started: (id) => inFlight.set(id, (inFlight.get(id) ?? 0) + 1),
    ended(id) {
      const left = (inFlight.get(id) ?? 1) - 1;
      if (left > 0) inFlight.set(id, left);
      else inFlight.delete(id);
    },
    markDown(id) {
      down.add(id);
      checkedAt.set(id, now());
    },
    markLost(id, loraName) {
      for (const [name, until] of lostUntil) if (until <= now()) lostUntil.delete(name);
      lostUntil.set(key(id, loraName), now() + LOST_MS);
    },
    async tick(nodes, intervalMs) {
      const known = new Set(nodes.map((node) => node.id));
      for (const id of checkedAt.keys())
        if (!known.has(id)) {
          checkedAt.delete(id);
          down.delete(id);
        }
      await Promise.all(nodes.filter((node) => isDue(node.id, intervalMs)).map(checkOne));
    },
    report: (nodes) => nodes.map(({ id, name }) => ({ name, isUp: !down.has(id), inFlight: inFlight.get(id) ?? 0 })),
  };
}
