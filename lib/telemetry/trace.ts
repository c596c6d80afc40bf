import type { TrafficKind, Via } from "./schema.ts";

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
};
