import type { NodeLoad, PlanAdapter } from "./placement-board.ts";
import type { Cause, PlacementDecision, PlannedPlacement, Shortfall } from "./plan-placement.ts";

/** "11 of 12 GPU slots busy on average", with a tenth where it matters. */
export const slotsTaken = ({ hot, node }: NodeLoad): string =>
  `${Number(hot.toFixed(hot < 10 ? 1 : 0))} of ${node.slots} GPU slots busy on average`;

const copiesOf = (load: NodeLoad): string => `${load.copies} copies against room for ${load.node.room}`;
const nodes = (count: number): string => `${count} node${count === 1 ? "" : "s"}`;

type Loads = ReadonlyMap<string, NodeLoad>;
const countOf = (loads: Loads, nodeId: string): string => {
  const load = loads.get(nodeId);
  return load ? `${load.node.name}: ${slotsTaken(load)}` : `${nodeId}: removed from the pool`;
};
const nameIn = (loads: Loads, nodeId: string): string => loads.get(nodeId)?.node.name ?? nodeId;

/** One or two sentences on why an adapter stays on a node, comes to it or leaves it. */
export function explainDecision(decision: PlacementDecision, adapter: PlanAdapter, plan: PlannedPlacement): string {
  return `${because(decision, adapter, plan)}${adapter.demand === null ? COLD : ""}`;
}

/** The planner counts what it does not know as nothing, and says so. */
const COLD = " No request for it was seen yet: it is taken as cold.";

function because(decision: PlacementDecision, adapter: PlanAdapter, { before, after }: PlannedPlacement): string {
  const { nodeId } = decision;
  switch (decision.action) {
    case "keep":
      return whyKept(nodeId, adapter, after);
    case "add":
      return whyAdded(nodeId, decision.cause, before, after);
    case "remove":
      return whyRemoved(nodeId, adapter, decision.cause, before, after);
  }
}

function whyKept(nodeId: string, adapter: PlanAdapter, after: Loads): string {
  const load = after.get(nodeId);
  if (load && load.node.away !== null)
    return `${load.node.name} ${load.node.away}: what it has stays, so that a short absence moves nothing.`;
  if (adapter.replicas === null) return `Every serving node has it. ${countOf(after, nodeId)}.`;
  if (adapter.pins.includes(nodeId)) return `Pinned here. ${countOf(after, nodeId)}.`;
  return `It is here, and no other node is emptier by enough to move it. ${countOf(after, nodeId)}.`;
}

function whyAdded(nodeId: string, cause: Cause, before: Loads, after: Loads): string {
  switch (cause.kind) {
    case "everywhere":
      return `Every serving node should have it. ${countOf(after, nodeId)}.`;
    case "pin":
      return `Pinned here. ${countOf(after, nodeId)}.`;
    case "room": {
      const from = before.get(cause.other);
      return `Comes from ${nameIn(before, cause.other)}${from ? `, which has ${copiesOf(from)}` : ""}. ${countOf(after, nodeId)}.`;
    }
    case "balance":
      return `Comes from ${countOf(before, cause.other)}. ${countOf(before, nodeId)} before the move.`;
    case "replica":
    case "surplus": {
      const load = after.get(nodeId);
      if (load && load.node.away !== null)
        return `No node that serves now is left; ${load.node.name} ${load.node.away}.`;
      return `The emptiest of ${nodes(after.size)} that can take it. ${countOf(after, nodeId)}.`;
    }
  }
}

function whyRemoved(nodeId: string, adapter: PlanAdapter, cause: Cause, before: Loads, after: Loads): string {
  const { replicas, pins, present } = adapter;
  switch (cause.kind) {
    case "room": {
      const here = before.get(nodeId);
      const where = nameIn(after, cause.other);
      return `Goes to ${where}${here ? `: ${here.node.name} has ${copiesOf(here)}` : ""}. It stays until ${where} has proven it.`;
    }
    case "balance": {
      const where = nameIn(after, cause.other);
      return `Goes to ${where}. ${countOf(before, nodeId)}. It stays until ${where} has proven it.`;
    }
    case "everywhere":
    case "pin":
    case "replica":
    case "surplus": {
      const wanted = Math.max(replicas ?? 0, pins.length);
      return `${wanted} of ${present.length} nodes suffice. ${countOf(before, nodeId)}. It stays until the others have proven it.`;
    }
  }
}

/** What an adapter lacks, and what to do about it. */
export function explainShortfall(shortfall: Shortfall, { after }: PlannedPlacement): { reason: string; fix: string } {
  switch (shortfall.kind) {
    case "too_few_nodes": {
      const { wanted, placed } = shortfall;
      if (placed === 0)
        return { reason: "The pool has no node that serves customers.", fix: "Add a node to the pool." };
      return {
        reason: `Wanted on ${nodes(wanted)}, and the pool has ${placed}: it is placed on all of them.`,
        fix: `Add a node, or set replicas to ${placed}.`,
      };
    }
    case "no_room": {
      const load = after.get(shortfall.nodeId);
      const where = load ? `${load.node.name} has ${copiesOf(load)}` : "Its node is over its room";
      return {
        reason: `${where}, and no other node can take it: vLLM will repeatedly read it from disk.`,
        fix: "Raise max_cpu_loras, add a node, or set fewer replicas.",
      };
    }
    case "nobody_serves": {
      const where = shortfall.nodeIds.map((id) => `${nameIn(after, id)} ${after.get(id)?.node.away ?? ""}`.trim());
      return {
        reason: `None of its nodes serves now: ${where.join(", ")}. Its requests fall back.`,
        fix: "Bring a node back, give it more replicas, or pin it to another node.",
      };
    }
  }
}
