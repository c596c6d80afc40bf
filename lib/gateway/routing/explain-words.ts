import type { Via } from "#lib/requests/schema.ts";
import type { ExpectedTier } from "#lib/requests/trace/trace.ts";
import { SWAP_MS } from "../admission/costs.ts";
import type { NodeReason } from "../browser/node-reasons.ts";
import type { NodeVerdict, OptionVerdict } from "./explanation.ts";

const REASON_WORDS: Record<NodeReason, string> = {
  unknown_node: "the gateway does not know this node",
  not_pinned: "another node was requested",
  not_placed: "the version is not placed here",
  not_proven: "the version is placed here, but not loaded and proven yet",
  wrong_epoch: "the version was proven before the node's last restart, which voids the proof",
  base_mixed: "a CPU engine mixes loaded adapters' weights into the base model's answers",
  standalone: "a standalone node takes no customers",
  cordoned: "the node is cordoned",
  broken: "its engine is dead or serves another base model",
  key_unreadable: "the node's key cannot be opened",
  down: "its health checks or connections fail",
  lost_name: "it said a moment ago that it does not know the version",
  breaker_open: "it failed several requests in a row and gets no requests for now",
  version_open: "the candidate failed several requests in a row; its conversations get the live version",
  excluded: "it was tried for this request already",
};

const TIER_WORDS: Record<ExpectedTier, string> = {
  gpu: "weights expected in a GPU slot",
  cpu: "weights expected in the CPU cache",
  disk: "weights expected on disk",
  unknown: "the location of its weights is unknown",
};

/** `node-2: proven, weights expected in a GPU slot, 3 requests in flight` */
export function describeNode(node: Omit<NodeVerdict, "sentence">): string {
  if (node.reason !== null) return `${node.nodeName}: ${REASON_WORDS[node.reason]}`;
  const facts = [
    node.tier === null ? "up, the base model needs no slot" : `proven, ${TIER_WORDS[node.tier]}`,
    node.inFlight === null ? "requests in flight unknown" : `${requests(node.inFlight)} in flight`,
    ...(node.isFull ? ["its slots are all in use"] : []),
  ];
  return `${node.nodeName}: ${facts.join(", ")}`;
}

/** What spoke for the best node, beside the next best. */
export function whyThisNode(best: NodeVerdict, next: NodeVerdict | null): string {
  if (next === null) return "; the only node that may answer";
  if (next.isFull && !best.isFull) return `; ${next.nodeName} has no slot free`;
  if (next.tier !== null && best.tier !== null && SWAP_MS[best.tier] < SWAP_MS[next.tier])
    return best.joins ? "; this version runs here already" : `; on ${next.nodeName} ${TIER_WORDS[next.tier]}`;
  if (best.inFlight !== null && next.inFlight !== null && best.inFlight < next.inFlight)
    return `; ${next.nodeName} has ${next.inFlight}`;
  return "; first in this version's own order of nodes";
}

type Named = Pick<OptionVerdict, "via" | "isCandidate" | "versionNumber" | "model" | "endpoint">;

/** One way to answer, and whether it can. */
export function describeOption(option: Named & { canAnswer: boolean; nodes: readonly NodeVerdict[] }): string {
  const name = sentenceCase(nameOf(option));
  const { endpoint, canAnswer, nodes } = option;
  if (endpoint) return `${name}: ${canAnswer ? "may answer" : "failed, and gets no requests for now"}.`;
  const able = nodes.filter(({ reason }) => reason === null).length;
  return `${name}: ${able > 0 ? able : "none"} of ${nodes.length === 1 ? "1 node" : `${nodes.length} nodes`} may answer.`;
}

/** Who answers, and why it is not what the caller asked for. */
export function describeOutcome(options: readonly OptionVerdict[], forced: boolean): string {
  const chosen = options.find(({ isChosen }) => isChosen);
  if (!chosen) return "Nothing can answer right now.";
  const node = chosen.nodes.find(({ isChosen }) => isChosen);
  const who = `${sentenceCase(nameOf(chosen))} answers${node ? `, on ${node.sentence}` : ""}`;
  if (!chosen.isFallback) return `${who}.`;
  const own = options.find(({ isFallback }) => !isFallback);
  const isByHand = forced && (!own || options.indexOf(chosen) < options.indexOf(own));
  if (isByHand) return `${who}. This is a manual override.`;
  return own ? `${who}. ${own.sentence}` : `${who}. What should have answered is not known to the gateway.`;
}

function nameOf({ via, isCandidate, versionNumber, model, endpoint }: Named): string {
  const label = NAMES[isCandidate ? "candidate" : via];
  if (versionNumber !== null) return `${label} v${versionNumber}`;
  return `${label} ${endpoint?.name ?? model ?? ""}`.trim();
}

const NAMES: Record<Via | "candidate", string> = {
  primary: "version",
  candidate: "the candidate version",
  previous_version: "the previous version",
  base_model: "the base model",
  hosted_provider: "the hosted provider",
  origin: "the customer's own endpoint",
};

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const requests = (count: number): string => (count === 1 ? "1 request" : `${count} requests`);
