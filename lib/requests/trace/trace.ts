import type { TrafficKind, Via } from "../schema.ts";

/** One request through the gateway, from arrival to the last byte; never its content. Times are wall clock. */
export type RequestTrace = {
  /** The id in `x-request-id`. */
  id: string;
  /** null = the caller was refused before a tenant was known. */
  tenantId: string | null;
  /** null = the base model was asked for by name, or no adapter was found. */
  adapterId: string | null;
  /** The version that answered; null = the base model did, or nothing. */
  versionId: string | null;
  nodeId: string | null;
  /** The name the node was asked for. */
  loraName: string | null;
  kind: TrafficKind;
  /** null = nothing answered. */
  via: Via | null;
  path: string;
  status: number;
  /** Stable code of a refusal or a failure. */
  reason: string | null;
  stream: boolean;
  simulated: boolean;
  arrivedAt: Date;
  dispatchedAt: Date | null;
  firstByteAt: Date | null;
  endedAt: Date;
  promptTokens: number | null;
  completionTokens: number | null;
  /** The key it came with. */
  keyId: string | null;
  /** Which life of the node's process answered. */
  nodeEpoch: number | null;
  /** The origin or provider that answered instead of a node. */
  endpointId: string | null;
  /** Waited for a place; of that held back by choice, to join others of its adapter. null = it never got that far. */
  queuedMs: number | null;
  heldMs: number | null;
  /** Where the gateway expected the weights when it sent the request; null = no adapter was asked for. */
  expectedTier: ExpectedTier | null;
  /** Nodes and endpoints that it was sent to. */
  attempts: number;
  /** Why something else than the route's own target answered; null = nothing else did. */
  fallbackReason: string | null;
  /** A version that was asked first and failed. */
  failedVersionId: string | null;
  /** How well formed the reply's tool calls are; null = nobody looked, for no cutover looks at the route. */
  toolCalls: ToolCalls | null;
  /** Of a copy, how it was answered beside the reply that the customer got. */
  comparison: Comparison | null;
};

/** `unparsed`: a call is in no form that could be read; `invalid`: its tool or its arguments are not as the request declares. */
export type ToolCalls = "none" | "valid" | "unparsed" | "invalid";
/** By the names of the called tools and their arguments in normal form. */
export type Comparison = "same" | "different" | "both_none" | "not_comparable";

/** Where a node's weights are expected; `unknown` while nobody has measured a tier that the gateway did not fill. */
export type ExpectedTier = "gpu" | "cpu" | "disk" | "unknown";
