import { MAX_GAP_SECONDS } from "../rollup.ts";
import type { TierReporter } from "./node-residency.ts";

/** A scrape of a node's metrics that succeeded; `reporter` is null where nothing reports its tiers. */
export type TierScrape = { at: Date; epoch: number; reporter: TierReporter | null };

const NO_PLUGIN =
  "vLLM does not report where an adapter's weights are. Install the Switchyard plugin for vLLM on the node (vllm-plugin/README.md says how) and restart the node.";

/**
 * Why nobody knows where a node's adapters lie.
 * @param scrape the newest that succeeded; null = none is stored
 * @returns null when it is known
 */
export function whyUnknown(epoch: number, scrape: TierScrape | null, now: Date): string | null {
  if (scrape === null) return "No scrape of this node's metrics has succeeded yet.";
  if (now.getTime() - scrape.at.getTime() > MAX_GAP_SECONDS * 1000)
    return `The last successful scrape of this node's metrics was at ${scrape.at.toISOString()}.`;
  if (scrape.epoch !== epoch) return "The node has restarted since the last scrape; the next one follows in seconds.";
  const { reporter } = scrape;
  if (!reporter) return NO_PLUGIN;
  if (reporter.status === "disabled")
    return `The Switchyard plugin on this node is switched off${reporter.reason ? `: ${reporter.reason}` : "."}`;
  return null;
}
