import { cpuPlacesOf, slotsOf } from "#lib/fleet/engine-limits.ts";
import type { NodeLimits } from "#lib/fleet/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { ROLLUP_STEPS, type RollupStep } from "../rollup.ts";
import type { CacheState } from "./derive-cache.ts";
import { deleteOldPacks, packDerived, readDerivedFigures } from "./derived-pack-store.ts";
import { DERIVED_COUNTERS, type DerivedMinute, type Doubt } from "./derived-rows.ts";
import type { DerivedNode } from "./derived-store.ts";
import type { DerivedStep } from "./fill-chart.ts";
import type { CountedMinute } from "./foreign-traffic.ts";

/** How far a node was followed, and what lay in its tiers then. `doubt` says why it is not settled. */
export type Checkpoint = { at: Date; state: { cache: CacheState; doubt: Doubt } };
export type FollowedNode = DerivedNode & {
  createdAt: Date;
  /** When it was first seen, if its process could hold nothing then. */
  beganEmptyAt: Date | null;
  /** It lists what nobody asked for there. */
  hasUnmanaged: boolean;
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
      checkpoint: found ? { at: found.at, state: found.state as unknown as Checkpoint["state"] } : null,
    };
  });
}

/** Writes what was followed: whole minutes again as they are now, the steps that they lie in, and where to go on from. */
export async function saveFollowed(
  tx: Tx,
  node: Pick<FollowedNode, "id" | "simulated">,
  minutes: readonly DerivedMinute[],
  checkpoint: Checkpoint,
): Promise<void> {
  const rows = minutes.map((minute) => ({ ...minute, nodeId: node.id, simulated: node.simulated }));
  if (rows.length > 0) {
    await tx.client.derivedRollup.deleteMany({
      where: { nodeId: node.id, stepSeconds: 60, at: { in: rows.map(({ at }) => at) } },
    });
    await tx.client.derivedRollup.createMany({ data: rows.map((row) => ({ ...row, stepSeconds: 60 })) });
  }
  const state = checkpoint.state as unknown as Prisma.InputJsonValue;
  await tx.client.derivedCheckpoint.upsert({
    where: { nodeId: node.id },
    create: { nodeId: node.id, at: checkpoint.at, state },
    update: { at: checkpoint.at, state },
  });
}

/** Steps of 5 minutes and an hour, put together anew from the finer ones since a moment, and the packs of all. */
export async function foldDerived(tx: Tx, nodeId: string, since: Date): Promise<void> {
  for (const [index, step] of ROLLUP_STEPS.entries()) {
    const finer = ROLLUP_STEPS[index - 1];
    if (finer !== undefined) await foldStep(tx, nodeId, since, { step, finer });
    await packDerived(tx, nodeId, step, since);
  }
}

async function foldStep(
  tx: Tx,
  nodeId: string,
  since: Date,
  { step, finer }: { step: RollupStep; finer: RollupStep },
): Promise<void> {
  await tx.client.$executeRaw`
      INSERT INTO "DerivedRollup" AS d ("nodeId", "stepSeconds", "at", "seconds", "evictionsGpu", "evictionsCpu", "swapsGpu",
        "swapsCpu", "swapsDisk", "adaptersPeak", "doubt", "counted", "ours", "simulated")
      SELECT "nodeId", ${step}::int, date_bin(${step}::int * interval '1 second', "at", 'epoch'::timestamptz), sum("seconds"),
        sum("evictionsGpu"), sum("evictionsCpu"), sum("swapsGpu"), sum("swapsCpu"), sum("swapsDisk"), max("adaptersPeak"),
        min("doubt"), sum("counted"), sum("ours"), bool_or("simulated")
      FROM "DerivedRollup"
      WHERE "nodeId" = ${nodeId} AND "stepSeconds" = ${finer}::int
        AND "at" >= date_bin(${step}::int * interval '1 second', ${since}::timestamptz, 'epoch'::timestamptz)
      GROUP BY 1, 3
      ON CONFLICT ("nodeId", "stepSeconds", "at") DO UPDATE SET "seconds" = EXCLUDED."seconds",
        "evictionsGpu" = EXCLUDED."evictionsGpu", "evictionsCpu" = EXCLUDED."evictionsCpu",
        "swapsGpu" = EXCLUDED."swapsGpu", "swapsCpu" = EXCLUDED."swapsCpu", "swapsDisk" = EXCLUDED."swapsDisk",
        "adaptersPeak" = EXCLUDED."adaptersPeak", "doubt" = EXCLUDED."doubt", "counted" = EXCLUDED."counted",
        "ours" = EXCLUDED."ours", "simulated" = EXCLUDED."simulated"`;
}

/** Whole minutes that were written as exact, and are not. */
export const doubtMinutes = (tx: Tx, nodeId: string, window: { from: Date; to: Date }, doubt: Doubt) =>
  tx.client.derivedRollup.updateMany({
    where: { nodeId, stepSeconds: 60, at: { gte: window.from, lt: window.to }, doubt: null },
    data: { doubt },
  });

/** What a node's engine counted, and what came through us, minute by minute; by node. */
export async function countedMinutes(
  tx: Tx,
  window: { from: Date; to: Date },
  nodeId?: string,
): Promise<Map<string, CountedMinute[]>> {
  const rows = await tx.client.derivedRollup.findMany({
    where: { stepSeconds: 60, at: { gte: window.from, lt: window.to }, ...(nodeId === undefined ? {} : { nodeId }) },
    orderBy: { at: "asc" },
    select: { nodeId: true, at: true, counted: true, ours: true },
  });
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
    SELECT d."nodeId", min(d."at") AS "at" FROM "DerivedRollup" d
    LEFT JOIN (
      SELECT "nodeId", max("at") AS "at" FROM "DerivedRollup"
      WHERE "nodeId" = ANY(${[...nodeIds]}) AND "stepSeconds" = 60 AND "at" < ${before} AND "doubt" IS NOT NULL GROUP BY 1
    ) last ON last."nodeId" = d."nodeId"
    WHERE d."nodeId" = ANY(${[...nodeIds]}) AND d."stepSeconds" = 60 AND d."at" < ${before} AND d."doubt" IS NULL
      AND d."at" > COALESCE(last."at", '-infinity')
    GROUP BY 1`;
  return new Map(rows.map(({ nodeId, at }) => [nodeId, at]));
}

/** What followed for nodes over steps that start in [from, to), by time. */
export async function readDerivedSteps(
  tx: Tx,
  query: { nodeIds: readonly string[]; stepSeconds: RollupStep; from: Date; to: Date },
): Promise<DerivedStep[]> {
  const figures = await readDerivedFigures(tx, query, DERIVED_COUNTERS);
  const steps = Array.from(figures, ({ at, values, ...figure }) => ({
    ...figure,
    at: new Date(at),
    counters: Object.fromEntries(DERIVED_COUNTERS.map((name, index) => [name, values[index] ?? 0])),
  }));
  return steps.sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** Rows are what packs are made of, and looked at while they are minutes old. */
const ROWS_KEPT_SECONDS = 3 * 86_400;

/** Drops what is past its time, and what is left of nodes that are gone. @param keptSeconds of packs */
export async function deleteOldDerived(tx: Tx, now: Date, keptSeconds: Record<RollupStep, number>): Promise<void> {
  const before = (seconds: number) => new Date(now.getTime() - seconds * 1000);
  await tx.client.derivedRollup.deleteMany({
    where: { stepSeconds: { in: [...ROLLUP_STEPS] }, at: { lt: before(ROWS_KEPT_SECONDS) } },
  });
  for (const stepSeconds of ROLLUP_STEPS) await deleteOldPacks(tx, stepSeconds, before(keptSeconds[stepSeconds]));
  await tx.client.$executeRaw`
    DELETE FROM "DerivedCheckpoint" c WHERE NOT EXISTS (SELECT 1 FROM "Node" n WHERE n."id" = c."nodeId")`;
}
