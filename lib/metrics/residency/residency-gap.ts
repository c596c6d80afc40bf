import { MAX_GAP_SECONDS } from "../rollup.ts";
import type { TierTeller } from "./node-residency.ts";

/** A look at a node's metrics that succeeded; `teller` is null where nobody tells of its tiers. */
export type TierLook = { at: Date; epoch: number; teller: TierTeller | null };

const NO_PLUGIN =
  "vLLM does not report where an adapter's weights are. Install the Switchyard plugin for vLLM on the node (vllm-plugin/README.md says how) and restart the node.";

/**
 * Why nobody knows where a node's adapters lie.
 * @param look the newest that succeeded; null = none is stored
 * @returns null when it is known
 */
export function whyUnknown(epoch: number, look: TierLook | null, now: Date): string | null {
  if (look === null) return "No scrape of this node's metrics has succeeded yet.";
  if (now.getTime() - look.at.getTime() > MAX_GAP_SECONDS * 1000)
    return `The last successful scrape of this node's metrics was at ${look.at.toISOString()}.`;
  if (look.epoch !== epoch) return "The node has restarted since the last scrape; the next one follows in seconds.";
  const { teller } = look;
  if (!teller) return NO_PLUGIN;
  if (teller.status === "disabled")
    return `The Switchyard plugin on this node is switched off${teller.reason ? `: ${teller.reason}` : "."}`;
  return null;
}
