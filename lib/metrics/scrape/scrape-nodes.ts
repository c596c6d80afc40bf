import { openNodeKey } from "#lib/fleet/node-access.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { errorText } from "#lib/platform/errors.ts";
import { shareBytes } from "#lib/platform/shared-bytes.ts";
import { createSeriesCache, type SeriesCache } from "../exposition/series-cache.ts";
import type { ScrapeTarget } from "../store.ts";
import { READ_METRICS } from "./node-samples.ts";
import { type NodeScrape, scrapeNode } from "./scrape-node.ts";

/** Half the interval: what answers no sooner is unknown this time. */
const TIMEOUT_MS = 5_000;
/** All at once up to here, so that slow nodes keep nobody waiting. */
const PARALLEL = 256;
/** A node of eight engines has room for its 340 kB whatever the others send; those that send much more share this. */
const OWN_BYTES = 1_000_000;
const COMMON_BYTES = 256_000_000;

/**
 * @param caches of what the nodes of each pool sent last; those of pools that are gone are dropped
 * @param commonBytes of memory for what replies are larger than usual, all together; who finds none left is unknown this time
 */
export async function scrapeNodes(
  deps: Pick<Deps, "secrets" | "outbound">,
  targets: readonly ScrapeTarget[],
  caches: Map<string, SeriesCache>,
  signal: AbortSignal,
  commonBytes = COMMON_BYTES,
): Promise<NodeScrape[]> {
  const shared = shareBytes(OWN_BYTES, commonBytes);
  const poolIds = new Set(targets.map(({ poolId }) => poolId));
  for (const id of caches.keys()) if (!poolIds.has(id)) caches.delete(id);
  const queue = [...targets];
  const scrapes: NodeScrape[] = [];
  const worker = async () => {
    for (let node = queue.shift(); node; node = queue.shift()) scrapes.push(await scrapeTarget(node));
  };
  const scrapeTarget = async (node: ScrapeTarget): Promise<NodeScrape> => {
    const cache = caches.get(node.poolId) ?? createSeriesCache(READ_METRICS);
    caches.set(node.poolId, cache);
    try {
      const apiKey = openNodeKey(deps.secrets, node);
      const tools = { outbound: deps.outbound, timeoutMs: TIMEOUT_MS, shared, signal };
      return await scrapeNode({ ...node, apiKey }, cache, tools);
    } catch (error) {
      // a key that cannot be opened is this node's trouble alone
      const { id: nodeId, epoch, simulated } = node;
      return { result: { nodeId, epoch, simulated, ok: false, error: errorText(error) }, residency: null };
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, worker));
  return scrapes;
}
