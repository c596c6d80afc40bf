import type { OnboardingFinding } from "#lib/fleet/schema.ts";
import type { Condition, Figure } from "#lib/http/schema.ts";
import type { BaseShapes } from "#lib/platform/safetensors/base-shapes.ts";
import type { FallbackPolicy, PoolDtype } from "#lib/pools/schema.ts";
import type { NodeAct, NodeRequest } from "#lib/telemetry/derived/node-timeline.ts";

/** What was counted within the window, and how it is known. */
export type Count = { value: number; source: Figure["source"] };

/** What a node was asked for, from some time before the window on. Moments in ms. */
export type NodeTrace = {
  requests: readonly NodeRequest[];
  acts: readonly NodeAct[];
  /** By the name that a request asked for; names that nobody here gave are absent. */
  tenantOf: ReadonlyMap<string, string>;
};

/** A node that serves customers. */
export type NodeFacts = {
  id: string;
  name: string;
  cordoned: boolean;
  simulated: boolean;
  gpu: string | null;
  pricePerHour: number | null;
  conditions: readonly Condition[];
  /** Of its latest inspection; null = never inspected. */
  report: readonly OnboardingFinding[] | null;
  /** Slots and places that its engine runs with. */
  slots: number;
  cpuPlaces: number;
  /** The last good look at its metrics; null = none. */
  lookedAt: Date | null;
  /** Adapters that lost their slot within the window; null = nobody can tell. */
  evictions: Count | null;
  /** Adapters read from disk within the window by themselves, not for a load that we asked for. */
  diskReads: Count | null;
  /** Names it lists now, and the most it listed at once within the last day of its process. */
  loaded: { now: number; peak: number };
  /** Copies in host memory of names that it lists no more; null = nobody can tell. */
  unlisted: number | null;
  /** null = it was not read: nothing asked for it, or there were too many requests. */
  trace: NodeTrace | null;
};

/** All that the detectors look at, of one pool as of one moment. */
export type PoolFacts = {
  now: Date;
  /** Where the window begins that counts and traces are of. */
  from: Date;
  pool: {
    id: string;
    name: string;
    baseModel: string;
    baseShapes: BaseShapes | null;
    dtype: PoolDtype;
    maxModelLen: number;
    maxLoras: number;
    maxLoraRank: number;
    maxCpuLoras: number;
    gpuMemoryUtilization: number;
    fallback: FallbackPolicy;
  };
  settings: { evictionAlertThreshold: number; healthCheckInterval: number };
  /** Those that are active and have an adapter in the pool. */
  tenants: number;
  /** Those of them whose own policy lets nothing else answer. */
  rejecting: number;
  live: readonly { rank: number | null; targetModules: readonly string[] }[];
  /** The highest rank that the pool must take as long as its versions stay where they are; null = nothing is there. */
  highestRank: number | null;
  nodes: readonly NodeFacts[];
};

/** Counts are compared by the minute. */
export const minutesOf = ({ now, from }: Pick<PoolFacts, "now" | "from">): number =>
  (now.getTime() - from.getTime()) / 60_000;
