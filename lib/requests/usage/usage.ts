import type { TrafficKind, Via } from "../schema.ts";

/** What became of a request: answered by its own target or by a fallback, failed, turned away by us, refused. */
export type RequestOutcome = "own" | "fallback" | "failed" | "shed" | "refused";

/** Counts by a bucket of `durations.ts`, or by a reason. */
type StoredCounts = Readonly<Record<string, number>>;

/**
 * What one gateway counted of one minute, by tenant, adapter, version, node, kind and way. Absolute: the same row is sent
 * again, whole, until its minute is over. A request counts in the minute it ended in.
 */
export type UsageRow = {
  instanceId: string;
  /** Start of the minute. */
  at: Date;
  tenantId: string;
  /** "" = none. */
  adapterId: string;
  /** "" = the base model, an endpoint, or nothing. */
  versionId: string;
  /** "" = an endpoint, or nothing. */
  nodeId: string;
  kind: TrafficKind;
  /** "" = nothing answered. */
  via: Via | "";
  requests: number;
  /** With a status below 400. */
  answered: number;
  /** Answered with 500 or more. */
  failed: number;
  /** With 400 to 499, shed ones aside; a client that left before the end is among them (499). */
  refused: number;
  /** With 429: over a limit, or no place in time. */
  shed: number;
  /** Of `shed`: for want of room, or by a manual override. */
  turnedAway: number;
  /** Of `answered`: by something else than the route's own target. */
  fallbacks: number;
  /** Of `answered`: tokens unknown. */
  uncounted: number;
  promptTokens: number;
  completionTokens: number;
  /** Time from dispatch to end, at most a minute of each, summed: divided by a minute it is how many ran at once. */
  busyMs: number;
  /** Fallbacks by reason; codes of requests that failed or were turned away. */
  fallbackReasons: StoredCounts;
  failureReasons: StoredCounts;
  /** Histograms. Latency and time to first token are of answered requests; inter-token is the gaps between chunks. */
  latency: StoredCounts;
  ttft: StoredCounts;
  interToken: StoredCounts;
  queued: StoredCounts;
  simulated: boolean;
  /** When the newest of them ended, and what became of it. */
  lastAt: Date;
  lastOutcome: RequestOutcome;
};
