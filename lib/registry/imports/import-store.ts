import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { FileEntry } from "../browser/file-set.ts";
import type { ImportKind, ImportState, RowArtifact, RowState } from "../browser/import-schema.ts";
import type { Finding } from "../schema.ts";

/** An import as its own use cases see it. It belongs to the platform: no customer's role may read it. */
export type ImportRecord = {
  id: string;
  name: string;
  poolId: string;
  kind: ImportKind;
  source: ImportSourceInput;
  state: ImportState;
  jobId: string | null;
  createdBy: string;
  generation: number;
  createdAt: Date;
  updatedAt: Date;
};
/** {path} of a directory, {sourceId, prefix} of a bucket. */
export type ImportSourceInput = { path?: string; sourceId?: string; prefix?: string };

/** What stood under a row's names when somebody last decided over them, and what the checks learned about its bytes. */
export type RowFacts = { seenTenantId: string | null; seenAdapterId: string | null; artifact: RowArtifact | null };

/** A row without its findings, small enough to read a thousand of them. */
export type RowRecord = {
  id: string;
  importId: string;
  position: number;
  tenantSlug: string;
  tenantName: string;
  adapterSlug: string;
  adapterName: string;
  location: string;
  isGuess: boolean;
  state: RowState;
  facts: RowFacts;
  message: string | null;
  versionId: string | null;
  generation: number;
};

const json = (value: unknown) => value as Prisma.InputJsonValue;

const toImport = (row: Prisma.ImportGetPayload<Record<never, never>>): ImportRecord => ({
  ...row,
  source: row.source as ImportSourceInput,
});

const NO_FACTS: RowFacts = { seenTenantId: null, seenAdapterId: null, artifact: null };
const SLIM = { findings: true, files: true, updatedAt: true } as const;
type SlimRow = Prisma.ImportRowGetPayload<{ omit: typeof SLIM }>;
const toRow = (row: SlimRow): RowRecord => ({ ...row, facts: (row.facts as RowFacts | null) ?? NO_FACTS });

// --- reading -----------------------------------------------------------------------------------------------------

export async function getImport(tx: Tx, importId: string): Promise<ImportRecord | null> {
  const row = await tx.client.import.findUnique({ where: { id: importId } });
  return row && toImport(row);
}

/** Newest first. */
export async function listImports(
  tx: Tx,
  query: PageQuery & { state?: ImportState | undefined },
): Promise<Page<ImportRecord>> {
  const rows = await tx.client.import.findMany({
    ...pageArgs(query),
    where: query.state ? { state: query.state } : {},
  });
  return toPage(rows.map(toImport), query.limit);
}

/** All rows of an import, in their order. */
export async function listRows(tx: Tx, importId: string): Promise<RowRecord[]> {
  const rows = await tx.client.importRow.findMany({ where: { importId }, orderBy: { position: "asc" }, omit: SLIM });
  return rows.map(toRow);
}

export async function getRow(tx: Tx, importId: string, rowId: string): Promise<RowRecord | null> {
  const row = await tx.client.importRow.findFirst({ where: { id: rowId, importId }, omit: SLIM });
  return row && toRow(row);
}

/** What the checks said of these rows, and which files they are of. */
export async function readFindings(
  tx: Tx,
  rowIds: readonly string[],
): Promise<Map<string, { findings: Finding[]; files: FileEntry[] }>> {
  const rows = await tx.client.importRow.findMany({
    where: { id: { in: [...rowIds] } },
    select: { id: true, findings: true, files: true },
  });
  return new Map(
    rows.map(({ id, findings, files }) => [
      id,
      { findings: findings as unknown as Finding[], files: files as unknown as FileEntry[] },
    ]),
  );
}

// --- writing -----------------------------------------------------------------------------------------------------

export type NewRow = Omit<RowRecord, "id" | "importId" | "message" | "versionId" | "generation"> & {
  files?: readonly FileEntry[];
  findings?: readonly Finding[];
};

const CHUNK = 250;

export async function insertImport(
  tx: Tx,
  input: {
    name: string;
    poolId: string;
    kind: ImportKind;
    source: ImportSourceInput;
    createdBy: string;
    rows: readonly NewRow[];
  },
): Promise<ImportRecord> {
  const { rows, source, ...rest } = input;
  const row = await tx.client.import.create({ data: { id: newId("import"), ...rest, source: json(source) } });
  for (let first = 0; first < rows.length; first += CHUNK)
    await tx.client.importRow.createMany({
      data: rows.slice(first, first + CHUNK).map(({ facts, files = [], findings = [], ...fields }) => ({
        ...fields,
        id: newId("importRow"),
        importId: row.id,
        facts: json(facts),
        files: json(files),
        findings: json(findings),
      })),
    });
  return toImport(row);
}

/** Keeps other changes of an import and its rows away until the transaction ends. */
export async function lockImport(tx: Tx, importId: string): Promise<ImportRecord | null> {
  await tx.client.$executeRaw`SELECT 1 FROM "Import" WHERE "id" = ${importId} FOR UPDATE`;
  return getImport(tx, importId);
}

export const changeImport = async (
  tx: Tx,
  importId: string,
  change: { state?: ImportState; jobId?: string },
): Promise<void> => {
  await tx.client.import.update({ where: { id: importId }, data: { ...change, generation: { increment: 1 } } });
};

export type RowChange = Partial<
  Pick<
    RowRecord,
    | "tenantSlug"
    | "tenantName"
    | "adapterSlug"
    | "adapterName"
    | "location"
    | "isGuess"
    | "state"
    | "facts"
    | "message"
    | "versionId"
  >
> & { findings?: readonly Finding[]; files?: readonly FileEntry[] };

/** @returns false when the row is no longer at `generation` */
export async function editRowAt(tx: Tx, row: { id: string; generation: number }, change: RowChange): Promise<boolean> {
  const { count } = await tx.client.importRow.updateMany({
    where: { id: row.id, generation: row.generation },
    data: { ...rowData(change), generation: { increment: 1 } },
  });
  return count === 1;
}

/** Changes a row that is still in one of these states. @returns false when it is not */
export async function moveRow(tx: Tx, rowId: string, from: readonly RowState[], change: RowChange): Promise<boolean> {
  const { count } = await tx.client.importRow.updateMany({
    where: { id: rowId, state: { in: [...from] } },
    data: { ...rowData(change), generation: { increment: 1 } },
  });
  return count === 1;
}

const rowData = ({ facts, findings, files, ...fields }: RowChange): Prisma.ImportRowUpdateManyMutationInput => ({
  ...fields,
  ...(facts ? { facts: json(facts) } : {}),
  ...(findings ? { findings: json(findings) } : {}),
  ...(files ? { files: json(files) } : {}),
});

/** Puts rows into the hands of a job. */
export async function sendRows(tx: Tx, rowIds: readonly string[], state: "checking" | "importing"): Promise<void> {
  await tx.client.importRow.updateMany({
    where: { id: { in: [...rowIds] } },
    data: { state, message: null, generation: { increment: 1 } },
  });
}

/** What an import made itself is known to all of its rows from then on. */
export async function noteSeen(
  tx: Tx,
  importId: string,
  made: { tenantSlug: string; tenantId: string; adapterSlug?: string; adapterId?: string },
): Promise<void> {
  const { tenantSlug, tenantId, adapterSlug, adapterId } = made;
  await tx.client.$executeRaw`
    UPDATE "ImportRow" SET "facts" = jsonb_set("facts", '{seenTenantId}', to_jsonb(${tenantId}::text))
    WHERE "importId" = ${importId} AND "tenantSlug" = ${tenantSlug}`;
  if (adapterSlug !== undefined && adapterId !== undefined)
    await tx.client.$executeRaw`
      UPDATE "ImportRow" SET "facts" = jsonb_set("facts", '{seenAdapterId}', to_jsonb(${adapterId}::text))
      WHERE "importId" = ${importId} AND "tenantSlug" = ${tenantSlug} AND "adapterSlug" = ${adapterSlug}`;
}
