import type { Actor } from "#lib/identity/actor.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";

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

/** What people and programs did, newest first. @param scope objects by id; undefined = all */
export async function auditedChanges(
  tx: Tx,
  { from, to, limit }: ChangeWindow,
  scope: { tenantId?: string | undefined; objectIds?: readonly string[] | undefined; objectTypes?: readonly string[] },
): Promise<AuditedChange[]> {
  const rows = await tx.client.auditEntry.findMany({
    where: {
      at: { gte: from, lte: to },
      ...(scope.tenantId === undefined ? {} : { tenantId: scope.tenantId }),
      ...(scope.objectIds === undefined ? {} : { objectId: { in: [...scope.objectIds] } }),
      ...(scope.objectTypes === undefined ? {} : { objectType: { in: [...scope.objectTypes] } }),
      ...tenantWhere(tx.scope),
    },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit,
    select: {
      id: true,
      at: true,
      tenantId: true,
      actor: true,
      action: true,
      objectType: true,
      objectId: true,
      reason: true,
      before: true,
      after: true,
    },
  });
  return rows.map((row) => ({ ...row, actor: row.actor as AuditedChange["actor"] }));
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
