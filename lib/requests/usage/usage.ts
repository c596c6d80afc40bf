import type { TrafficKind, Via } from "../schema.ts";

/**
 * What one gateway counted of one minute, by tenant, adapter, version, kind and way. Absolute: the same row is sent again,
 * whole, until its minute is over. A request counts in the minute it ended in.
 */
export type UsageRow = {
  instanceId: string;
  minute: Date;
  tenantId: string;
  /** "" = none. */
  adapterId: string;
  /** "" = the base model, an endpoint, or nothing. */
  versionId: string;
  kind: TrafficKind;
  /** "" = nothing answered. */
  via: Via | "";
  requests: number;
  /** Answered with 500 or more. */
  failed: number;
  /** With 400 to 499, shed ones aside; a client that left before the end is among them (499). */
  refused: number;
  /** With 429: over a limit, or no place in time. */
  shed: number;
  /** Answered by something else than the route's own target. */
  fallbacks: number;
  simulated: boolean;
  promptTokens: number;
  completionTokens: number;
  /** Answered requests whose tokens nobody told. */
  uncounted: number;
  /** Counts by the bounds of `usage-buckets.ts`. Latency and time to first token are of answered requests only. */
  ttft: readonly number[];
  interToken: readonly number[];
  latency: readonly number[];
  queued: readonly number[];
};
