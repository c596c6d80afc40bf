import { listAccepted } from "#lib/alerting/objectives/objective-store.ts";
import { recentOf } from "#lib/alerting/objectives/recent-store.ts";
import { servingNodes } from "#lib/fleet/routable-nodes.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { getPool } from "#lib/pools/store.ts";
import { readChart } from "#lib/requests/charts/read-chart.ts";
import { readLiveReports } from "#lib/requests/traffic/live-reports.ts";
import { mergeReports } from "#lib/requests/traffic/merge-reports.ts";
import { latestOfPool, type PoolRequests } from "#lib/requests/traffic/pool-requests-store.ts";
import type { Pressure } from "./decide-yield.ts";
import { QUIET_MS } from "./node-share.ts";
import { type P95Watch, slowAboveMs, watchedFrom } from "./watch-p95.ts";

/** What customers' p95 is compared with: that of so long before the run began. */
const BEFORE_MS = 15 * 60_000;
/** Customers' requests of so long ago still count. */
const LATENCY_MS = 5 * 60_000;
/** A p95 of fewer is one slow request. */
const LATENCY_LEAST = 20;
/** Long enough for the last three scrapes of the nodes. */
const PRESSURE_WINDOW_MS = 40_000;

/** Customers' requests of a pool, as far as runs watch them. */
export type CustomersOfPool = { before: PoolRequests; recent: PoolRequests; hasCustomers: boolean };

/** @param startedAt when the run began; null = it has not */
export async function readCustomers(
  ctx: Ctx,
  { poolId, startedAt, watch }: { poolId: string; startedAt: Date | null; watch: P95Watch },
): Promise<CustomersOfPool> {
  const now = ctx.clock.now();
  const latest = (from: number, to: Date, slowerThanMs: number | null = null) =>
    latestOfPool(ctx.tx, { poolId, kind: "user", from: new Date(from), to }, slowerThanMs);
  const begin = startedAt ?? now;
  const before = await latest(begin.getTime() - BEFORE_MS, begin);
  const recent = await latest(watchedFrom(watch, begin.getTime(), now.getTime()), now, slowAboveMs(before));
  const lately = recent.count > 0 ? recent : await latest(now.getTime() - QUIET_MS, now);
  return { recent, before, hasCustomers: lately.count > 0 };
}

/**
 * How the customers of a pool fare: their queue by the gateways' live reports, deferred requests by the last scrapes of its
 * nodes, and p95 against the objectives of the pool and of the tenant.
 * @param ownInFlight requests that the caller has in flight itself: so many of those that wait on nodes may be its own
 */
export async function readPressure(
  ctx: Ctx,
  { poolId, tenantId, ownInFlight }: { poolId: string; tenantId: string; ownInFlight: number },
): Promise<Omit<Pressure, "slower" | "hasCustomers">> {
  const now = ctx.clock.now();
  const pool = await getPool(ctx.tx, poolId);
  const { reports, asOf } = await readLiveReports(ctx.tx, now);
  const others = (waiting: number) => Math.max(0, waiting - ownInFlight);
  const queued = mergeReports(reports).pools.get(poolId)?.queued ?? 0;
  const deferred = await readDeferred(ctx, poolId, now);
  return {
    poolName: pool?.slug ?? poolId,
    waiting: asOf === null ? null : queued,
    deferred: deferred?.map(others) ?? null,
    latency: await readLatency(ctx, poolId, tenantId, { from: new Date(now.getTime() - LATENCY_MS), to: now }),
    servingNodes: (await servingNodes(ctx.tx, poolId)).length,
  };
}

async function readDeferred(ctx: Ctx, poolId: string, now: Date): Promise<number[] | null> {
  const from = new Date(now.getTime() - PRESSURE_WINDOW_MS).toISOString();
  const { series } = await readChart(ctx, "queue", { poolId, from, to: now.toISOString(), stepSeconds: 10 });
  const points = series.find(({ key }) => key === "deferred")?.points ?? [];
  const seen = points.flatMap(([, value]) => value ?? []);
  return seen.length === 0 ? null : seen;
}

/** Of the promises that are about the pool or the tenant, the one that is missed most, or kept with the least to spare. */
async function readLatency(
  ctx: Ctx,
  poolId: string,
  tenantId: string,
  window: { from: Date; to: Date },
): Promise<Pressure["latency"]> {
  const promises = (await listAccepted(ctx.tx)).filter(
    (one) => one.kind === "latency_p95" && (one.poolId === poolId || one.tenantId === tenantId),
  );
  if (promises.length === 0) return null;
  const recent = await recentOf(ctx.tx, window);
  const measured = promises.flatMap(({ id, target }) => {
    const { p95Ms = null, answered = 0 } = recent.get(id) ?? {};
    return p95Ms === null || answered < LATENCY_LEAST ? [] : [{ p95Ms, objectiveMs: target }];
  });
  const share = ({ p95Ms, objectiveMs }: { p95Ms: number; objectiveMs: number }) => p95Ms / objectiveMs;
  return measured.sort((a, b) => share(b) - share(a))[0] ?? null;
}
