import type { Tx } from "#lib/platform/db.ts";
import type { ResidencyInterval } from "#prisma/generated/client.ts";
import type { Interval } from "./follow-intervals.ts";

/** Intervals that follow from our own requests and loads; those that a node measured are in residency/. */
const FOLLOWED = { not: "measured" } as const;

const toInterval = ({ nodeId: _, startedAt, endedAt, ...row }: ResidencyInterval): Interval => ({
  ...row,
  startedMs: startedAt.getTime(),
  endedMs: endedAt?.getTime() ?? null,
});

/** What overlaps a window, or touches its beginning. */
export async function listFollowedIntervals(
  tx: Tx,
  nodeId: string,
  { from, to }: { from: Date; to: Date },
): Promise<Interval[]> {
  const isAlive = { OR: [{ endedAt: null }, { endedAt: { gte: from } }] };
  const where = { nodeId, source: FOLLOWED, startedAt: { lt: to }, ...isAlive };
  return (await tx.client.residencyInterval.findMany({ where })).map(toInterval);
}

/**
 * Stores what was followed since a moment, instead of all rows that reach into that time. Storing the same again changes
 * nothing. Nodes that were removed meanwhile are passed over.
 */
export async function saveFollowedIntervals(
  tx: Tx,
  nodeId: string,
  from: Date,
  intervals: readonly Interval[],
): Promise<void> {
  const rows = JSON.stringify(
    intervals.map(({ startedMs, endedMs, ...row }) => ({
      ...{ ...row, nodeId, startedAt: new Date(startedMs).toISOString() },
      endedAt: endedMs === null ? null : new Date(endedMs).toISOString(),
    })),
  );
  await tx.client.$executeRaw`
    DELETE FROM "residency_interval" r WHERE r."nodeId" = ${nodeId} AND r."source" <> 'measured'
      AND (r."endedAt" IS NULL OR r."endedAt" >= ${from})
      AND NOT EXISTS (
        SELECT 1 FROM jsonb_populate_recordset(NULL::"residency_interval", ${rows}::jsonb) k
        WHERE k."loraName" = r."loraName" AND k."startedAt" = r."startedAt" AND k."source" = r."source")`;
  await tx.client.$executeRaw`
    INSERT INTO "residency_interval" AS old
    SELECT k.* FROM jsonb_populate_recordset(NULL::"residency_interval", ${rows}::jsonb) k
    JOIN "Node" n ON n."id" = k."nodeId"
    ON CONFLICT ("nodeId", "loraName", "startedAt", "source") DO UPDATE
      SET "tier" = EXCLUDED."tier", "epoch" = EXCLUDED."epoch", "endedAt" = EXCLUDED."endedAt", "endReason" = EXCLUDED."endReason"
    WHERE (old."tier", old."epoch", old."endedAt", old."endReason")
      IS DISTINCT FROM (EXCLUDED."tier", EXCLUDED."epoch", EXCLUDED."endedAt", EXCLUDED."endReason")`;
}

/** Intervals of a window that were written as exact, and are not. */
export const weakenIntervals = (tx: Tx, nodeId: string, { from, to }: { from: Date; to: Date }): Promise<unknown> =>
  tx.client.residencyInterval.updateMany({
    where: { nodeId, source: "derived", startedAt: { lt: to }, OR: [{ endedAt: null }, { endedAt: { gt: from } }] },
    data: { source: "inferred" },
  });

/** What a node measured at a moment: the tier of each name; who is missing was in none. */
export async function measuredTiersAt(tx: Tx, nodeId: string, at: Date): Promise<Map<string, "gpu" | "cpu">> {
  const rows = await tx.client.residencyInterval.findMany({
    where: { nodeId, source: "measured", startedAt: { lte: at }, OR: [{ endedAt: null }, { endedAt: { gt: at } }] },
    select: { loraName: true, tier: true },
  });
  return new Map(rows.flatMap(({ loraName, tier }) => (tier === "gpu" || tier === "cpu" ? [[loraName, tier]] : [])));
}

/** How far a node was followed; null = it was not. */
export const findFollowedTo = async (tx: Tx, nodeId: string): Promise<Date | null> =>
  (await tx.client.derivedCheckpoint.findUnique({ where: { nodeId }, select: { followedTo: true } }))?.followedTo ??
  null;

/** How often a node's engine began anew since a moment. */
export const restartsSince = (tx: Tx, nodeId: string, since: Date): Promise<number> =>
  tx.client.loadEvent.count({ where: { nodeId, kind: "restart", at: { gte: since } } });
