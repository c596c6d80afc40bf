import * as z from "zod";
import { conditionOf, NODE_CONDITIONS } from "#lib/fleet/conditions.ts";
import type { Condition } from "#lib/http/schema.ts";
import { settingsOf } from "#lib/pools/browser/settings-schema.ts";
import { engineBackend, readBackend } from "#lib/vllm/engine-backend.ts";
import { mixesBaseRows } from "#lib/vllm/known-defects.ts";
import type {
  AdapterEntry,
  EndpointEntry,
  GatewaySettings,
  NodeClosure,
  NodeEntry,
  RecordingEntry,
  Snapshot,
  TenantEntry,
} from "./snapshot.ts";
import type { RoutingRows } from "./store.ts";

/** `unreadable` = the node or endpoint has a key that this process cannot open. */
export type OpenKey = (of: "node" | "endpoint", id: string, sealed: string) => { key: string | null } | "unreadable";

/** Turns rows into the maps that requests are decided by. */
export function buildSnapshot(rows: RoutingRows, openKey: OpenKey, readAt: Date): Snapshot {
  const observed = new Set(rows.observed.map(({ adapterId }) => adapterId));
  const recordings = new Map(rows.recordings.map(({ adapterId, ...recording }) => [adapterId, recording]));
  const tenants = rows.tenants.map((row) => tenantEntry(row, { observed, recordings }));
  const pools = new Map(rows.pools.map((pool) => [pool.id, pool]));
  const nodes = rows.nodes.map((row) => nodeEntry(row, pools.get(row.poolId), isCordoned(row, rows.controls), openKey));
  const routableOn = routableNodes(rows);
  return {
    readAt,
    settings: readSettings(rows.settings),
    tenants: byId(tenants),
    tenantsBySlug: new Map(tenants.map((tenant) => [tenant.slug, tenant])),
    keys: new Map(rows.keys.map(({ prefix, scopes, ...key }) => [prefix, { ...key, scopes: new Set(scopes) }])),
    pools: byId(
      rows.pools.map(({ maxLoras, maxCpuLoras, maxInFlight, ...pool }) => ({
        ...pool,
        nodeIds: rows.nodes.filter((node) => node.poolId === pool.id).map((node) => node.id),
      })),
    ),
    nodes: byId(nodes),
    versions: byId(rows.versions.map((version) => ({ ...version, routableOn: routableOn.get(version.id) ?? [] }))),
    endpoints: byId(rows.endpoints.flatMap((row) => endpointEntry(row, openKey))),
    controls: rows.controls.map(({ wasCordoned: _, ...control }) => control),
    liveInstances: Math.max(1, rows.instances),
  };
}

const byId = <T extends { id: string }>(entries: readonly T[]): Map<string, T> =>
  new Map(entries.map((entry) => [entry.id, entry]));

/** What is known of adapters, by their ids. */
type Watched = { observed: ReadonlySet<string>; recordings: ReadonlyMap<string, RecordingEntry> };

function tenantEntry(row: RoutingRows["tenants"][number], watched: Watched): TenantEntry {
  const adapters = row.adapters.map((adapter) => adapterEntry(adapter, watched));
  const marked = row.adapters.findIndex((adapter) => adapter.isDefault);
  return {
    id: row.id,
    slug: row.slug,
    status: row.status,
    fallback: row.fallback,
    allowBaseModel: row.allowBaseModel,
    weight: Math.max(1, row.weight),
    limits: {
      maxConcurrent: row.maxConcurrent,
      requestsPerMinute: row.requestsPerMinute,
      tokensPerMinute: row.tokensPerMinute,
      tokensPerRequest: row.tokensPerRequest,
    },
    hostedEndpointId: row.hostedEndpointId,
    adapters,
    defaultAdapter: adapters[marked] ?? (adapters.length === 1 ? (adapters[0] ?? null) : null),
  };
}

function adapterEntry(
  { id, slug, poolId, route }: RoutingRows["tenants"][number]["adapters"][number],
  { observed, recordings }: Watched,
): AdapterEntry {
  const candidate = share(route?.candidateVersionId, route?.candidateWeight);
  const mirror = share(route?.mirrorVersionId, route?.mirrorShare);
  return {
    id,
    slug,
    poolId,
    liveVersionId: route?.liveVersionId ?? null,
    previousVersionId: route?.previousVersionId ?? null,
    liveSince: route?.liveSince ?? null,
    originEndpointId: route?.originEndedAt ? null : (route?.originEndpointId ?? null),
    candidate: candidate && { versionId: candidate.versionId, weight: candidate.percent },
    mirror: mirror && { versionId: mirror.versionId, share: mirror.percent },
    isObserved: observed.has(id),
    recording: recordings.get(id) ?? null,
  };
}

const share = (versionId: string | null | undefined, percent: number | undefined) =>
  versionId && percent ? { versionId, percent } : null;

/** Without its key it would only answer 401, so it is left out. */
function endpointEntry(row: RoutingRows["endpoints"][number], openKey: OpenKey): EndpointEntry[] {
  const { sealedKey, ...endpoint } = row;
  const opened = sealedKey === null ? { key: null } : openKey("endpoint", row.id, sealedKey);
  return opened === "unreadable" ? [] : [{ ...endpoint, apiKey: opened.key }];
}

/** What of a node's limits admission goes by. */
const NodeLimits = z.object({
  maxLoras: z.object({ value: z.number().int().min(1) }),
  maxCpuLoras: z.object({ value: z.number().int().min(1) }),
});

function nodeEntry(
  row: RoutingRows["nodes"][number],
  pool: RoutingRows["pools"][number] | undefined,
  cordoned: boolean,
  openKey: OpenKey,
): NodeEntry {
  const opened = row.sealedKey === null ? { key: null } : openKey("node", row.id, row.sealedKey);
  const limits = NodeLimits.safeParse(row.limits);
  return {
    id: row.id,
    name: row.name,
    poolId: row.poolId,
    baseUrl: row.baseUrl,
    apiKey: opened === "unreadable" ? null : opened.key,
    simulated: row.simulated,
    epoch: row.epoch,
    maxLoras: limits.success ? limits.data.maxLoras.value : (pool?.maxLoras ?? 1),
    maxCpuLoras: limits.success ? limits.data.maxCpuLoras.value : (pool?.maxCpuLoras ?? 1),
    maxInFlight: pool?.maxInFlight ?? 1,
    mixesBase: mixesBase(row),
    closedBecause: closureOf(row, cordoned, opened === "unreadable"),
  };
}

/**
 * An adapter that is loaded may join any batch, so no adapter at all may be: what runs at the moment is not enough to know. One
 * that is to be loaded counts too: its registration is known after the load, and the load probe before that is a request.
 */
const mixesBase = ({ engineVersion, backend, gpu, _count }: RoutingRows["nodes"][number]): boolean =>
  _count.registrations + _count.placements > 0 &&
  mixesBaseRows(engineVersion, engineBackend(readBackend(backend), gpu));

function closureOf(row: RoutingRows["nodes"][number], cordoned: boolean, isLocked: boolean): NodeClosure | null {
  if (row.standalone) return "standalone";
  if (cordoned) return "cordoned";
  const conditions = row.conditions as unknown as Condition[];
  const isBroken = [NODE_CONDITIONS.engineHealthy, NODE_CONDITIONS.baseModelMatches].some(
    (type) => conditionOf(conditions, type)?.status === "false",
  );
  if (isBroken) return "broken";
  return isLocked ? "key_unreadable" : null;
}

/** Cordoned for good, that is: what a control keeps out is out for as long as the control itself counts. */
const isCordoned = (node: RoutingRows["nodes"][number], controls: RoutingRows["controls"]): boolean =>
  node.cordoned && !controls.some(({ nodeId, wasCordoned }) => nodeId === node.id && !wasCordoned);

/**
 * The nodes where each version is proven, in one pass over the proofs. One from another epoch is void: that process is gone,
 * and its adapters with it.
 */
function routableNodes({ nodes, proofs }: Pick<RoutingRows, "nodes" | "proofs">): Map<string, string[]> {
  const provenIn = new Map(proofs.map(({ nodeId, epoch, versionIds }) => [`${nodeId} ${epoch}`, versionIds]));
  const nodesOf = new Map<string, string[]>();
  for (const { id, epoch } of nodes)
    for (const versionId of provenIn.get(`${id} ${epoch}`) ?? []) {
      const known = nodesOf.get(versionId);
      if (known) known.push(id);
      else nodesOf.set(versionId, [id]);
    }
  return nodesOf;
}

/** A setting that makes no sense is ignored: it must not stop traffic. */
export function readSettings(rows: RoutingRows["settings"]): GatewaySettings {
  const { tenantHeader, healthCheckInterval } = settingsOf(new Map(rows.map(({ key, value }) => [key, value])));
  return { tenantHeader, healthCheckIntervalMs: healthCheckInterval * 1_000 };
}
