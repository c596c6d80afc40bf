import type { Actor } from "#lib/identity/actor.ts";
import { isServedBy, isServedIn, type MarkPlace } from "#lib/metrics/marks/mark-store.ts";
import type { Tx } from "#lib/platform/db.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { ObjectTypes } from "./change-groups.ts";

export type AuditedChange = {
  id: string;
  at: Date;
  tenantId: string | null;
  actor: { kind: Actor["kind"]; id: string; label: string };
  action: string;
  objectType: string;
  objectId: string;
  reason: string | null;
  before: unknown;
  after: unknown;
};

export type ChangeWindow = { from: Date; to: Date; limit: number };
export type ChangeScope = { tenantId?: string | undefined; within?: MarkPlace | undefined };

/** The pool that an object of the platform is, or stands in; null = it has none, or is gone. */
const POOL_OF_PLATFORM = Prisma.sql`COALESCE(
  (SELECT n."poolId" FROM "Node" n WHERE n."id" = e."objectId"),
  (SELECT r."poolId" FROM "Rollout" r WHERE r."id" = e."objectId"),
  (SELECT p."id" FROM "Pool" p WHERE p."id" = e."objectId"))`;

/** The pool of the adapter that an object of a tenant belongs to; null = it is about the tenant as a whole, or gone. */
const POOL_OF_TENANT = Prisma.sql`COALESCE(
  (SELECT a."poolId" FROM "Adapter" a WHERE a."id" = e."objectId"),
  (SELECT a."poolId" FROM "AdapterVersion" v JOIN "Adapter" a ON a."id" = v."adapterId" WHERE v."id" = e."objectId"),
  (SELECT a."poolId" FROM "Cutover" c JOIN "Adapter" a ON a."id" = c."adapterId" WHERE c."id" = e."objectId"),
  (SELECT a."poolId" FROM "EvalRun" r JOIN "Adapter" a ON a."id" = r."adapterId" WHERE r."id" = e."objectId"),
  (SELECT n."poolId" FROM "Placement" l JOIN "Node" n ON n."id" = l."nodeId" WHERE l."id" = e."objectId"))`;

/**
 * A pool's changes are its own, its nodes', and those of the tenants that have an adapter there, as far as they are not
 * about an adapter elsewhere.
 */
const isIn = ({ nodeIds, poolIds }: MarkPlace): Prisma.Sql => Prisma.sql`
  CASE WHEN e."tenantId" IS NOT NULL
       THEN ${isServedIn(Prisma.sql`e."tenantId"`, poolIds)}
         AND COALESCE(${POOL_OF_TENANT} = ANY(${[...poolIds]}), true)
       ELSE e."objectId" = ANY(${[...nodeIds, ...poolIds]})
         OR EXISTS (SELECT 1 FROM "Rollout" r WHERE r."id" = e."objectId" AND r."poolId" = ANY(${[...poolIds]})) END`;

/** A tenant's changes are its own, and those of the pools that serve it. */
const isOf = (tenantId: string): Prisma.Sql => Prisma.sql`
  CASE WHEN e."tenantId" IS NOT NULL THEN e."tenantId" = ${tenantId}
       ELSE ${isServedBy(tenantId, POOL_OF_PLATFORM)} END`;

const isAbout = (types: ObjectTypes): Prisma.Sql =>
  "are" in types
    ? Prisma.sql`AND e."objectType" = ANY(${[...types.are]})`
    : Prisma.sql`AND e."objectType" <> ALL(${[...types.areNot]})`;

/** What people and programs did, newest first. What counts for all pools is told in every scope. */
export async function auditedChanges(
  tx: Tx,
  { from, to, limit }: ChangeWindow,
  { tenantId, within, objectTypes }: ChangeScope & { objectTypes?: ObjectTypes | undefined },
): Promise<AuditedChange[]> {
  const place = within === undefined ? Prisma.sql`true` : isIn(within);
  const owner = tenantId === undefined ? Prisma.sql`true` : isOf(tenantId);
  return tx.client.$queryRaw<AuditedChange[]>`
    SELECT e."id", e."at", e."tenantId", e."actor", e."action", e."objectType", e."objectId", e."reason", e."before",
           e."after"
    FROM "AuditEntry" e
    WHERE e."at" >= ${from} AND e."at" <= ${to} 
      ${tx.scope.kind === "tenant" ? Prisma.sql`AND e."tenantId" = ${tx.scope.tenantId}` : Prisma.empty}
      ${objectTypes ? isAbout(objectTypes) : Prisma.empty}
      AND (e."objectType" = 'settings' OR (${owner} AND ${place}))
    ORDER BY e."at" DESC, e."id" DESC LIMIT ${limit}`;
}

/** What objects are called, by id; those that are gone are absent. */
export async function namesOfObjects(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const of = (prefix: string) => ids.filter((id) => id.startsWith(`${prefix}_`));
  const within = (prefix: string) => ({ where: { id: { in: of(prefix) } } });
  const nodes = await tx.client.node.findMany({ ...within("node"), select: { id: true, name: true } });
  const pools = await tx.client.pool.findMany({ ...within("pool"), select: { id: true, slug: true } });
  const tenants = await tx.client.tenant.findMany({ ...within("ten"), select: { id: true, slug: true } });
  const cutovers = await tx.client.cutover.findMany({ ...within("cut"), select: { id: true, adapterId: true } });
  const adapters = await tx.client.adapter.findMany({
    where: { id: { in: [...of("adp"), ...cutovers.map(({ adapterId }) => adapterId)] } },
    select: { id: true, slug: true, tenant: { select: { slug: true } } },
  });
  const versions = await tx.client.adapterVersion.findMany({
    ...within("ver"),
    select: { id: true, number: true, adapter: { select: { slug: true } }, tenant: { select: { slug: true } } },
  });
  const incidents = await tx.client.incident.findMany({ ...within("inc"), select: { id: true, title: true } });
  const adapterNames = new Map(adapters.map(({ id, slug, tenant }) => [id, `${tenant.slug} / ${slug}`]));
  return new Map([
    ...cutovers.flatMap(({ id, adapterId }) => {
      const name = adapterNames.get(adapterId);
      return name === undefined ? [] : [[id, name] as const];
    }),
    ...nodes.map(({ id, name }) => [id, name] as const),
    ...incidents.map(({ id, title }) => [id, title] as const),
    ...pools.map(({ id, slug }) => [id, slug] as const),
    ...tenants.map(({ id, slug }) => [id, slug] as const),
    ...adapterNames,
    ...versions.map(({ id, number, adapter, tenant }) => [id, `${tenant.slug} / ${adapter.slug} v${number}`] as const),
  ]);
}
