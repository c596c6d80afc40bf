import type { ExpectedTier } from "#lib/requests/trace/trace.ts";

/** A place on a node. The caller dispatches at once and releases when the node's answer is over, however it ended. */
export type Place = {
  readonly nodeId: string;
  /** Where the weights are expected; `gpu` for the base model, which needs none. */
  readonly tier: ExpectedTier;
  /** How long it waited because there was no room. */
  readonly queuedMs: number;
  /** How long it waited because we chose to, for a node that has the weights. */
  readonly heldMs: number;
  /**
   * Gives the place back; only the first call counts.
   * @param tokens what it really cost, where known: the fair queue then forgets the estimate
   */
  release(tokens?: number): void;
};

export const REFUSAL_REASONS = ["queue_full", "saturated", "waited_too_long", "no_node"] as const;
/**
 * `queue_full`: the pool holds as many waiting requests as it may. `saturated`: the expected wait is too long.
 * `waited_too_long`: it waited as long as it was ready to. `no_node`: no node can serve it.
 */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];
/** `retryAfterSeconds` is a whole number of at least 1. */
export type Refusal = { reason: RefusalReason; retryAfterSeconds: number };

/** A request that wants a place. */
export type Ask = {
  tenantId: string;
  /** The tenant's share of a busy pool beside the others'; above 0. */
  weight: number;
  /** Evals, shadow requests and probes are `background`: they take what users leave. */
  priority: "user" | "background";
  poolId: string;
  /** Lora name; null = the base model, which needs no slot. */
  name: string | null;
  /** Nodes that may serve it now, in order of preference among equals. */
  nodes: readonly string[];
  /** Rough cost: prompt tokens and the most tokens it may produce. */
  tokens: number;
  /** After this long in the queue it is refused. 0 = it does not wait. */
  maxWaitMs: number;
  /** The nodes as of now, asked when something changed; none = nobody can serve it. */
  refresh(): readonly string[];
};

/** A request that waits, or waited. Cancelling one that has been answered does nothing. */
export type Ticket = { cancel(): void };

export type NodeSlots = {
  nodeId: string;
  poolId: string;
  /** A new one means a new process with empty tiers. */
  epoch: number;
  maxLoras: number;
  maxCpuLoras: number;
  /** Requests it may run at once. */
  maxInFlight: number;
};

export type PoolRules = {
  poolId: string;
  /** Longest hold for a node that has the weights; 0 = none. */
  maxBatchWaitMs: number;
  /** Waiting requests the pool holds at most. */
  queueMax: number;
  /** Expected wait from which on a tenant is refused at once. */
  saturationWaitMs: number;
};

/** Milliseconds of any steady clock. */
export type AdmissionClock = {
  now(): number;
  /** Runs something later. @returns what calls it off */
  after(ms: number, run: () => void): () => void;
};
