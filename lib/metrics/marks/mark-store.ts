import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Annotation, AnnotationKind } from "../schema.ts";
import type { NodeEvent } from "./node-mark.ts";

/** Where a view's marks come from, once a pool or a node was named: its nodes, and the pools these stand in. */
export type MarkPlace = { nodeIds: readonly string[]; poolIds: readonly string[] };

/**
 * @property within undefined = the whole fleet
 * @property withGates of a tenant: also gates of others in the pools that serve it, which take slots from it. Customers never
 *   see them.
 */
export type MarkFilter = {
  from: Date;
  to: Date;
  tenantId?: string | undefined;
  withGates?: boolean;
  within?: MarkPlace | undefined;
  limit: number;
};

/** Whether a tenant has an adapter in some pools. */
export const isServedIn = (tenantId: Prisma.Sql, poolIds: readonly string[]): Prisma.Sql => Prisma.sql`
  EXISTS (SELECT 1 FROM "Adapter" d WHERE d."tenantId" = ${tenantId} AND d."poolId" = ANY(${[...poolIds]}))`;

/** Whether a tenant has an adapter in a pool. */
export const isServedBy = (tenantId: string, poolId: Prisma.Sql): Prisma.Sql => Prisma.sql`
  EXISTS (SELECT 1 FROM "Adapter" d WHERE d."tenantId" = ${tenantId} AND d."poolId" = ${poolId})`;

/**
 * The fleet's own events, newest first. Those of a tenant are its adapters' and those that hit a whole node of a pool that
 * serves it. A customer has no view of nodes.
 */
export async function listNodeEvents(tx: Tx, { from, to, tenantId, within, limit }: MarkFilter): Promise<NodeEvent[]> {
  if (tx.scope.kind === "tenant") return [];
  return tx.client.$queryRaw<NodeEvent[]>`
    SELECT e."id", e."at", e."kind", e."outcome", e."message", e."nodeId", n."name" AS "nodeName", e."tenantId",
           e."versionId", e."loraName"
    FROM "LoadEvent" e LEFT JOIN "Node" n ON n."id" = e."nodeId"
    WHERE e."at" >= ${from} AND e."at" <= ${to} AND NOT (e."kind" = 'probe' AND e."outcome" <> 'failed')
      ${
        tenantId
          ? Prisma.sql`AND (e."tenantId" = ${tenantId}
              OR (e."tenantId" IS NULL AND ${isServedBy(tenantId, Prisma.sql`n."poolId"`)}))`
          : Prisma.empty
      }
      ${within ? Prisma.sql`AND e."nodeId" = ANY(${[...within.nodeIds]})` : Prisma.empty}
    ORDER BY e."at" DESC, e."id" DESC LIMIT ${limit}`;
}

/** The pool of the adapter that a mark is about; null = it is about no adapter, or about one that is gone. */
const POOL_OF_REF = Prisma.sql`COALESCE(
  (SELECT d."poolId" FROM "Adapter" d WHERE d."id" = a."ref"->>'id'),
  (SELECT d."poolId" FROM "Cutover" c JOIN "Adapter" d ON d."id" = c."adapterId" WHERE c."id" = a."ref"->>'id'),
  (SELECT d."poolId" FROM "EvalRun" r JOIN "Adapter" d ON d."id" = r."adapterId" WHERE r."id" = a."ref"->>'id'))`;

/** A mark without a node belongs to the pool of its adapter, else to those that serve its tenant. */
const isRecordedIn = ({ nodeIds, poolIds }: MarkPlace): Prisma.Sql => Prisma.sql`
  CASE WHEN a."nodeId" IS NOT NULL THEN a."nodeId" = ANY(${[...nodeIds]})
       WHEN a."tenantId" IS NULL THEN true
       ELSE COALESCE(${POOL_OF_REF} = ANY(${[...poolIds]}), ${isServedIn(Prisma.sql`a."tenantId"`, poolIds)}) END`;

/** Marks that other rooms recorded, newest first. */
export async function listAnnotations(
  tx: Tx,
  { from, to, tenantId, withGates = false, within, limit }: MarkFilter,
): Promise<Annotation[]> {
  const isOwn = (id: string) => Prisma.sql`AND a."tenantId" = ${id}`;
  const isAround = (id: string) =>
    Prisma.sql`AND (a."tenantId" = ${id} OR (a."kind" = 'gate' AND ${isServedBy(id, POOL_OF_REF)}))`;
  const rows = await tx.client.$queryRaw<(Omit<Annotation, "at" | "outcome"> & { at: Date })[]>`
    SELECT a."id", a."at", a."kind", a."title", a."tenantId", a."nodeId", a."ref"
    FROM "Annotation" a
    WHERE a."at" >= ${from} AND a."at" <= ${to}
      ${tenantId ? (withGates ? isAround : isOwn)(tenantId) : Prisma.empty}
      ${tx.scope.kind === "tenant" ? isOwn(tx.scope.tenantId) : Prisma.empty}
      ${within ? Prisma.sql`AND ${isRecordedIn(within)}` : Prisma.empty}
    ORDER BY a."at" DESC, a."id" DESC LIMIT ${limit}`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString(), outcome: "ok" }));
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
