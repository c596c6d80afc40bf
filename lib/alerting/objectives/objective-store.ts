import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { Basis, ObjectivesQuery } from "../browser/objective-schema.ts";

/** What a customer may read as well; row-level security shows them only what is accepted and meant for them. */
const SHOWN = {
  id: true,
  tenantId: true,
  poolId: true,
  kind: true,
  target: true,
  windowDays: true,
  visibility: true,
  status: true,
  countedTo: true,
  generation: true,
} as const;
const INSIDE = { basis: true, decidedBy: true, decidedAt: true } as const;

type Shown = Prisma.ObjectiveGetPayload<{ select: typeof SHOWN }>;
export type ObjectiveRecord = Shown & { basis: Basis | null; decidedBy: string | null; decidedAt: Date | null };

const NOTHING_INSIDE = { basis: null, decidedBy: null, decidedAt: null };

async function findMany(tx: Tx, args: Omit<Prisma.ObjectiveFindManyArgs, "select">): Promise<ObjectiveRecord[]> {
  if (tx.scope.kind === "tenant") {
    const where = { ...args.where, AND: tenantWhere(tx.scope) };
    const rows = await tx.client.objective.findMany({ ...args, where, select: SHOWN });
    return rows.map((row) => ({ ...row, ...NOTHING_INSIDE }));
  }
  const rows = await tx.client.objective.findMany({ ...args, select: { ...SHOWN, ...INSIDE } });
  return rows.map((row) => ({ ...row, basis: row.basis as unknown as Basis | null }));
}

type Filter = Pick<ObjectivesQuery, "tenantId" | "poolId" | "status">;
const whereOf = ({ tenantId, poolId, status }: Filter) => ({
  ...(tenantId ? { tenantId } : {}),
  ...(poolId ? { poolId } : {}),
  ...(status ? { status } : {}),
});

export async function listObjectives(tx: Tx, query: ObjectivesQuery): Promise<Page<ObjectiveRecord>> {
  return toPage(await findMany(tx, { ...pageArgs(query), where: whereOf(query) }), query.limit);
}

/** Newest first. */
export const allObjectives = (tx: Tx, filter: Filter): Promise<ObjectiveRecord[]> =>
  findMany(tx, { where: whereOf(filter), orderBy: { id: "desc" } });

export async function getObjective(tx: Tx, id: string): Promise<ObjectiveRecord | null> {
  return (await findMany(tx, { where: { id } }))[0] ?? null;
}

/** Accepted ones of pools, and of tenants that are served. */
export const listAccepted = (tx: Tx): Promise<ObjectiveRecord[]> =>
  findMany(tx, {
    where: { status: "accepted", OR: [{ tenantId: null }, { tenant: { status: "active" } }] },
    orderBy: { id: "asc" },
  });

/** Accepted ones of some tenants. */
export const listAcceptedOf = (tx: Tx, tenantIds: readonly string[]): Promise<ObjectiveRecord[]> =>
  findMany(tx, { where: { status: "accepted", tenantId: { in: [...tenantIds] } }, orderBy: { id: "asc" } });

export type NewObjective = Omit<ObjectiveRecord, "countedTo" | "generation">;

const toData = ({ basis, ...rest }: NewObjective) => ({
  ...rest,
  basis: basis === null ? Prisma.DbNull : (basis as unknown as Prisma.InputJsonObject),
});

export async function insertObjective(tx: Tx, objective: NewObjective): Promise<void> {
  await tx.client.objective.create({ data: toData(objective), select: { id: true } });
}

/** A kind that somebody set meanwhile stays as they set it. @returns how many are new */
export async function insertProposals(tx: Tx, proposals: readonly NewObjective[]): Promise<number> {
  const { count } = await tx.client.objective.createMany({ data: proposals.map(toData), skipDuplicates: true });
  return count;
}

export type ObjectiveChange = Partial<
  Pick<ObjectiveRecord, "target" | "windowDays" | "visibility" | "status" | "decidedBy" | "decidedAt" | "countedTo">
>;

/** @returns false when it was changed since `generation` */
export async function saveObjective(tx: Tx, id: string, generation: number, change: ObjectiveChange): Promise<boolean> {
  const { count } = await tx.client.objective.updateMany({
    where: { id, generation },
    data: { ...change, generation: { increment: 1 } },
  });
  return count === 1;
}

export async function deleteObjective(tx: Tx, id: string): Promise<void> {
  await tx.client.objective.deleteMany({ where: { id } });
}

/** Names of what objectives are about; a customer has no view of pools. */
export async function namesOfScopes(tx: Tx, rows: readonly Pick<Shown, "tenantId" | "poolId">[]) {
  const idsOf = (key: "tenantId" | "poolId") => [...new Set(rows.flatMap((row) => row[key] ?? []))];
  const select = { id: true, name: true };
  const tenants = await tx.client.tenant.findMany({ where: { id: { in: idsOf("tenantId") } }, select });
  const poolIds = idsOf("poolId");
  const pools = poolIds.length === 0 ? [] : await tx.client.pool.findMany({ where: { id: { in: poolIds } }, select });
  return new Map([...tenants, ...pools].map(({ id, name }) => [id, name]));
}

export const findScope = (tx: Tx, scope: { tenantId: string } | { poolId: string }) =>
  "tenantId" in scope
    ? tx.client.tenant.findUnique({ where: { id: scope.tenantId }, select: { id: true } })
    : tx.client.pool.findUnique({ where: { id: scope.poolId }, select: { id: true } });

/** Tenants that are served, with the kinds that somebody set, or that were proposed, for them. */
export async function listKindsOfTenants(tx: Tx) {
  const rows = await tx.client.tenant.findMany({
    where: { status: "active" },
    orderBy: { name: "asc" },
    select: { id: true, name: true, objectives: { select: { kind: true } } },
  });
  return rows.map(({ objectives, ...tenant }) => ({ ...tenant, kinds: objectives.map(({ kind }) => kind) }));
}

/** Active tenants without an objective of any kind, by name. */
export const listWithoutObjectives = (tx: Tx, tenantId: string | undefined, take: number) =>
  tx.client.tenant.findMany({
    where: { status: "active", objectives: { none: {} }, ...(tenantId ? { id: tenantId } : {}) },
    orderBy: { name: "asc" },
    take,
    select: { id: true, name: true },
  });
