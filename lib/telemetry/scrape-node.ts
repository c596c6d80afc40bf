import { errorText } from "#lib/platform/errors.ts";
import type { Outbound } from "#lib/platform/outbound.ts";
import { SIMULATED_HEADER } from "#lib/vllm/schema.ts";
import { ACCEPTED_FORMATS, formatOf } from "./exposition/exposition.ts";
import { parseExposition } from "./exposition/parse-exposition.ts";
import type { SeriesCache } from "./exposition/series-cache.ts";
import { type ResidentTier, readResidency } from "./node-residency.ts";
import { LATEST_ONLY_FAMILIES, readNodeSamples } from "./node-samples.ts";
import type { ScrapeRow } from "./store.ts";

const TIMEOUT_MS = 5_000;
/** A node of eight engines sends 340 kB, and `LATEST_ONLY_FAMILIES` may add megabytes over days of traffic. */
const MAX_BYTES = 32_000_000;

/** A look with what it says of the cache's tiers; null = nothing. */
export type NodeScrape = { row: ScrapeRow; residency: ReadonlyMap<string, ResidentTier> | null };

/**
 * One look at a node's /metrics. Whatever goes wrong becomes a row that says so: a node that could not be read is
 * unknown, and the others are read all the same.
 */
export async function scrapeNode(
  node: { id: string; baseUrl: string; apiKey: string | null; epoch: number; simulated: boolean },
  cache: SeriesCache,
  tools: { outbound: Outbound; now: () => Date; signal: AbortSignal },
): Promise<NodeScrape> {
  const at = tools.now(); // before asking: what the node says is never older than that
  const row = (read: Pick<ScrapeRow, "ok" | "error" | "samples">, simulated = node.simulated): ScrapeRow => ({
    nodeId: node.id,
    at,
    epoch: node.epoch,
    simulated,
    ...read,
  });
  const failed = (error: string) => ({
    row: row({ ok: false, error: error.slice(0, 500), samples: null }),
    residency: null,
  });
  try {
    const reply = await tools.outbound.request(`${node.baseUrl}/metrics`, {
      headers: {
        accept: ACCEPTED_FORMATS,
        ...(node.apiKey === null ? {} : { authorization: `Bearer ${node.apiKey}` }),
      },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      signal: tools.signal,
    });
    if (reply.status !== 200) return failed(`/metrics answered ${reply.status}`);
    const encoding = reply.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") return failed(`/metrics came as ${encoding}, unasked`);
    const format = formatOf(reply.headers["content-type"]);
    if (format === null) return failed(`/metrics answered ${reply.headers["content-type"]}, not metrics`);
    const isSimulated = node.simulated || reply.headers[SIMULATED_HEADER] === "1";
    const exposition = parseExposition(reply.body, { format, cache, latestOnly: LATEST_ONLY_FAMILIES });
    return {
      row: row({ ok: true, error: null, samples: readNodeSamples(exposition) }, isSimulated),
      residency: readResidency(exposition),
    };
  } catch (error) {
    return failed(errorText(error));
  }
}
