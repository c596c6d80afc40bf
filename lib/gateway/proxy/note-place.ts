import type { RequestTrace } from "#lib/requests/trace/trace.ts";
import type { Place } from "../admission/ask.ts";
import type { NodeOption } from "../routing/plan-route.ts";
import type { EndpointEntry, NodeEntry } from "../snapshot/snapshot.ts";

/** Which node a request goes to next; what it waited adds up over its tries. */
export function noteNode(trace: RequestTrace, { version }: NodeOption, node: NodeEntry, place: Place): void {
  trace.nodeId = node.id;
  trace.nodeEpoch = node.epoch;
  trace.endpointId = null;
  trace.simulated = node.simulated;
  trace.expectedTier = version === null ? null : place.tier;
  trace.queuedMs = Math.round((trace.queuedMs ?? 0) + place.queuedMs);
  trace.heldMs = Math.round((trace.heldMs ?? 0) + place.heldMs);
}

/** Which endpoint it goes to next. */
export function noteEndpoint(trace: RequestTrace, { id }: EndpointEntry): void {
  trace.nodeId = null;
  trace.nodeEpoch = null;
  trace.endpointId = id;
  trace.simulated = false;
  trace.expectedTier = null;
}
