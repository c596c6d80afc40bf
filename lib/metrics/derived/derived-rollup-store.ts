import { cpuPlacesOf, slotsOf } from "#lib/fleet/engine-limits.ts";
import type { NodeLimits } from "#lib/fleet/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import { CACHE_COLUMNS, CACHE_TABLES } from "../node-minute/columns.ts";
import { readColumns } from "../node-minute/metric-store.ts";
import type { RollupQuery } from "../node-minute/rollup-store.ts";
import type { RollupStep } from "../rollup.ts";
import type { CacheState } from "./derive-cache.ts";
import { DERIVED_COUNTERS, type DerivedCounter, type DerivedMinute, type Uncertainty } from "./derived-rows.ts";
import type { DerivedNode } from "./derived-store.ts";
import type { DerivedSample, DerivedStep } from "./fill-chart.ts";
import type { CountedMinute } from "./foreign-traffic.ts";

/**
 * How far a node was followed, and what lay in its tiers then. `doubt` says why it is not settled. `followedTo` is how far its
 * stored intervals go; null = it is begun anew.
 */
export type Checkpoint = { at: Date; followedTo: Date | null; state: { cache: CacheState; doubt: Uncertainty } };
export type FollowedNode = DerivedNode & {
  createdAt: Date;
  /** When it was first seen, if its process could hold nothing then. */
  beganEmptyAt: Date | null;
  /** It lists what nobody asked for there. */
  hasUnmanaged: boolean;
  epoch: number;
  checkpoint: Checkpoint | null;
};

/** Every node that was ever seen, and how far each was followed. */
export async function listFollowed(tx: Tx): Promise<FollowedNode[]> {
  const rows = await tx.client.node.findMany({
    where: { lastSeenAt: { not: null } },
    orderBy: { id: "asc" },
    select: {
      id: true,
      name: true,
      simulated: true,
      limits: true,
      beganEmptyAt: true,
      createdAt: true,
      epoch: true,
      registrations: { where: { state: "drift" }, take: 1, select: { id: true } },
      pool: { select: { maxLoras: true, maxCpuLoras: true } },
    },
  });
  const kept = new Map((await tx.client.derivedCheckpoint.findMany()).map((row) => [row.nodeId, row]));
  return rows.map(({ limits: said, pool, registrations, ...node }) => {
    const limits = said as NodeLimits | null;
    const found = kept.get(node.id);
    return {
      ...node,
      hasUnmanaged: registrations.length > 0,
      maxLoras: slotsOf(limits, pool),
      maxCpuLoras: cpuPlacesOf(limits, pool),
      checkpoint: found ? { ...found, state: found.state as unknown as Checkpoint["state"] } : null,
    };
  });
}

/** Writes what was followed: whole minutes again as they are now. */
export async function saveMinutes(
  tx: Tx,
  node: Pick<FollowedNode, "id" | "simulated">,
  minutes: readonly DerivedMinute[],
): Promise<void> {
  const rows = minutes.map(({ at, seconds, adaptersPeak, uncertainty, counted, ours, ...counts }) => ({
    ...{
      node_id: node.id,
      at,
      source: uncertainty === null ? "derived" : "inferred",
      seconds,
      simulated: node.simulated,
      doubt: uncertainty,
    },
    ...{ evictions_gpu: counts.evictionsGpu, evictions_cpu: counts.evictionsCpu },
    ...{ swaps_gpu: counts.swapsGpu, swaps_cpu: counts.swapsCpu, swaps_disk: counts.swapsDisk },
    ...{ adapters_peak: adaptersPeak, counted_requests: counted, own_requests: ours },
  }));
  if (rows.length === 0) return;
  await tx.client.$executeRaw`
    DELETE FROM metrics.node_cache_minute
    WHERE node_id = ${node.id} AND at = ANY(${rows.map(({ at }) => at)}) AND source <> 'measured'`;
  await tx.client.$executeRaw`
    INSERT INTO metrics.node_cache_minute
    SELECT * FROM jsonb_populate_recordset(NULL::metrics.node_cache_minute, ${JSON.stringify(rows)}::jsonb)`;
}

/** Where to go on from. */
export async function saveCheckpoint(tx: Tx, nodeId: string, checkpoint: Checkpoint): Promise<void> {
  const state = checkpoint.state as unknown as Prisma.InputJsonValue;
  const data = { at: checkpoint.at, followedTo: checkpoint.followedTo ?? checkpoint.at, state };
  await tx.client.derivedCheckpoint.upsert({ where: { nodeId }, create: { nodeId, ...data }, update: data });
}

/** Steps of 5 minutes and an hour, put together anew from the finer ones since a moment. */
export async function foldDerived(tx: Tx, nodeId: string, since: Date): Promise<void> {
  await foldStep(tx, nodeId, since, { step: 300, finer: 60 });
  await foldStep(tx, nodeId, since, { step: 3600, finer: 300 });
}

async function foldStep(
  tx: Tx,
  nodeId: string,
  since: Date,
  { step, finer }: { step: RollupStep; finer: RollupStep },
): Promise<void> {
  const [into, from] = [Prisma.raw(CACHE_TABLES[step]), Prisma.raw(CACHE_TABLES[finer])];
  const start = Prisma.sql`date_bin(${step}::int * interval '1 second', ${since}::timestamptz, 'epoch'::timestamptz)`;
  await tx.client.$executeRaw`
    DELETE FROM ${into} WHERE node_id = ${nodeId} AND at >= ${start} AND source <> 'measured'`;
  await tx.client.$executeRaw`
    INSERT INTO ${into} (node_id, at, source, seconds, simulated, evictions_gpu, evictions_cpu, swaps_gpu, swaps_cpu,
      swaps_disk, adapters_peak, doubt, counted_requests, own_requests)
    SELECT node_id, date_bin(${step}::int * interval '1 second', at, 'epoch'::timestamptz),
      CASE WHEN min(doubt) IS NULL THEN 'derived' ELSE 'inferred' END, sum(seconds), bool_or(simulated),
      sum(evictions_gpu), sum(evictions_cpu), sum(swaps_gpu), sum(swaps_cpu), sum(swaps_disk), max(adapters_peak),
      min(doubt), sum(counted_requests), sum(own_requests)
    FROM ${from} WHERE node_id = ${nodeId} AND at >= ${start} AND source <> 'measured' GROUP BY 1, 2`;
}

/** Whole minutes that were written as exact, and are not. */
export const weakenMinutes = (tx: Tx, nodeId: string, window: { from: Date; to: Date }, uncertainty: Uncertainty) =>
  tx.client.$executeRaw`
    UPDATE metrics.node_cache_minute SET source = 'inferred', doubt = ${uncertainty}
    WHERE node_id = ${nodeId} AND at >= ${window.from} AND at < ${window.to} AND source = 'derived'`;

/** What a node's engine counted, and what came through us, minute by minute; by node. */
export async function countedMinutes(
  tx: Tx,
  window: { from: Date; to: Date },
  nodeId?: string,
): Promise<Map<string, CountedMinute[]>> {
  const rows = await tx.client.$queryRaw<{ nodeId: string; at: Date; counted: number | null; ours: number | null }[]>`
    SELECT node_id AS "nodeId", at, counted_requests AS "counted", own_requests AS "ours" FROM metrics.node_cache_minute
    WHERE at >= ${window.from} AND at < ${window.to} AND source <> 'measured'
      AND (${nodeId ?? null}::text IS NULL OR node_id = ${nodeId ?? null}) ORDER BY at`;
  const byNode = new Map<string, CountedMinute[]>();
  for (const { nodeId: id, at, counted, ours } of rows) {
    const own = byNode.get(id) ?? [];
    own.push({ atMs: at.getTime(), counted, ours });
    byNode.set(id, own);
  }
  return byNode;
}

/** When load probes on a node ended within a window. */
export async function probeTimes(tx: Tx, nodeId: string, window: { from: Date; to: Date }): Promise<number[]> {
  const rows = await tx.client.loadEvent.findMany({
    where: { nodeId, kind: "probe", at: { gte: window.from, lt: window.to } },
    select: { at: true },
  });
  return rows.map(({ at }) => at.getTime());
}

/** Since when each node is exact without a break; those that are not at present are left out. */
export async function exactSince(tx: Tx, nodeIds: readonly string[], before: Date): Promise<Map<string, Date>> {
  const rows = await tx.client.$queryRaw<{ nodeId: string; at: Date }[]>`
    SELECT d.node_id AS "nodeId", min(d.at) AS "at" FROM metrics.node_cache_minute d
    LEFT JOIN (
      SELECT node_id, max(at) AS at FROM metrics.node_cache_minute
      WHERE node_id = ANY(${[...nodeIds]}) AND at < ${before} AND source = 'inferred' GROUP BY 1
    ) last ON last.node_id = d.node_id
    WHERE d.node_id = ANY(${[...nodeIds]}) AND d.at < ${before} AND d.source = 'derived'
      AND d.at > COALESCE(last.at, '-infinity')
    GROUP BY 1`;
  return new Map(rows.map(({ nodeId, at }) => [nodeId, at]));
}

/** What can be read of a step: counters, and the most adapters that were asked for at once. */
type DerivedValue = DerivedCounter | "adaptersPeak";
const FOLLOWED = Prisma.sql`AND source <> 'measured'`;

/** Values derived for nodes, over steps that start in [from, to), node by node in any order of time. */
export async function readDerivedSamples(
  tx: Tx,
  query: RollupQuery,
  wanted: readonly DerivedValue[],
): Promise<DerivedSample[]> {
  const columns = wanted.map((name) => (name === "adaptersPeak" ? "adapters_peak" : CACHE_COLUMNS[name]));
  const nodes = await readColumns(tx, CACHE_TABLES[query.stepSeconds], query, [...columns, "doubt"], FOLLOWED);
  return nodes.flatMap(({ nodeId, simulated, at, seconds, values }) =>
    // written out: a chart of many nodes has tens of thousands of them
    at.map((ms, row) => ({
      nodeId,
      simulated,
      at: ms,
      seconds: seconds[row] ?? 0,
      uncertainty: (values[columns.length]?.[row] ?? null) as Uncertainty | null,
      values: columns.map((_, column) => Number(values[column]?.[row] ?? 0)),
    })),
  );
}

/** What followed for nodes over steps that start in [from, to), by time. */
export async function readDerivedSteps(tx: Tx, query: RollupQuery): Promise<DerivedStep[]> {
  const samples = await readDerivedSamples(tx, query, DERIVED_COUNTERS);
  const steps = samples.map(({ at, values, ...sample }) => ({
    ...sample,
    at: new Date(at),
    counters: Object.fromEntries(DERIVED_COUNTERS.map((name, index) => [name, values[index] ?? 0])),
  }));
  return steps.sort((one, other) => one.at.getTime() - other.at.getTime());
}
