import type { Tx } from "#lib/platform/db.ts";

/** A scrape of a node counts what happened since the last one: so long may a load lie before the minute that counts it. */
const COUNTED_LATE_MS = 30_000;

/**
 * Loads that Switchyard asked for and that succeeded, by node. Each reads the weights from disk by design, and stands in the
 * node's own counters and in what is derived: without them, what is left was read because a tier had lost it.
 */
export async function countLoads(
  tx: Tx,
  nodeIds: readonly string[],
  { from, to }: { from: Date; to: Date },
): Promise<Map<string, number>> {
  const since = new Date(from.getTime() - COUNTED_LATE_MS);
  const rows = await tx.client.loadEvent.groupBy({
    by: ["nodeId"],
    where: { nodeId: { in: [...nodeIds] }, kind: "load", outcome: "ok", at: { gte: since, lte: to } },
    _count: true,
  });
  return new Map(rows.flatMap(({ nodeId, _count }) => (nodeId === null ? [] : [[nodeId, _count]])));
}
