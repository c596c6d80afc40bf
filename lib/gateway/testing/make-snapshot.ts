import { parseApiKey } from "#lib/identity/api-key.ts";
import type {
  AdapterEntry,
  ControlEntry,
  EndpointEntry,
  KeyEntry,
  NodeEntry,
  PoolEntry,
  Snapshot,
  TenantEntry,
  VersionEntry,
} from "../snapshot/snapshot.ts";
import { DEFAULT_SETTINGS } from "../snapshot/snapshot.ts";

export const ACME_KEY = `sy_aaaaaaaaaaaa_${"a".repeat(43)}`;
export const GLOBEX_KEY = `sy_bbbbbbbbbbbb_${"b".repeat(43)}`;
export const TRUSTED_KEY = "trusted-upstream-key-of-at-least-32-characters";
export const READ_ONLY_KEY = `sy_cccccccccccc_${"c".repeat(43)}`;

const keyEntry = (text: string, entry: Partial<KeyEntry>): [string, KeyEntry] => {
  const { prefix, hash } = parseApiKey(text);
  return [prefix, { id: `key_${prefix}`, tenantId: null, hash, scopes: new Set(), expiresAt: null, ...entry }];
};
const byId = <T extends { id: string }>(entries: readonly T[]) => new Map(entries.map((entry) => [entry.id, entry]));

export const node = (id: string, change: Partial<NodeEntry> = {}): NodeEntry => ({
  id,
  name: id,
  poolId: "pool_1",
  baseUrl: `http://${id}.test`,
  apiKey: null,
  simulated: true,
  epoch: 1,
  maxLoras: 12,
  maxCpuLoras: 48,
  maxInFlight: 256,
  mixesBase: false,
  closedBecause: null,
  ...change,
});
export const adapter = (id: string, change: Partial<AdapterEntry> = {}): AdapterEntry => ({
  id,
  slug: "support",
  poolId: "pool_1",
  liveVersionId: "ver_2",
  previousVersionId: "ver_1",
  liveSince: new Date(0),
  originEndpointId: null,
  candidate: null,
  mirror: null,
  isObserved: false,
  recording: null,
  ...change,
});
export const tenant = (id: string, change: Partial<TenantEntry> = {}): TenantEntry => {
  const adapters = change.adapters ?? [adapter(`adp_${id}`)];
  return {
    id,
    slug: id.replace("ten_", ""),
    status: "active",
    fallback: "base_model",
    allowBaseModel: false,
    weight: 1,
    limits: { maxConcurrent: null, requestsPerMinute: null, tokensPerMinute: null, tokensPerRequest: null },
    hostedEndpointId: null,
    adapters,
    defaultAdapter: adapters[0] ?? null,
    ...change,
  };
};
export const version = (id: string, change: Partial<VersionEntry> = {}): VersionEntry => ({
  id,
  tenantId: "ten_acme",
  adapterId: "adp_ten_acme",
  poolId: "pool_1",
  number: Number(id.slice(4)),
  loraName: `lora-${id}`,
  routableOn: ["node_1", "node_2"],
  ...change,
});

export const pool = (id: string, change: Partial<PoolEntry> = {}): PoolEntry => ({
  id,
  baseModel: "base",
  fallback: "base_model",
  nodeIds: ["node_1", "node_2"],
  maxBatchWaitMs: 50,
  saturationWaitMs: 5_000,
  queueMax: 512,
  hostedEndpointId: null,
  servesEmbeddings: false,
  servesResponses: false,
  ...change,
});

export const endpoint = (id: string, change: Partial<EndpointEntry> = {}): EndpointEntry => ({
  id,
  tenantId: "ten_acme",
  name: id,
  baseUrl: `http://${id}.test/v1`,
  model: null,
  apiKey: null,
  ...change,
});
export const control = (
  kind: ControlEntry["kind"],
  change: Partial<ControlEntry> & Pick<ControlEntry, "expiresAt">,
): ControlEntry => ({ id: `ctl_${kind}`, kind, tenantId: null, nodeId: null, ...change });

/** Two nodes, two tenants; acme's version 2 is live on both nodes and version 1 was before it. */
export function makeSnapshot(change: {
  tenants?: readonly TenantEntry[];
  nodes?: readonly NodeEntry[];
  versions?: readonly VersionEntry[];
  pools?: readonly PoolEntry[];
  endpoints?: readonly EndpointEntry[];
  controls?: readonly ControlEntry[];
}): Snapshot {
  const tenants = change.tenants ?? [tenant("ten_acme"), tenant("ten_globex")];
  return {
    readAt: new Date(0),
    settings: DEFAULT_SETTINGS,
    tenants: byId(tenants),
    tenantsBySlug: new Map(tenants.map((entry) => [entry.slug, entry])),
    keys: new Map([
      keyEntry(ACME_KEY, { tenantId: "ten_acme", scopes: new Set(["inference"]) }),
      keyEntry(GLOBEX_KEY, { tenantId: "ten_globex", scopes: new Set(["inference"]), expiresAt: new Date(1_000_000) }),
      keyEntry(TRUSTED_KEY, { scopes: new Set(["gateway:trusted"]) }),
      keyEntry(READ_ONLY_KEY, { tenantId: "ten_acme", scopes: new Set(["tenant:read"]) }),
    ]),
    pools: byId(change.pools ?? [pool("pool_1")]),
    nodes: byId(change.nodes ?? [node("node_1"), node("node_2")]),
    versions: byId(change.versions ?? [version("ver_1"), version("ver_2")]),
    endpoints: byId(change.endpoints ?? []),
    controls: change.controls ?? [],
    liveInstances: 1,
  };
}
