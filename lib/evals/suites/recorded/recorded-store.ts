import { decodeCursor, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { CaseInput } from "../../browser/suite-schema.ts";

type Row = Prisma.RecordedCaseGetPayload<Record<never, never>>;
export type RecordedRow = Omit<Row, "prompt"> & { prompt: CaseInput };

const toRow = (row: Row): RecordedRow => ({ ...row, prompt: row.prompt as unknown as CaseInput });

/** @returns false when one of the same recording asks the same */
export async function insertRecorded(tx: Tx, recorded: Omit<RecordedRow, "id">): Promise<boolean> {
  const data = { ...recorded, id: newId("recordedCase"), prompt: recorded.prompt as unknown as Prisma.InputJsonValue };
  const { count } = await tx.client.recordedCase.createMany({ data: [data], skipDuplicates: true });
  return count === 1;
}

/** Newest first. A page goes on behind its last also when that one was taken out meanwhile. */
export async function pageOfRecorded(tx: Tx, adapterId: string, query: PageQuery): Promise<Page<RecordedRow>> {
  const behind = query.cursor ? { id: { lt: decodeCursor(query.cursor) } } : {};
  const rows = await tx.client.recordedCase.findMany({
    where: { AND: [{ adapterId }, behind, tenantWhere(tx.scope)] },
    orderBy: { id: "desc" },
    take: query.limit + 1,
  });
  return toPage(rows.map(toRow), query.limit);
}

/** Oldest first. */
export async function listRecorded(tx: Tx, adapterId: string, limit: number): Promise<RecordedRow[]> {
  const rows = await tx.client.recordedCase.findMany({
    where: { AND: [{ adapterId }, tenantWhere(tx.scope)] },
    orderBy: { id: "asc" },
    take: limit,
  });
  return rows.map(toRow);
}

export const countRecorded = (tx: Tx, adapterId: string): Promise<number> =>
  tx.client.recordedCase.count({ where: { AND: [{ adapterId }, tenantWhere(tx.scope)] } });

export async function getRecorded(tx: Tx, recordedId: string): Promise<RecordedRow | null> {
  const row = await tx.client.recordedCase.findFirst({ where: { AND: [{ id: recordedId }, tenantWhere(tx.scope)] } });
  return row && toRow(row);
}

export async function deleteRecorded(tx: Tx, recordedId: string): Promise<void> {
  await tx.client.recordedCase.deleteMany({ where: { AND: [{ id: recordedId }, tenantWhere(tx.scope)] } });
}

/** @returns how many there were */
export async function deleteAllRecorded(tx: Tx, adapterId: string): Promise<number> {
  const where = { AND: [{ adapterId }, tenantWhere(tx.scope)] };
  return (await tx.client.recordedCase.deleteMany({ where })).count;
}

/** Those whose time is over, and all of tenants that leave. @returns how many */
export async function deleteDueRecorded(tx: Tx, now: Date): Promise<number> {
  const due = { OR: [{ deleteAt: { lte: now } }, { tenant: { status: "offboarding" as const } }] };
  return (await tx.client.recordedCase.deleteMany({ where: due })).count;
}
