import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { FindingBody, FindingsQuery, Pitfall } from "../browser/finding-schema.ts";

type Row = Prisma.FindingGetPayload<Record<never, never>>;
/** The platform's own: it names nodes, and several tenants at once. */
export type FindingRecord = Omit<Row, "pitfall" | "body"> & { pitfall: Pitfall; body: FindingBody };

const toRecord = (row: Row): FindingRecord => ({
  ...row,
  pitfall: row.pitfall as Pitfall,
  body: row.body as unknown as FindingBody,
});

export async function listOpenFindings(tx: Tx, poolId: string): Promise<FindingRecord[]> {
  const rows = await tx.client.finding.findMany({ where: { poolId, clearedAt: null }, orderBy: { id: "asc" } });
  return rows.map(toRecord);
}

/** Findings whose fix an open alert recommends. */
export async function openAlertFindings(tx: Tx): Promise<string[]> {
  const rows = await tx.client.$queryRaw<{ findingId: string }[]>`
    SELECT DISTINCT "diagnosis"->>'findingId' AS "findingId" FROM "Alert"
    WHERE "openKey" IS NOT NULL AND "diagnosis"->>'findingId' IS NOT NULL`;
  return rows.map(({ findingId }) => findingId);
}

export type NewFinding = Omit<FindingRecord, "openKey" | "goodSince" | "clearedAt">;
export async function insertFinding(tx: Tx, finding: NewFinding): Promise<void> {
  await tx.client.finding.create({
    data: { ...finding, body: finding.body as Prisma.InputJsonObject, openKey: finding.dedupeKey },
    select: { id: true },
  });
}

type Change = Partial<Pick<FindingRecord, "severity" | "body" | "subjectName" | "lastSeenAt" | "goodSince">>;
export async function saveFinding(tx: Tx, id: string, change: Change): Promise<void> {
  await tx.client.finding.updateMany({ where: { id }, data: change as Prisma.FindingUpdateManyMutationInput });
}

export async function clearFinding(tx: Tx, id: string, clearedAt: Date): Promise<void> {
  await tx.client.finding.updateMany({ where: { id }, data: { clearedAt, openKey: null } });
}

const STATES = {
  open: { clearedAt: null },
  cleared: { clearedAt: { not: null } },
  all: {},
} satisfies Record<FindingsQuery["state"], Prisma.FindingWhereInput>;

/** The gravest first, newest first among equals. */
export async function listFindings(tx: Tx, query: FindingsQuery): Promise<Page<FindingRecord>> {
  const { state, pitfall, poolId, nodeId, tenantId } = query;
  const node = nodeId === undefined ? null : await tx.client.node.findUnique({ where: { id: nodeId } });
  const rows = await tx.client.finding.findMany({
    ...pageArgs(query),
    where: {
      ...STATES[state],
      ...(pitfall ? { pitfall } : {}),
      ...(poolId ? { poolId } : {}),
      ...(tenantId ? { tenantId } : {}),
      ...(nodeId ? { OR: [{ nodeId }, { nodeId: null, poolId: node?.poolId ?? "" }] } : {}),
    },
    orderBy: [{ severity: "asc" }, { id: "desc" }],
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toRecord) };
}

const MOST_AT = 50;

/**
 * Findings of these pitfalls that stood at some time of a window, on a node or on a pool as a whole. What is about one
 * tenant explains nothing of the others.
 * @param query.at ids of nodes and pools
 */
export async function findFindingsAt(
  tx: Tx,
  query: { pitfalls: readonly Pitfall[]; at: readonly string[]; tenantIds: readonly string[]; from: Date; to: Date },
): Promise<FindingRecord[]> {
  const { pitfalls, tenantIds, from, to } = query;
  const at = [...query.at];
  const rows = await tx.client.finding.findMany({
    where: {
      pitfall: { in: [...pitfalls] },
      firstSeenAt: { lte: to },
      AND: [
        { OR: [{ clearedAt: null }, { clearedAt: { gte: from } }] },
        { OR: [{ nodeId: { in: at } }, { nodeId: null, poolId: { in: at } }] },
        { OR: [{ tenantId: null }, { tenantId: { in: [...tenantIds] } }] },
      ],
    },
    orderBy: { id: "desc" },
    take: MOST_AT,
  });
  return rows.map(toRecord);
}
