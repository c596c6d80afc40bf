import type { DecodingMode, Verdict } from "#lib/evals/schema.ts";
import type { OnboardingFinding } from "#lib/fleet/schema.ts";
import type { Condition, Measurement } from "#lib/http/schema.ts";
import type { NodeAct, NodeRequest } from "#lib/metrics/derived/node-timeline.ts";
import type { PoolRecord } from "#lib/pools/store.ts";

type ModeReport = Verdict["modes"][DecodingMode];

/** What was counted within the window, and how it is known. */
export type Count = { value: number; source: Measurement["source"] };

/** What a node was asked for, from some time before the window on. Moments in ms. */
export type NodeTrace = {
  requests: readonly NodeRequest[];
  acts: readonly NodeAct[];
  /** By the name that a request asked for; names that nobody here gave are absent. */
  tenantOf: ReadonlyMap<string, string>;
};

/**
 * One minute of a node: the mean of distinct adapters a batch, and tokens generated a second. `by` says how they are known:
 * steps = the plugin counts each; scrapes = vLLM names who has a request, which is at least what a batch holds.
 */
export type BatchMinute = { by: "steps" | "scrapes"; adapters: number; tokensPerSecond: number };

/** A version that was refused for its base, architecture or tokenizer, and that nothing newer took the place of. */
export type RejectedVersion = {
  versionId: string;
  adapterId: string;
  tenantId: string;
  /** Such as "acme / bot v3". */
  name: string;
  problems: readonly { title: string; message: string; fix: string | null }[];
};

/** A version with several verdicts on the same bytes, newest first. */
export type JudgedVersion = {
  versionId: string;
  adapterId: string;
  tenantId: string;
  name: string;
  isLive: boolean;
  runs: readonly JudgedRun[];
};
export type JudgedMode = Pick<ModeReport, "outcome" | "n" | "prompts" | "missing" | "invalid" | "netRegression">;
export type JudgedRun = {
  suiteId: string;
  at: Date;
  simulated: boolean;
  modes: Record<DecodingMode, JudgedMode>;
  /** What it was judged under, besides the bytes and the prompts; null = not on record. */
  conditions: { vllmVersion: string | null; nodeGpu: string | null; baseline: string | null };
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
  /** The last good scrape of its metrics; null = none. */
  scrapedAt: Date | null;
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
  /** Minutes of the last hours in which it was asked for adapters, counted alike; null = it does not tell. */
  batches: readonly BatchMinute[] | null;
};

/** All that the detectors check, of one pool as of one moment. */
export type PoolFacts = {
  now: Date;
  /** The window that counts and traces are of: that of the alerts. */
  from: Date;
  to: Date;
  pool: Pick<
    PoolRecord,
    | "id"
    | "name"
    | "baseModel"
    | "baseShapes"
    | "dtype"
    | "maxModelLen"
    | "maxLoras"
    | "maxLoraRank"
    | "maxCpuLoras"
    | "adapterCount"
    | "gpuMemoryUtilization"
    | "fallback"
    | "maxBatchWaitMs"
    | "generation"
  >;
  settings: { evictionAlertThreshold: number; healthCheckInterval: number };
  /** Those that are active and have an adapter in the pool. */
  tenants: number;
  /** Those of them whose own policy lets nothing else answer. */
  rejecting: number;
  live: readonly { rank: number | null; targetModules: readonly string[] }[];
  /** The highest rank that the pool must take as long as its versions stay where they are; null = nothing is there. */
  highestRank: number | null;
  nodes: readonly NodeFacts[];
  rejected: readonly RejectedVersion[];
  judged: readonly JudgedVersion[];
};

/** Counts are compared by the minute. */
export const minutesOf = ({ from, to }: Pick<PoolFacts, "from" | "to">): number =>
  (to.getTime() - from.getTime()) / 60_000;
