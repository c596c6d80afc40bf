import { readDerivedSteps } from "#lib/metrics/derived/derived-rollup-store.ts";
import { readNodeRollups } from "#lib/metrics/node-minute/rollup-store.ts";
import type { Tx } from "#lib/platform/db.ts";
import { type KnownCount, NODE_COUNTS, type NodeCount, type NodeMinute } from "./node-counts.ts";

const COUNTERS = { evictions: "evictions.gpu", disk: "swaps.disk", cpu: "swaps.cpu" } as const satisfies Record<
  NodeCount,
  string
>;

/**
 * The whole minutes of nodes that begin in [from, to), oldest first: what a node counted itself, else what followed from
 * its requests and loads, as charts draw it. A minute of which nothing is known is absent.
 */
export async function readNodeMinutes(
  tx: Tx,
  nodeIds: readonly string[],
  { from, to }: { from: Date; to: Date },
): Promise<Map<string, NodeMinute[]>> {
  const query = { nodeIds, stepSeconds: 60 as const, from, to };
  const byNode = new Map<string, Map<number, NodeMinute>>();
  const add = (nodeId: string, at: Date, of: NodeCount, count: KnownCount) => {
    const minutes = byNode.get(nodeId) ?? new Map<number, NodeMinute>();
    byNode.set(nodeId, minutes);
    const minute = minutes.get(at.getTime()) ?? { atMs: at.getTime(), counts: {} };
    minutes.set(minute.atMs, minute);
    minute.counts[of] ??= count;
  };
  for (const { nodeId, at, data } of await readNodeRollups(tx, query))
    for (const of of NODE_COUNTS) {
      const value = data.counters[COUNTERS[of]];
      if (value !== undefined) add(nodeId, at, of, { value, source: "measured", uncertainty: null });
    }
  for (const { nodeId, at, seconds, counters, uncertainty } of await readDerivedSteps(tx, query))
    for (const of of NODE_COUNTS) {
      const source = uncertainty === null ? "derived" : "inferred";
      if (seconds > 0) add(nodeId, at, of, { value: counters[COUNTERS[of]] ?? 0, source, uncertainty });
    }
  return new Map(
    [...byNode].map(([nodeId, minutes]) => [nodeId, [...minutes.values()].sort((a, b) => a.atMs - b.atMs)]),
  );
}
