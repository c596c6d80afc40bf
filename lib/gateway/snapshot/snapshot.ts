import type { ControlKind } from "#lib/fleet/browser/control-kinds.ts";
import type { FallbackPolicy } from "#lib/pools/schema.ts";
import type { TenantStatus } from "#lib/registry/schema.ts";

/** Everything a request is decided by, read from the catalog in one go and never changed afterwards. */
export type Snapshot = {
  /** When it was read. */
  readAt: Date;
  settings: GatewaySettings;
  tenants: ReadonlyMap<string, TenantEntry>;
  tenantsBySlug: ReadonlyMap<string, TenantEntry>;
  /** By prefix; revoked keys are absent. */
  keys: ReadonlyMap<string, KeyEntry>;
  pools: ReadonlyMap<string, PoolEntry>;
  nodes: ReadonlyMap<string, NodeEntry>;
  /** Versions that are live, were live before, or are proven on some node. */
  versions: ReadonlyMap<string, VersionEntry>;
  endpoints: ReadonlyMap<string, EndpointEntry>;
  /** What was set by hand and not ended; each counts until its own `expiresAt`, whether or not anybody ends it. */
  controls: readonly ControlEntry[];
  /** Gateways that were alive a moment ago, this one included: tenants' limits are shared out among them. */
  liveInstances: number;
};

export type GatewaySettings = { tenantHeader: string; healthCheckIntervalMs: number };
export const DEFAULT_SETTINGS: GatewaySettings = { tenantHeader: "x-tenant-id", healthCheckIntervalMs: 10_000 };

export type KeyEntry = {
  id: string;
  /** null = a platform key. */
  tenantId: string | null;
  hash: string;
  scopes: ReadonlySet<string>;
  expiresAt: Date | null;
};
export type TenantEntry = {
  id: string;
  slug: string;
  status: TenantStatus;
  fallback: FallbackPolicy;
  allowBaseModel: boolean;
  /** Share of a busy pool beside the others'; at least 1. */
  weight: number;
  limits: TenantLimits;
  /** Where `hosted_provider` goes; null = the pool's. */
  hostedEndpointId: string | null;
  adapters: readonly AdapterEntry[];
  /** The one marked so, else the only one. */
  defaultAdapter: AdapterEntry | null;
};
/** Of one tenant, over all gateways; null = none. */
export type TenantLimits = {
  maxConcurrent: number | null;
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  tokensPerRequest: number | null;
};
export type AdapterEntry = {
  id: string;
  slug: string;
  poolId: string;
  liveVersionId: string | null;
  previousVersionId: string | null;
  liveSince: Date | null;
  /** The customer's present endpoint; it answers while nothing is live. null = none, or it was switched off. */
  originEndpointId: string | null;
  /** A version that gets `weight` percent of the conversations, 1 to 100. */
  candidate: { versionId: string; weight: number } | null;
  /** A version that gets a copy of `share` percent of the requests, 1 to 100. */
  mirror: { versionId: string; share: number } | null;
  /** A cutover looks at how its requests are answered. */
  isObserved: boolean;
  /** Its customer lets requests be kept; null = it does not. */
  recording: RecordingEntry | null;
};
/** A customer's leave to keep `perCent` of an adapter's requests, 1 to 100; `words` are replaced beside what has a shape. */
export type RecordingEntry = { id: string; perCent: number; until: Date; words: readonly string[] };
export type PoolEntry = {
  id: string;
  baseModel: string;
  fallback: FallbackPolicy;
  nodeIds: readonly string[];
  /** How long a request may be held back to join others of its adapter. */
  maxBatchWaitMs: number;
  /** Expected wait from which on the pool counts as saturated. */
  saturationWaitMs: number;
  queueMax: number;
  hostedEndpointId: string | null;
  servesEmbeddings: boolean;
  servesResponses: boolean;
};
export type NodeEntry = {
  id: string;
  name: string;
  poolId: string;
  baseUrl: string;
  apiKey: string | null;
  simulated: boolean;
  /** Rises with each restart of its engine. */
  epoch: number;
  /** As the node itself shows them, else as its pool declares them. */
  maxLoras: number;
  maxCpuLoras: number;
  /** Requests it answers at once. */
  maxInFlight: number;
  /** Its engine would answer for the base model with an adapter's weights: a CPU engine that has adapters loaded. */
  mixesBase: boolean;
  /** Why no customer is sent here, controls aside; null = they are. */
  closedBecause: NodeClosure | null;
};
/** `cordoned`: for good; see `controls` for the rest. `broken`: its engine is dead or serves another base model. `key_unreadable`: it would only answer 401. */
export type NodeClosure = "standalone" | "cordoned" | "broken" | "key_unreadable";
export type VersionEntry = {
  id: string;
  tenantId: string;
  adapterId: string;
  poolId: string;
  number: number;
  loraName: string;
  /** Nodes where it passed its load probe in their present epoch. */
  routableOn: readonly string[];
};
/** An OpenAI-compatible service of somebody else. */
export type EndpointEntry = {
  id: string;
  /** null = may stand in for any tenant. */
  tenantId: string | null;
  name: string;
  /** `/chat/completions` follows it. */
  baseUrl: string;
  /** The model it is asked for; null = what the customer sent. */
  model: string | null;
  apiKey: string | null;
};
export type ControlEntry = {
  id: string;
  kind: ControlKind;
  tenantId: string | null;
  nodeId: string | null;
  expiresAt: Date;
};
