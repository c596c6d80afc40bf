import { slotsOf } from "#lib/fleet/engine-limits.ts";
import { NodeLimitsSchema } from "#lib/fleet/schema.ts";
import type { Measurement } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { CONDITION_RENEWED_MS } from "#lib/metrics/conditions/record-condition.ts";
import { loraLabel } from "#lib/metrics/marks/node-mark.ts";
import { type MakeMeasurement, measurementsOf } from "#lib/metrics/measurement.ts";
import type { NodeTraffic, TenantTraffic, Traffic } from "../browser/traffic-schema.ts";
import { withError } from "../usage/durations.ts";
import { readGateways } from "./live-reports.ts";
import { type MergedReports, mergeReports } from "./merge-reports.ts";
import {
  listOnFallback,
  listTrafficNodes,
  listTrafficPools,
  listTrafficTenants,
  type RecentUsage,
  readRecentUsage,
} from "./traffic-store.ts";

const WINDOW_SECONDS = 300;
const KNOWN_MS = 60_000;

const NO_REQUESTS: RecentUsage = {
  requests: 0,
  p95Ms: null,
  completionTokens: 0,
  shed: 0,
  fallbacks: 0,
  failed: 0,
  simulated: false,
};

/** What each part of the answer is made of. */
type View = {
  /** null = no gateway is live: what runs at this moment is unknown. */
  live: MergedReports | null;
  makeLive: (simulated: boolean) => MakeMeasurement;
  makeRecent: (simulated: boolean) => MakeMeasurement;
};

/** The gateways' own view of this moment, together with the last 5 minutes of traces. */
export async function readTraffic(ctx: Ctx): Promise<Traffic> {
  const now = ctx.clock.now();
  const before = (ms: number) => new Date(now.getTime() - ms);
  const known = await readGateways(ctx.tx, now);
  const reports = known.flatMap(({ isLive, report }) => (isLive && report ? report : []));
  const asOf = known[0]?.seenAt ?? null;
  const gateways = known.filter((row) => row.seenAt >= before(KNOWN_MS));
  const coverage = { seen: reports.length, of: gateways.length };
  const view: View = {
    live: reports.length === 0 ? null : mergeReports(reports),
    makeLive: (simulated) => measurementsOf({ simulated, asOf, coverage }),
    makeRecent: (simulated) => measurementsOf({ simulated, asOf: now }),
  };
  const recent = await readRecentUsage(ctx.tx, { from: before(WINDOW_SECONDS * 1000), to: ctx.clock.now() });
  const nodes = await listTrafficNodes(ctx.tx);
  const isSimulated = nodes.some((node) => node.simulated);
  const all = recent.find((row) => row.of === "all") ?? NO_REQUESTS;
  const pools = await listTrafficPools(ctx.tx);
  return {
    gateways: {
      live: reports.length,
      known: gateways.length,
      items: gateways.map(({ id, isLive, startedAt, seenAt, snapshotAt, report }) => ({
        id,
        isLive,
        startedAt: startedAt.toISOString(),
        seenAt: seenAt.toISOString(),
        snapshotAt: snapshotAt?.toISOString() ?? null,
        tracesPending: report?.tracesPending ?? null,
      })),
    },
    asOf: asOf?.toISOString() ?? null,
    isStale: reports.length === 0,
    windowSeconds: WINDOW_SECONDS,
    totals: {
      ...waiting(view.live === null ? null : view.live.totals, view.makeLive(isSimulated)),
      ...windowed(all, view),
    },
    nodes: nodes
      .filter((node) => !node.standalone || view.live?.nodes.get(node.id)?.inFlight)
      .map((node) =>
        nodeTraffic(
          node,
          recent.find((row) => row.of === "node" && row.nodeId === node.id),
          view,
        ),
      ),
    pools: pools.map((pool) => poolTraffic(pool, view, isSimulated)),
    tenants: await tenantTraffic(ctx, recent, view, before(3 * CONDITION_RENEWED_MS), isSimulated),
    openVersions: [...(view.live?.openVersions ?? [])],
  };
}

/** Of nothing that a live gateway reports there is nothing; without one, nobody knows. */
function waiting(
  of: { inFlight: number; queued: number; oldestWaitMs: number | null } | null,
  make: MakeMeasurement,
): { inFlight: Measurement; queued: Measurement; oldestWaitMs: Measurement } {
  return {
    inFlight: make(of?.inFlight ?? null, "requests"),
    queued: make(of?.queued ?? null, "requests"),
    oldestWaitMs: make(of === null ? null : (of.oldestWaitMs ?? 0), "ms"),
  };
}

function windowed(recent: RecentUsage, { makeRecent }: View) {
  const make = makeRecent(recent.simulated);
  return {
    requestsPerMinute: make(recent.requests / (WINDOW_SECONDS / 60), "requests/min"),
    p95Ms: withError(make(recent.p95Ms, "ms")),
    tokensPerSecond: make(recent.completionTokens / WINDOW_SECONDS, "tok/s"),
    shed: make(Math.round(recent.shed), "count"),
    fallbacks: make(Math.round(recent.fallbacks), "count"),
    failed: make(Math.round(recent.failed), "count"),
  };
}

type NodeRow = Awaited<ReturnType<typeof listTrafficNodes>>[number];

function nodeTraffic(node: NodeRow, recent: RecentUsage | undefined, view: View): NodeTraffic {
  const seen = view.live?.nodes.get(node.id);
  const make = view.makeLive(node.simulated);
  const adapters = [...(seen?.adapters ?? [])].filter(([, inFlight]) => inFlight > 0).sort(([, a], [, b]) => b - a);
  return {
    nodeId: node.id,
    name: node.name,
    poolId: node.pool.id,
    poolName: node.pool.name,
    reachable: seen?.reachable ?? { by: 0, of: 0 },
    breaker: seen?.breaker ?? null,
    inFlight: make(seen?.inFlight ?? null, "requests"),
    adapters: adapters.map(([loraName, inFlight]) => ({ loraName, label: loraLabel(loraName), inFlight })),
    adaptersInFlight: make(seen ? adapters.length : null, "adapters"),
    slots: slotsOf(NodeLimitsSchema.safeParse(node.limits).data ?? null, node.pool),
    ...windowed(recent ?? NO_REQUESTS, view),
  };
}

/** A pool that no live gateway tells of is unknown. */
function poolTraffic(pool: { id: string; name: string }, view: View, simulated: boolean): Traffic["pools"][number] {
  const seen = view.live?.pools.get(pool.id);
  const { queued, oldestWaitMs } = waiting(seen ? { ...seen, inFlight: 0 } : null, view.makeLive(simulated));
  return {
    poolId: pool.id,
    name: pool.name,
    queued,
    oldestWaitMs,
    isSaturated: seen?.isSaturated ?? null,
    shed: [...(seen?.shed ?? [])].map(([reason, count]) => ({ reason, count })),
  };
}

async function tenantTraffic(
  ctx: Ctx,
  recent: Awaited<ReturnType<typeof readRecentUsage>>,
  view: View,
  fallbackSince: Date,
  simulated: boolean,
): Promise<TenantTraffic[]> {
  const usage = new Map(recent.flatMap((row) => (row.of === "tenant" && row.tenantId ? [[row.tenantId, row]] : [])));
  const onFallback = new Map(
    (await listOnFallback(ctx.tx, fallbackSince)).map((row) => [
      row.tenantId,
      { since: row.lastTransitionTime.toISOString(), sentence: row.message },
    ]),
  );
  const ids = [...new Set([...usage.keys(), ...(view.live?.tenants.keys() ?? []), ...onFallback.keys()])].filter(
    (id) => id !== null,
  );
  const tenants = await listTrafficTenants(ctx.tx, ids);
  const requests = (id: string) => usage.get(id)?.requests ?? 0;
  return tenants
    .sort((a, b) => requests(b.id) - requests(a.id) || (a.slug < b.slug ? -1 : 1))
    .map(({ id, slug, name }) => ({
      tenantId: id,
      slug,
      name,
      ...waiting(
        view.live === null ? null : (view.live.tenants.get(id) ?? { inFlight: 0, queued: 0, oldestWaitMs: null }),
        view.makeLive(simulated),
      ),
      ...windowed(usage.get(id) ?? NO_REQUESTS, view),
      onFallback: onFallback.get(id) ?? null,
    }));
}
