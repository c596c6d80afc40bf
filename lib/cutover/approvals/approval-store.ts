import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Scope } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { ApprovalState } from "../browser/approval-schema.ts";
import { type CutoverRecord, NAMED, toRecord as toCutover } from "../store.ts";

type Row = Prisma.ApprovalGetPayload<Record<never, never>>;
export type ApprovalRecord = Row & { cutover: CutoverRecord };

/** A customer sees what waits, or waited, for it; the database keeps the rest from it as well. */
const visibleTo = (scope: Scope): Prisma.ApprovalWhereInput =>
  scope.kind === "tenant" ? { tenantId: scope.tenantId, decider: "customer" } : {};

const WITH_CUTOVER = { cutover: { include: NAMED } } as const;
const toRecord = ({
  cutover,
  ...row
}: Prisma.ApprovalGetPayload<{ include: typeof WITH_CUTOVER }>): ApprovalRecord => ({
  ...row,
  cutover: toCutover(cutover),
});

export type NewApproval = Omit<
  Row,
  "state" | "askedAt" | "remindedAt" | "decidedBy" | "decidedAt" | "comment" | "reason" | "settledAt"
>;

export async function insertApproval(tx: Tx, approval: NewApproval): Promise<void> {
  await tx.client.approval.create({ data: approval, select: { id: true } });
}

export async function getApproval(tx: Tx, approvalId: string): Promise<ApprovalRecord | null> {
  const where = { AND: [{ id: approvalId }, visibleTo(tx.scope)] };
  const row = await tx.client.approval.findFirst({ where, include: WITH_CUTOVER });
  return row && toRecord(row);
}

type Filter = PageQuery & { tenantId?: string; cutoverId?: string; state?: ApprovalState };

export async function listApprovalRecords(tx: Tx, query: Filter): Promise<Page<ApprovalRecord>> {
  const { tenantId, cutoverId, state } = query;
  const asked = { ...(tenantId ? { tenantId } : {}), ...(cutoverId ? { cutoverId } : {}), ...(state ? { state } : {}) };
  const rows = await tx.client.approval.findMany({
    ...pageArgs(query),
    where: { AND: [visibleTo(tx.scope), asked] },
    include: WITH_CUTOVER,
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toRecord) };
}

/** Those of a cutover, whatever became of them. */
export const approvalsOf = (tx: Tx, cutoverId: string): Promise<Row[]> =>
  tx.client.approval.findMany({ where: { cutoverId }, orderBy: { id: "asc" } });

/** Those who answered for the customer, as histories name them: nobody else may answer in its place. */
export async function customersAmong(tx: Tx, cutoverIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.client.approval.findMany({
    where: { AND: [{ cutoverId: { in: [...cutoverIds] }, decider: "customer" }, visibleTo(tx.scope)] },
    select: { decidedBy: true },
  });
  return new Set(rows.flatMap(({ decidedBy }) => decidedBy ?? []));
}

/** What the worker still has something to do about: open ones, and answers that were not carried out yet. */
export const unsettledIds = async (tx: Tx): Promise<string[]> => {
  const rows = await tx.client.approval.findMany({
    where: { settledAt: null },
    orderBy: { id: "asc" },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
};

/** Writes an answer down, where there is none yet. */
export async function putDecision(
  tx: Tx,
  approvalId: string,
  decision: { state: "approved" | "declined"; decidedBy: string; decidedAt: Date; comment: string | null },
): Promise<void> {
  await tx.client.approval.updateMany({
    where: { AND: [{ id: approvalId, state: "pending" }, visibleTo(tx.scope)] },
    data: decision,
  });
}

/** Ends one that nobody has answered, and counts as carried out. @returns false when somebody was faster */
export async function putEnd(
  tx: Tx,
  approvalId: string,
  end: { state: "expired" | "withdrawn"; reason: string; settledAt: Date },
): Promise<boolean> {
  const { count } = await tx.client.approval.updateMany({ where: { id: approvalId, state: "pending" }, data: end });
  return count === 1;
}

export async function putSettled(tx: Tx, approvalId: string, settledAt: Date): Promise<void> {
  await tx.client.approval.update({ where: { id: approvalId }, data: { settledAt }, select: { id: true } });
}

/** The newest version of an adapter after a number that passed its gate since a moment, by number; null = there is none. */
export async function passedSince(tx: Tx, adapterId: string, number: number, since: Date): Promise<number | null> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { adapterId, number: { gt: number }, state: "ready" },
    orderBy: { number: "desc" },
    select: { id: true, number: true },
  });
  const verdicts = await tx.client.verdict.findMany({
    where: { versionId: { in: rows.map(({ id }) => id) }, run: { gates: true } },
    orderBy: [{ versionId: "asc" }, { id: "desc" }],
    distinct: ["versionId"],
    select: { versionId: true, outcome: true, createdAt: true },
  });
  const passed = verdicts.filter(({ outcome, createdAt }) => outcome === "pass" && createdAt > since);
  return rows.find(({ id }) => passed.some(({ versionId }) => versionId === id))?.number ?? null;
}
