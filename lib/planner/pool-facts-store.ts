import { type KnownCount, sumMinutes, withoutLoads } from "#lib/alerting/alerts/node-counts.ts";
import { readNodeMinutes } from "#lib/alerting/alerts/node-minutes-store.ts";
import { highestRankInUse } from "#lib/fleet/rollout/rollout-store.ts";
import { countedWindow } from "#lib/metrics/counted-window.ts";
import { countLoads } from "#lib/metrics/load-count-store.ts";
import type { Tx } from "#lib/platform/db.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { getPool } from "#lib/pools/store.ts";
import { listLiveRanks } from "#lib/registry/adapters/adapter-store.ts";
import { listServingNodes, readBatches, readLoaded, readTrace } from "./node-facts-store.ts";
import type { Count, NodeFacts, PoolFacts } from "./pool-facts.ts";
import { listJudged, listRejected } from "./version-facts-store.ts";

export async function listPoolIds(tx: Tx): Promise<string[]> {
  const rows = await tx.client.pool.findMany({ orderBy: { id: "asc" }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** Everything the detectors check, of one pool; null = it is gone. */
export async function readPoolFacts(tx: Tx, poolId: string, now: Date): Promise<PoolFacts | null> {
  const pool = await getPool(tx, poolId);
  if (pool === null) return null;
  const { evictionAlertThreshold, healthCheckInterval } = await readSettings(tx);
  const settings = { evictionAlertThreshold, healthCheckInterval };
  const window = countedWindow(now);
  const nodes = await readNodes(tx, pool, { ...window, now }, settings);
  return {
    now,
    ...window,
    pool,
    settings,
    ...(await countTenants(tx, poolId)),
    live: await listLiveRanks(tx, poolId),
    highestRank: (await highestRankInUse(tx, poolId))?.rank ?? null,
    nodes,
    rejected: await listRejected(tx, poolId),
    judged: await listJudged(
      tx,
      poolId,
      nodes.some(({ simulated }) => simulated),
    ),
  };
}

async function countTenants(tx: Tx, poolId: string): Promise<{ tenants: number; rejecting: number }> {
  const inPool = { status: "active" as const, adapters: { some: { poolId } } };
  const tenants = await tx.client.tenant.count({ where: inPool });
  const rejecting = await tx.client.tenant.count({
    where: { ...inPool, fallback: "reject", adapters: { some: { poolId, route: { liveVersionId: { not: null } } } } },
  });
  return { tenants, rejecting };
}

async function readNodes(
  tx: Tx,
  pool: { id: string; maxLoras: number; maxCpuLoras: number },
  window: { from: Date; to: Date; now: Date },
  settings: PoolFacts["settings"],
): Promise<NodeFacts[]> {
  const nodes = await listServingNodes(tx, pool);
  const nodeIds = nodes.map(({ id }) => id);
  const minutes = await readNodeMinutes(tx, nodeIds, window);
  const loads = await countLoads(tx, nodeIds, window);
  const batches = await readBatches(tx, nodes, window.now);
  const facts: NodeFacts[] = [];
  for (const node of nodes) {
    const known = (of: "evictions" | "disk") => sumMinutes(minutes.get(node.id) ?? [], of);
    const evictions = countOf(known("evictions"));
    const diskReads = countOf(withoutLoads(known("disk"), loads.get(node.id) ?? 0));
    // a quiet node's requests are not read: there is nothing to explain
    const isBusy = (evictions?.value ?? 0) > settings.evictionAlertThreshold || (diskReads?.value ?? 0) > 0;
    facts.push({
      ...node,
      ...(await readLoaded(tx, node.id, window.now)),
      evictions,
      diskReads,
      trace: isBusy ? await readTrace(tx, node.id, window) : null,
      batches: batches.get(node.id) ?? null,
    });
  }
  return facts;
}

const countOf = (count: KnownCount | null): Count | null =>
  count && { value: Math.round(count.value), source: count.source };
