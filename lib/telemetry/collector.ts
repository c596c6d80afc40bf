import { addRollups, increaseSince, type Look, ROLLUP_STEPS, type RollupStep, stepStart } from "./rollup.ts";
import type { NodeRollup } from "./store.ts";

/** A good look at one node. */
export type GoodLook = { nodeId: string; simulated: boolean; look: Look };

/**
 * Turns looks into rollups, in memory. Rows of steps that are still open, and rows that no save has confirmed, stay; so a
 * database that is away for a while costs nothing but the wait.
 */
export type Collector = {
  /** Adds one look to the rollups of every step it falls into. */
  add(good: GoodLook): void;
  /** Rows that changed since the last confirmed save. */
  unsaved(): NodeRollup[];
  /** The rows handed out are stored: forget those whose step has ended. */
  confirm(saved: readonly NodeRollup[], now: Date): void;
};

/** Enough for 100 nodes and two hours without a database; beyond that the oldest go, and the chart shows the gap. */
const MAX_ROWS = 20_000;

/** @param known where an earlier scraper stopped: its last looks and the rows of the open steps */
export function createCollector(known: {
  looks: ReadonlyMap<string, Look>;
  rollups: readonly NodeRollup[];
}): Collector {
  const previous = new Map(known.looks);
  const rows = new Map(known.rollups.map((row) => [keyOf(row.nodeId, row.stepSeconds, row.at), row]));
  const dirty = new Set<string>();
  return {
    add({ nodeId, simulated, look }) {
      const before = previous.get(nodeId) ?? null;
      const increase = increaseSince(before, look);
      if (before === null || look.at > before.at) previous.set(nodeId, look);
      for (const stepSeconds of ROLLUP_STEPS) {
        const at = stepStart(look.at, stepSeconds);
        const key = keyOf(nodeId, stepSeconds, at);
        const row = rows.get(key);
        rows.set(key, {
          nodeId,
          stepSeconds,
          at,
          scrapes: (row?.scrapes ?? 0) + 1,
          simulated: simulated || (row?.simulated ?? false),
          data: row ? addRollups(row.data, increase) : increase,
        });
        dirty.add(key);
      }
      trim(rows, dirty);
    },
    unsaved: () => [...dirty].map((key) => rows.get(key)).filter((row) => row !== undefined),
    confirm(saved, now) {
      for (const row of saved) {
        const key = keyOf(row.nodeId, row.stepSeconds, row.at);
        if (rows.get(key) !== row) continue;
        dirty.delete(key);
        if (row.at.getTime() + row.stepSeconds * 1000 <= now.getTime()) rows.delete(key);
      }
    },
  };
}

const keyOf = (nodeId: string, stepSeconds: RollupStep, at: Date): string => `${nodeId} ${stepSeconds} ${at.getTime()}`;

function trim(rows: Map<string, NodeRollup>, dirty: Set<string>): void {
  for (const key of rows.keys()) {
    if (rows.size <= MAX_ROWS) return;
    rows.delete(key);
    dirty.delete(key);
  }
}
