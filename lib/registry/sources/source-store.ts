import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { ImportSource } from "../browser/source-schema.ts";

type SourceRow = Prisma.ImportSourceGetPayload<Record<never, never>>;

/** A source as this room uses it: with the sealed secret, which no route returns. */
export type SourceRecord = ImportSource & { sealedSecret: string };

const toSource = ({ createdAt, updatedAt, lastUsedAt, ...row }: SourceRow): SourceRecord => ({
  ...row,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});

export const withoutSecret = ({ sealedSecret, ...source }: SourceRecord): ImportSource => source;

export async function listSources(tx: Tx, query: PageQuery): Promise<Page<ImportSource>> {
  const rows = await tx.client.importSource.findMany(pageArgs(query));
  return toPage(rows.map(toSource).map(withoutSecret), query.limit);
}

export async function findSource(tx: Tx, sourceId: string): Promise<SourceRecord | null> {
  const row = await tx.client.importSource.findUnique({ where: { id: sourceId } });
  return row && toSource(row);
}

export type SourceFields = Omit<SourceRecord, "id" | "generation" | "createdAt" | "lastUsedAt">;

export const insertSource = async (tx: Tx, id: string, fields: SourceFields): Promise<SourceRecord> =>
  toSource(await tx.client.importSource.create({ data: { id, ...fields } }));

/** @returns null when it was changed since `generation` */
export async function saveSource(
  tx: Tx,
  id: string,
  generation: number,
  fields: Partial<SourceFields>,
): Promise<SourceRecord | null> {
  const { count } = await tx.client.importSource.updateMany({
    where: { id, generation },
    data: { ...fields, generation: { increment: 1 } },
  });
  return count === 0 ? null : findSource(tx, id);
}

export const deleteSource = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.client.importSource.deleteMany({ where: { id } })).count > 0;

export async function touchSource(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.client.importSource.updateMany({ where: { id }, data: { lastUsedAt: at } });
}
