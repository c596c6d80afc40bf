import type { ExpectedTier } from "#lib/requests/trace/trace.ts";
import { PER_REQUEST_MS, SWAP_MS } from "./costs.ts";
import type { Flow } from "./fair-queue.ts";
import type { NodeState } from "./node-state.ts";

type Nodes = ReadonlyMap<string, NodeState>;

/** A request as far as choosing its node goes. */
export type NodePreference = {
  name: string | null;
  nodes: readonly string[];
  isBackground: boolean;
  flow: Flow;
  /** Where it would start in the fair queue. */
  start: number;
  /** Whether others use the pool too, and whether it takes most of it all the same. */
  isShared: boolean;
  isGreedy: boolean;
};

/** Filled anew by each `chooseNode`, so that nothing is allocated per request. */
export type Choice = {
  node: NodeState | null;
  tier: ExpectedTier;
  /** Its adapter is in flight there. */
  isJoin: boolean;
  /** What the request costs there, in ms. */
  costMs: number;
  /** What it would cost to wait for a node that is full now and has the weights; infinite = there is none. */
  waitCostMs: number;
  /** How many of the nodes exist here. */
  known: number;
};

export const newChoice = (): Choice => ({
  node: null,
  tier: "unknown",
  isJoin: false,
  costMs: 0,
  waitCostMs: 0,
  known: 0,
});

/** A swap stops everybody on the node; with this many in flight it counts double. */
const STALL_DOUBLES_AT = 8;
/** Who loses its slot will want it back: half of a swap when that was used so long ago. */
const REGRET_HALF_MS = 4_000;
/** While others wait for a slot, a group may run ahead of them by so much cost, then it must drain. */
const JOIN_OVERRUN = 1_500;
/** Beside others, a tenant of weight 1 fills no more than this part of a slot's share of a node's places; */
const SHARE_OF_SLOT = 0.6;
/** a greedy one as many as let it have so many requests a second there: each one's prefill stops everybody. */
const GREEDY_PER_SECOND = 6;
const PLACES_MIN = 3;

/** Puts the node where the request costs least into `choice`; among equals the first listed. */
export function chooseNode(nodes: Nodes, pref: NodePreference, now: number, choice: Choice): void {
  choice.node = null;
  choice.costMs = Number.POSITIVE_INFINITY;
  choice.waitCostMs = Number.POSITIVE_INFINITY;
  choice.known = 0;
  for (const nodeId of pref.nodes) {
    const node = nodes.get(nodeId);
    if (node === undefined) continue;
    choice.known += 1;
    weigh(node, pref, now, choice);
  }
}

function weigh(node: NodeState, pref: NodePreference, now: number, choice: Choice): void {
  const { name, isBackground } = pref;
  const resident = name === null ? undefined : node.residency.find(name);
  const isJoin = resident !== undefined && resident.running > 0;
  if (name !== null && !isJoin && !node.hasSlot(isBackground)) return;
  if (isJoin && !mayJoin(node, resident.background, pref)) return;
  const tier = name === null || isJoin ? "gpu" : node.residency.tierOf(resident);
  const loadMs = PER_REQUEST_MS * node.inFlight;
  const ahead = placesAhead(node, pref, now);
  if (ahead > 0) {
    if (tier === "gpu") choice.waitCostMs = Math.min(choice.waitCostMs, loadMs + node.serviceMs / ahead);
    return;
  }
  const costMs = loadMs + (tier === "gpu" ? 0 : swapCost(node, SWAP_MS[tier], now));
  if (costMs >= choice.costMs) return;
  choice.node = node;
  choice.tier = tier;
  choice.isJoin = isJoin;
  choice.costMs = costMs;
}

/** A running group grows unless its slot is needed by somebody who is more than the overrun behind. */
function mayJoin(node: NodeState, background: number, { isBackground, start }: NodePreference): boolean {
  if (isBackground) return background > 0 || node.hasBackgroundShare();
  return start <= node.neededBy + JOIN_OVERRUN;
}

/** Of how many requests one must end before there is a place for this one; 0 = there is one. */
function placesAhead(node: NodeState, { isBackground, flow, isShared, isGreedy }: NodePreference, now: number): number {
  if (!node.hasPlace(isBackground, now)) return Math.max(1, node.inFlight);
  if (!isShared) return 0;
  const share = (node.maxInFlight / Math.max(1, node.maxLoras)) * SHARE_OF_SLOT;
  const places = isGreedy ? Math.min(share, (GREEDY_PER_SECOND * flow.serviceMs) / 1000) : share;
  const own = node.inFlightOf(flow);
  return own < Math.ceil(Math.max(PLACES_MIN, places) * flow.weight) ? 0 : own;
}

function swapCost(node: NodeState, swapMs: number, now: number): number {
  const coldest = node.residency.coldestUsedAt();
  const regretMs =
    coldest === null ? 0 : (SWAP_MS.cpu * REGRET_HALF_MS) / (REGRET_HALF_MS + Math.max(0, now - coldest));
  return (swapMs + regretMs) * (1 + node.inFlight / STALL_DOUBLES_AT);
}

/** Notes that a request waits for a slot of these nodes: from now on their groups grow only within their share. */
export function markNeeded(nodes: Nodes, pref: NodePreference): void {
  if (pref.name === null || pref.isBackground) return;
  for (const nodeId of pref.nodes) {
    const node = nodes.get(nodeId);
    if (node !== undefined && !node.hasSlot(false) && pref.start < node.neededBy) node.neededBy = pref.start;
  }
}
