import type { Database, Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { NodeEvent } from "./node-mark.ts";
import { WATCHED_CONDITIONS } from "./record-condition.ts";
import type { RollupStep } from "./rollup.ts";
import type { Annotation, AnnotationKind } from "./schema.ts";
import { INSERT_TRACES, type TraceBatch } from "./trace-batch.ts";

// --- scraping --------------------------------------------------------------------------------------------------

export type ScrapeTarget = {
  id: string;
  poolId: string;
  standalone: boolean;
  baseUrl: string;
  sealedKey: string | null;
  epoch: number;
  simulated: boolean;
};

export const listScrapeTargets = (tx: Tx): Promise<ScrapeTarget[]> =>
  tx.client.node.findMany({
    orderBy: { id: "asc" },
    select: {
      ...{ id: true, poolId: true, standalone: true },
      ...{ baseUrl: true, sealedKey: true, epoch: true, simulated: true },
    },
  });

/** Drops what is past its time. */
export async function deleteExpired(
  tx: Tx,
  limits: {
    tracesBefore: Date;
    usageBefore: Date;
    sightingsBefore: Date;
    rollupsBefore: readonly { stepSeconds: RollupStep; before: Date }[];
  },
): Promise<void> {
  await tx.client.requestTrace.deleteMany({ where: { arrivedAt: { lt: limits.tracesBefore } } });
  await tx.client.traceHour.deleteMany({ where: { at: { lt: limits.tracesBefore } } });
  await tx.client.tracePack.deleteMany({ where: { at: { lt: limits.tracesBefore } } });
  await tx.client.usage.deleteMany({ where: { minute: { lt: limits.usageBefore } } });
  await tx.client.gatewayInstance.deleteMany({ where: { seenAt: { lt: limits.sightingsBefore } } });
  await tx.client.serviceCondition.deleteMany({
    where: { type: { in: [...WATCHED_CONDITIONS] }, observedAt: { lt: limits.sightingsBefore } },
  });
  for (const { stepSeconds, before } of limits.rollupsBefore)
    await tx.client.rollup.deleteMany({ where: { stepSeconds, at: { lt: before } } });
}

// --- charts of nodes -------------------------------------------------------------------------------------------

/** Nodes that serve customers, or the one that was named, with their pools. */
export type NodeFilter = { poolId?: string | undefined; nodeId?: string | undefined };
export type ChartNode = { id: string; name: string; pool: { id: string; name: string } };

/** The nodes that a chart is about, as a condition on rows of "Node" AS n. */
export const isCharted = ({ poolId, nodeId }: NodeFilter): Prisma.Sql => Prisma.sql`
  (${poolId ?? null}::text IS NULL OR n."poolId" = ${poolId ?? null})
  AND CASE WHEN ${nodeId ?? null}::text IS NULL THEN NOT n."standalone" ELSE n."id" = ${nodeId ?? null} END`;

/** By name. In one statement, as every chart waits for it. */
export const listChartNodes = (tx: Tx, filter: NodeFilter): Promise<ChartNode[]> => tx.client.$queryRaw`
  SELECT n."id", n."name", jsonb_build_object('id', p."id", 'name', p."name") AS "pool"
  FROM "Node" n JOIN "Pool" p ON p."id" = n."poolId" WHERE ${isCharted(filter)} ORDER BY n."name"`;

export const findPool = (tx: Tx, id: string) =>
  tx.client.pool.findUnique({ where: { id }, select: { id: true, name: true } });

type Window = { from: Date; to: Date };

// --- traces ----------------------------------------------------------------------------------------------------

/** One statement for a batch. A batch that is sent again after a lost answer changes nothing. */
export async function insertTraces(db: Database, batch: TraceBatch): Promise<void> {
  await db.bulk(INSERT_TRACES, [batch.json()]);
}

// --- annotations -----------------------------------------------------------------------------------------------

export type MarkFilter = Window & {
  tenantId?: string | undefined;
  nodeIds?: readonly string[] | undefined;
  limit: number;
};

/**
 * The fleet's own events, newest first. Those of a tenant are its adapter's and those that hit a whole node. A customer
 * has no view of nodes.
 */
export async function listNodeEvents(tx: Tx, filter: MarkFilter): Promise<NodeEvent[]> {
  if (tx.scope.kind === "tenant") return [];
  return tx.client.$queryRaw<NodeEvent[]>`
    SELECT e."id", e."at", e."kind", e."outcome", e."message", e."nodeId", n."name" AS "nodeName", e."tenantId",
           e."versionId", e."loraName"
    FROM "LoadEvent" e LEFT JOIN "Node" n ON n."id" = e."nodeId"
    WHERE e."at" >= ${filter.from} AND e."at" <= ${filter.to} AND NOT (e."kind" = 'probe' AND e."outcome" <> 'failed')
      ${filter.tenantId ? Prisma.sql`AND (e."tenantId" = ${filter.tenantId} OR e."tenantId" IS NULL)` : Prisma.empty}
      ${filter.nodeIds ? Prisma.sql`AND e."nodeId" = ANY(${[...filter.nodeIds]})` : Prisma.empty}
    ORDER BY e."at" DESC, e."id" DESC LIMIT ${filter.limit}`;
}

/** Marks that other rooms recorded, newest first. */
export async function listAnnotations(tx: Tx, filter: MarkFilter): Promise<Annotation[]> {
  const rows = await tx.client.annotation.findMany({
    where: {
      at: { gte: filter.from, lte: filter.to },
      ...(filter.tenantId ? { tenantId: filter.tenantId } : {}),
      ...(filter.nodeIds ? { OR: [{ nodeId: null }, { nodeId: { in: [...filter.nodeIds] } }] } : {}),
      ...tenantWhere(tx.scope),
    },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: filter.limit,
  });
  return rows.map((row) => ({
    ...row,
    at: row.at.toISOString(),
    kind: row.kind as AnnotationKind,
    outcome: "ok",
    ref: row.ref as Annotation["ref"],
  }));
}

/** Marks of a kind about some objects, at or after a moment. */
export async function annotatedRefs(
  tx: Tx,
  marks: { kind: AnnotationKind; refIds: readonly string[]; since: Date },
): Promise<{ refId: string; at: Date }[]> {
  return tx.client.$queryRaw`
    SELECT "ref"->>'id' AS "refId", "at" FROM "Annotation"
    WHERE "at" >= ${marks.since} AND "kind" = ${marks.kind} AND "ref"->>'id' = ANY(${[...marks.refIds]})`;
}

export type NewAnnotation = {
  id: string;
  at: Date;
  kind: AnnotationKind;
  title: string;
  tenantId: string | null;
  nodeId: string | null;
  ref: Annotation["ref"];
};

export async function insertAnnotation(tx: Tx, mark: NewAnnotation): Promise<void> {
  await tx.client.annotation.create({
    data: { ...mark, ref: mark.ref ?? Prisma.DbNull },
    select: { id: true },
  });
}
