import { isServing } from "#lib/fleet/conditions.ts";
import { STALE_AFTER_MS } from "#lib/fleet/node-health.ts";
import { placementState } from "#lib/fleet/placement-condition.ts";
import type { Condition, Page } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { groupBy } from "#lib/platform/browser/group-by.ts";
import type { UsageSum } from "#lib/requests/usage/usage-sums-store.ts";
import { missedObjectives } from "../objectives/missed-objectives.ts";
import type { RouteHealth, TenantHealth, TenantHealthQuery } from "../schema.ts";
import {
  type HealthReach,
  listServices,
  listServingControls,
  listServingNodes,
  listTenantIds,
  listWantedPlacements,
  minutesOfAdapters,
  type ServiceTenant,
  type ServingControl,
  type ServingNodeRow,
} from "./health-store.ts";
import { recentTraffic } from "./recent-traffic.ts";
import {
  type ControlInForce,
  decideServiceHealth,
  type ServiceFacts,
  type ServingNode,
  worstOf,
} from "./service-health.ts";

type PlacedVersion = { versionId: string; nodeId: string; condition: Condition | null };
type Evidence = {
  now: Date;
  /** By id; null = a customer's view. */
  nodes: ReadonlyMap<string, ServingNodeRow> | null;
  /** By version. */
  placements: ReadonlyMap<string, readonly PlacedVersion[]>;
  minutes: ReadonlyMap<string, readonly UsageSum[]>;
  controls: readonly ServingControl[];
  numbers: ReadonlyMap<string, number>;
  /** Missed objectives, by tenant. */
  missed: ReadonlyMap<string, readonly string[]>;
};

/**
 * The health of tenants by id, each judged by its worst route. Console, portal and alerts read this and nothing else.
 * Tenants outside the caller's scope are absent.
 */
export async function healthOfTenants(
  ctx: Ctx,
  tenantIds: readonly string[],
  reach: HealthReach = "whole",
): Promise<Map<string, TenantHealth>> {
  const now = ctx.clock.now();
  const { tenants, numbers } = await listServices(ctx.tx, tenantIds);
  const adapters = tenants.flatMap((tenant) => tenant.adapters);
  const versionIds = adapters.flatMap(({ route }) =>
    [route?.liveVersionId ?? [], route?.previousVersionId ?? []].flat(),
  );
  const nodes = await listServingNodes(ctx.tx);
  const evidence: Evidence = {
    now,
    numbers,
    missed: await missedObjectives(
      ctx.tx,
      tenants.map(({ id }) => id),
      now,
    ),
    nodes: nodes && new Map(nodes.map((node) => [node.id, node])),
    placements: groupBy(await listWantedPlacements(ctx.tx, versionIds), ({ versionId }) => versionId),
    controls: await listServingControls(ctx.tx, now),
    minutes: await minutesOfAdapters(
      ctx.tx,
      tenants.map(({ id }) => id),
      reach,
      now,
    ),
  };
  return new Map(tenants.map((tenant) => [tenant.id, healthOf(tenant, evidence)]));
}

/** A page of tenants with their health. */
export async function listTenantHealth(ctx: Ctx, query: TenantHealthQuery): Promise<Page<TenantHealth>> {
  const page = await listTenantIds(ctx.tx, query);
  const health = await healthOfTenants(
    ctx,
    page.items.map((tenant) => tenant.id),
  );
  return { nextCursor: page.nextCursor, items: page.items.flatMap((tenant) => health.get(tenant.id) ?? []) };
}

function healthOf(tenant: ServiceTenant, evidence: Evidence): TenantHealth {
  const routes = tenant.adapters.map((adapter) => routeHealth(tenant, adapter, evidence));
  const worst = worstOf(routes) ?? {
    state: tenant.status !== "active" ? ("suspended" as const) : ("not_live_yet" as const),
    sentence: tenant.status !== "active" ? "Suspended: requests are refused." : "No adapter yet.",
    since: null,
    checkedAt: null,
    reasons: [],
  };
  const { state, sentence, since, checkedAt, reasons } = worst;
  const who = { tenantId: tenant.id, tenantSlug: tenant.slug, tenantName: tenant.name };
  return { ...who, state, sentence, since, checkedAt, reasons, routes };
}

type ServiceAdapter = ServiceTenant["adapters"][number];

function routeHealth(tenant: ServiceTenant, adapter: ServiceAdapter, evidence: Evidence): RouteHealth {
  const liveVersionId = adapter.route?.liveVersionId ?? null;
  const liveVersionNumber = liveVersionId === null ? null : (evidence.numbers.get(liveVersionId) ?? null);
  const liveSince = adapter.route?.liveSince ?? null;
  const traffic = recentTraffic(evidence.minutes.get(adapter.id) ?? [], evidence.now);
  const nodes = liveVersionId === null ? [] : nodesOf(liveVersionId, evidence);
  const health = decideServiceHealth(
    {
      tenantStatus: tenant.status,
      adapterSlug: adapter.slug,
      live: liveVersionNumber === null ? null : { number: liveVersionNumber, since: liveSince },
      nodes,
      fallback: tenant.fallback,
      hasOrigin: originOf(adapter) !== null,
      servedVia: servedVia(tenant, adapter, evidence),
      controls: controlsOf(tenant, liveVersionId, evidence),
      missed: evidence.missed.get(tenant.id) ?? [],
      traffic,
    },
    evidence.now,
  );
  return {
    ...health,
    since: health.since?.toISOString() ?? null,
    checkedAt: health.checkedAt?.toISOString() ?? null,
    tenantId: tenant.id,
    adapterId: adapter.id,
    adapterSlug: adapter.slug,
    liveVersionId,
    liveVersionNumber,
    liveSince: liveSince?.toISOString() ?? null,
    routableNodes: evidence.nodes && nodes.filter((node) => node.state === "routable").length,
    p95Ms: traffic.p95Ms,
    fallbackShare: traffic.answered === 0 ? null : traffic.fellBack / traffic.answered,
    requestCount: traffic.requests,
  };
}

/** The nodes that customers' requests for a version may go to. */
function nodesOf(versionId: string, { nodes, placements, now }: Evidence): ServingNode[] {
  return (placements.get(versionId) ?? []).flatMap(({ nodeId, condition }) => {
    const stated = stateOf(condition);
    const since = condition ? new Date(condition.lastTransitionTime) : null;
    if (nodes === null) return { name: null, state: stated, since, seenAt: null };
    const node = nodes.get(nodeId);
    if (!node || node.standalone || node.cordoned) return [];
    const state = stated === "routable" && !isFresh(node, now) ? "unknown" : stated;
    return { name: node.name, state, since, seenAt: node.lastSeenAt };
  });
}

const isFresh = (node: ServingNodeRow, now: Date): boolean =>
  node.lastSeenAt !== null && now.getTime() - node.lastSeenAt.getTime() <= STALE_AFTER_MS;

/** The fleet calls a placement unknown when its node does not answer: for a customer's request that is "down". */
function stateOf(condition: Condition | null): ServingNode["state"] {
  switch (placementState("present", condition)) {
    case "routable":
      return "routable";
    case "loading":
    case "probing":
    case "unloading":
      return "loading";
    case "failed":
    case "node_drift":
      return "failed";
    case "unknown":
      return "down";
  }
}

const originOf = ({ route }: ServiceAdapter): string | null =>
  route?.originEndedAt ? null : (route?.originEndpointId ?? null);

/** What would answer in place of the live version, as the gateway plans it. Endpoints of others are never looked at. */
function servedVia(tenant: ServiceTenant, adapter: ServiceAdapter, evidence: Evidence): ServiceFacts["servedVia"] {
  const { nodes } = evidence;
  if (nodes === null) return "unknown";
  const base = hasBase(adapter, nodes, evidence.now) ? "base_model" : null;
  switch (tenant.fallback) {
    case "reject":
      return null;
    case "base_model":
      return base;
    case "hosted_provider": {
      const pool = [...nodes.values()].find((node) => node.poolId === adapter.poolId)?.pool;
      return (tenant.hostedEndpointId ?? pool?.hostedEndpointId) ? "hosted_provider" : base;
    }
    case "previous_version": {
      const previous = adapter.route?.previousVersionId ?? null;
      if (previous === null) return base ?? (originOf(adapter) === null ? null : "origin");
      const isRoutable = nodesOf(previous, evidence).some(({ state }) => state === "routable");
      return isRoutable ? "previous_version" : base;
    }
  }
}

const hasBase = (adapter: ServiceAdapter, nodes: ReadonlyMap<string, ServingNodeRow>, now: Date): boolean =>
  [...nodes.values()].some(
    (node) =>
      node.poolId === adapter.poolId &&
      node.pool.fallback !== "reject" &&
      !node.standalone &&
      !node.cordoned &&
      isFresh(node, now) &&
      isServing(node.conditions),
  );

/** What was set by hand about the tenant, and about nodes that its live version is meant to be on. */
function controlsOf(
  tenant: ServiceTenant,
  liveVersionId: string | null,
  { controls, nodes, placements }: Evidence,
): ControlInForce[] {
  const placed = new Set(
    (liveVersionId === null ? [] : (placements.get(liveVersionId) ?? [])).map((row) => row.nodeId),
  );
  return controls
    .filter(({ tenantId, nodeId }) => tenantId === tenant.id || (nodeId !== null && placed.has(nodeId)))
    .map(({ kind, nodeId, reason, startedAt, expiresAt }) => ({
      kind,
      nodeName: (nodeId && nodes?.get(nodeId)?.name) ?? null,
      reason,
      startedAt,
      expiresAt,
    }));
}
