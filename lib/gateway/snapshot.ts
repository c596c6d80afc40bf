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
  adapters: readonly AdapterEntry[];
  /** The one marked so, else the only one. */
  defaultAdapter: AdapterEntry | null;
};
export type AdapterEntry = {
  id: string;
  slug: string;
  poolId: string;
  liveVersionId: string | null;
  previousVersionId: string | null;
  liveSince: Date | null;
};
export type PoolEntry = { id: string; baseModel: string; fallback: FallbackPolicy; nodeIds: readonly string[] };
export type NodeEntry = {
  id: string;
  name: string;
  baseUrl: string;
  apiKey: string | null;
  simulated: boolean;
  /** May customers be sent here: neither standalone, nor cordoned, nor known to be broken. */
  servesCustomers: boolean;
};
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
