import { errorText } from "#lib/platform/errors.ts";
import type { Outbound } from "#lib/platform/outbound.ts";
import type { SharedBytes } from "#lib/platform/shared-bytes.ts";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";
import { ACCEPTED_FORMATS, formatOf } from "../exposition/exposition.ts";
import { parseExposition } from "../exposition/parse-exposition.ts";
import type { SeriesCache } from "../exposition/series-cache.ts";
import { type ResidentTier, readResidency } from "../residency/node-residency.ts";
import type { ScrapeResult } from "./collector.ts";
import { LATEST_ONLY_FAMILIES, readNodeSamples } from "./node-samples.ts";

/** A node of eight engines sends 340 kB, and `LATEST_ONLY_FAMILIES` may add megabytes over days of traffic. */
const MAX_BYTES = 32_000_000;
const MAX_ERROR_LENGTH = 500;

export type ScrapedNode = { id: string; baseUrl: string; apiKey: string | null; epoch: number; simulated: boolean };
/** A scrape with what it says of the cache's tiers; null = nothing. */
export type NodeScrape = { result: ScrapeResult; residency: ReadonlyMap<string, ResidentTier> | null };

/**
 * One scrape of a node's /metrics. Whatever goes wrong becomes a scrape that says so: a node that could not be read is unknown,
 * and the others are read all the same. What the node's own clock says is of no account.
 */
export async function scrapeNode(
  node: ScrapedNode,
  cache: SeriesCache,
  tools: { outbound: Outbound; timeoutMs: number; shared: SharedBytes; signal: AbortSignal },
): Promise<NodeScrape> {
  const about = { nodeId: node.id, epoch: node.epoch, simulated: node.simulated };
  const failed = (error: string): NodeScrape => ({
    result: { ...about, ok: false, error: error.slice(0, MAX_ERROR_LENGTH) },
    residency: null,
  });
  try {
    const reply = await tools.outbound.request(`${node.baseUrl}/metrics`, {
      headers: {
        accept: ACCEPTED_FORMATS,
        ...(node.apiKey === null ? {} : { authorization: `Bearer ${node.apiKey}` }),
      },
      timeoutMs: tools.timeoutMs,
      maxBytes: MAX_BYTES,
      shared: tools.shared,
      signal: tools.signal,
    });
    if (reply.status !== 200) return failed(`/metrics answered ${reply.status}`);
    const encoding = reply.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") return failed(`/metrics came as ${encoding}, unasked`);
    const format = formatOf(reply.headers["content-type"]);
    if (format === null) return failed(`/metrics answered ${reply.headers["content-type"]}, not metrics`);
    const exposition = parseExposition(reply.body, { format, cache, latestOnly: LATEST_ONLY_FAMILIES });
    const simulated = node.simulated || reply.headers[SIMULATED_HEADER] === "1";
    return {
      result: { ...about, simulated, ok: true, samples: readNodeSamples(exposition) },
      residency: readResidency(exposition),
    };
  } catch (error) {
    return failed(errorText(error));
  }
}
