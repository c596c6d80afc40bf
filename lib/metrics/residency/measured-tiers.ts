import type { Tx } from "#lib/platform/db.ts";
import type { ResidentTier } from "./node-residency.ts";
import { whyUnknown } from "./residency-gap.ts";
import { listResidency, listTierScrapes } from "./residency-store.ts";

/** What a node's process said of its tiers; what it does not name is in neither. */
export type MeasuredNode = {
  nodeId: string;
  epoch: number;
  /** null = unknown: nothing reports them, a restart, no scrape for 90 s. */
  measured: { at: Date; tiers: ReadonlyMap<string, ResidentTier> } | null;
};

/**
 * Where adapters lie on every node, by its last scrape. The rows may be newer than the scrape, never older: whoever sets them
 * against what happened since its `at` errs on the safe side.
 * @param isKnown scrapes that the caller has seen; their rows are not read again
 */
export async function readMeasuredTiers(
  tx: Tx,
  now: Date,
  isKnown: (nodeId: string, at: Date) => boolean,
): Promise<MeasuredNode[]> {
  const scrapes = (await listTierScrapes(tx)).map(({ nodeId, epoch, scrape }) => ({
    nodeId,
    epoch,
    at: scrape !== null && whyUnknown(epoch, scrape, now) === null ? scrape.at : null,
  }));
  const due = scrapes.filter(({ nodeId, at }) => at === null || !isKnown(nodeId, at));
  const rows = await listResidency(
    tx,
    due.flatMap(({ nodeId, at }) => (at === null ? [] : nodeId)),
  );
  return due.map(({ nodeId, epoch, at }) => {
    if (at === null) return { nodeId, epoch, measured: null };
    const own = rows.filter((row) => row.nodeId === nodeId && row.epoch === epoch);
    return { nodeId, epoch, measured: { at, tiers: new Map(own.map(({ loraName, tier }) => [loraName, tier])) } };
  });
}
