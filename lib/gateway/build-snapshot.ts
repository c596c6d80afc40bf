import * as z from "zod";
import { conditionOf, NODE_CONDITIONS } from "#lib/fleet/conditions.ts";
import type { Condition } from "#lib/http/schema.ts";
import { DEFAULT_SETTINGS, type GatewaySettings, type NodeEntry, type Snapshot, type TenantEntry } from "./snapshot.ts";
import type { RoutingRows } from "./store.ts";

/** `unreadable` = the node has a key that this process cannot open. */
export type OpenKey = (nodeId: string, sealed: string) => { key: string | null } | "unreadable";

/** Turns rows into the maps that requests are decided by. */
export function buildSnapshot(rows: RoutingRows, openKey: OpenKey, readAt: Date): Snapshot {
  const tenants = rows.tenants.map(tenantEntry);
  const nodes = rows.nodes.map((row) => nodeEntry(row, openKey));
  return {
    readAt,
    settings: readSettings(rows.settings),
    tenants: byId(tenants),
    tenantsBySlug: new Map(tenants.map((tenant) => [tenant.slug, tenant])),
    keys: new Map(rows.keys.map(({ prefix, scopes, ...key }) => [prefix, { ...key, scopes: new Set(scopes) }])),
    pools: byId(
      rows.pools.map((pool) => ({
        ...pool,
        nodeIds: rows.nodes.filter((node) => node.poolId === pool.id).map((node) => node.id),
      })),
    ),
    nodes: byId(nodes),
    versions: byId(
      rows.versions.flatMap(({ loraName, adapter, ...version }) =>
        loraName === null
          ? []
          : [{ ...version, loraName, poolId: adapter.poolId, routableOn: routableNodes(version.id, rows.nodes) }],
      ),
    ),
  };
}

const byId = <T extends { id: string }>(entries: readonly T[]): Map<string, T> =>
  new Map(entries.map((entry) => [entry.id, entry]));

function tenantEntry(row: RoutingRows["tenants"][number]): TenantEntry {
  const adapters = row.adapters.map(({ id, slug, poolId, route }) => ({
    id,
    slug,
    poolId,
    liveVersionId: route?.liveVersionId ?? null,
    previousVersionId: route?.previousVersionId ?? null,
    liveSince: route?.liveSince ?? null,
  }));
  const marked = row.adapters.findIndex((adapter) => adapter.isDefault);
  return {
    id: row.id,
    slug: row.slug,
    status: row.status,
    fallback: row.fallback,
    allowBaseModel: row.allowBaseModel,
    adapters,
    defaultAdapter: adapters[marked] ?? (adapters.length === 1 ? (adapters[0] ?? null) : null),
  };
}

function nodeEntry(row: RoutingRows["nodes"][number], openKey: OpenKey): NodeEntry {
  const conditions = row.conditions as unknown as Condition[];
  const isBroken = [NODE_CONDITIONS.engineHealthy, NODE_CONDITIONS.baseModelMatches].some(
    (type) => conditionOf(conditions, type)?.status === "false",
  );
  const opened = row.sealedKey === null ? { key: null } : openKey(row.id, row.sealedKey);
  const isLocked = opened === "unreadable";
  return {
    id: row.id,
    name: row.name,
    baseUrl: row.baseUrl,
    apiKey: isLocked ? null : opened.key,
    simulated: row.simulated,
    servesCustomers: !row.standalone && !row.cordoned && !isBroken && !isLocked,
  };
}

/** A proof from an earlier epoch is void: that process is gone, and its adapters with it. */
const routableNodes = (versionId: string, nodes: RoutingRows["nodes"]): string[] =>
  nodes
    .filter((node) => node.registrations.some((one) => one.versionId === versionId && one.epoch === node.epoch))
    .map((node) => node.id);

const TenantHeader = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/)
  .transform((name) => name.toLowerCase());
const IntervalSeconds = z.number().min(1).max(3600);

/** A setting that makes no sense is ignored: it must not stop traffic. */
function readSettings(rows: RoutingRows["settings"]): GatewaySettings {
  const value = (key: string) => rows.find((row) => row.key === key)?.value;
  const header = TenantHeader.safeParse(value("tenant_header"));
  const interval = IntervalSeconds.safeParse(value("health_check_interval"));
  return {
    tenantHeader: header.success ? header.data : DEFAULT_SETTINGS.tenantHeader,
    healthCheckIntervalMs: interval.success ? interval.data * 1000 : DEFAULT_SETTINGS.healthCheckIntervalMs,
  };
}
