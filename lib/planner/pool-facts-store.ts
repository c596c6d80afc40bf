import { highestRankInUse } from "#lib/fleet/rollout/rollout-store.ts";
import type { Tx } from "#lib/platform/db.ts";
import { readSettings } from "#lib/pools/settings/settings-store.ts";
import { getPool } from "#lib/pools/store.ts";
import { listLiveRanks } from "#lib/registry/adapters/adapter-store.ts";
import { countedSince, readNodeCounts } from "#lib/telemetry/alerts/alert-facts-store.ts";
import { derivedCounts } from "./derived-counts.ts";
import { countLoads, listServingNodes, readBatches, readLoaded, readTrace } from "./node-facts-store.ts";
import type { NodeFacts, PoolFacts } from "./pool-facts.ts";
import { listJudged, listRejected } from "./version-facts-store.ts";

export async function listPoolIds(tx: Tx): Promise<string[]> {
  const rows = await tx.client.pool.findMany({ orderBy: { id: "asc" }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** Everything the detectors look at, of one pool; null = it is gone. */
export async function readPoolFacts(tx: Tx, poolId: string, now: Date): Promise<PoolFacts | null> {
  const pool = await getPool(tx, poolId);
  if (pool === null) return null;
  const { evictionAlertThreshold, healthCheckInterval } = await readSettings(tx);
  const settings = { evictionAlertThreshold, healthCheckInterval };
  const from = countedSince(now);
  const nodes = await readNodes(tx, pool, { from, to: now }, settings);
  return {
    now,
    from,
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
  window: { from: Date; to: Date },
  settings: PoolFacts["settings"],
): Promise<NodeFacts[]> {
  const nodes = await listServingNodes(tx, pool);
  const counts = await readNodeCounts(tx, nodes, window);
  const loads = await countLoads(
    tx,
    nodes.map(({ id }) => id),
    window,
  );
  const batches = await readBatches(
    tx,
    nodes.map(({ id }) => id),
    window.to,
  );
  const facts: NodeFacts[] = [];
  for (const node of nodes) {
    const counted = counts.get(node.id);
    const evictions = measured(counted?.evictions ?? null);
    const diskReads = measured(counted?.disk ?? null, loads.get(node.id) ?? 0);
    // a quiet node's requests are not read: there is nothing to explain
    const isQuiet = (evictions?.value ?? Infinity) <= settings.evictionAlertThreshold && diskReads?.value === 0;
    const trace = isQuiet ? null : await readTrace(tx, node.id, window);
    const derived = trace === null ? null : derivedCounts(trace, node, window.from.getTime());
    facts.push({
      ...node,
      ...(await readLoaded(tx, node.id, window.to)),
      evictions: evictions ?? derived?.evictions ?? null,
      diskReads: diskReads ?? derived?.diskReads ?? null,
      trace,
      batches: batches.get(node.id) ?? null,
    });
  }
  return facts;
}

const measured = (count: number | null, less = 0): NodeFacts["evictions"] =>
  count === null ? null : { value: Math.max(0, Math.round(count - less)), source: "measured" };
