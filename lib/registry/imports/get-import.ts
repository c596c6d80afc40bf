import { decodeCursor, encodeCursor } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import {
  type Import,
  type ImportDetail,
  type ImportRow,
  type ImportState,
  ROW_STATES,
  type RowFilter,
} from "../browser/import-schema.ts";
import { listImports } from "./import-store.ts";
import { countInPool } from "./known-names-store.ts";
import { isRunnable, needsWork, presentImportState } from "./row-state.ts";
import { type OpenImport, requireImport, type StandingRow, standingRows, toWire, withFindings } from "./view-import.ts";

const countOf = (rows: readonly StandingRow[], state: StandingRow["state"]): number =>
  rows.filter((row) => row.state === state).length;

function toImport({ record, pool, isBusy }: OpenImport, rows: readonly StandingRow[]): Import {
  const [importedCount, skippedCount] = [countOf(rows, "imported"), countOf(rows, "skipped")];
  const isImporting = isBusy && record.state === "importing";
  return {
    id: record.id,
    name: record.name,
    poolId: record.poolId,
    poolName: pool.name,
    kind: record.kind,
    source: record.source.path ?? record.source.prefix ?? null,
    state: presentImportState(record.state, {
      isImporting,
      rows: rows.length,
      imported: importedCount,
      skipped: skippedCount,
    }),
    jobId: record.jobId,
    isBusy,
    rowCount: rows.length,
    importedCount,
    skippedCount,
    createdBy: record.createdBy,
    generation: record.generation,
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}

/** An import with what it would bring, and what came of it. @throws AppError `not_found` */
export async function viewImport(ctx: Ctx, importId: string): Promise<ImportDetail> {
  const found = await requireImport(ctx, importId);
  return detailOf(ctx, found);
}

/** The same for one that was just changed. */
export async function detailOf(ctx: Ctx, found: OpenImport): Promise<ImportDetail> {
  const rows = await standingRows(ctx, found);
  const ready = rows.filter(({ state }) => isRunnable(state));
  const newTenants = slugsOf(ready.filter(({ verdict }) => verdict.tenantId === null));
  const newAdapters = ready.filter(({ verdict }) => verdict.adapterId === null).length;
  const now = await countInPool(ctx.tx, found.record.poolId);
  const joining = ready.flatMap(({ verdict }) => verdict.tenantId ?? []);
  const tenants = new Set([...now.tenantIds, ...joining]).size + newTenants.size;
  return {
    ...toImport(found, rows),
    counts: Object.fromEntries(ROW_STATES.map((state) => [state, countOf(rows, state)])) as ImportDetail["counts"],
    ready: {
      rows: ready.length,
      bytes: ready.reduce((sum, { facts }) => sum + (facts.artifact?.sizeBytes ?? 0), 0),
      newTenants: newTenants.size,
      newAdapters,
      guessed: ready.filter(({ isGuess }) => isGuess).length,
    },
    poolAfter: {
      tenants,
      adapters: now.adapters + newAdapters,
      maxLoras: found.pool.maxLoras,
      maxCpuLoras: found.pool.maxCpuLoras,
      cpuCacheNeeded: Math.ceil(1.2 * tenants),
    },
    versionIds: rows.flatMap(({ versionId, version }) =>
      versionId && version?.state === "ready" && !version.isInUse ? versionId : [],
    ),
    stagedCount: rows.filter(({ version }) => version?.state === "ready" && version.isInUse).length,
  };
}

const slugsOf = (rows: readonly StandingRow[]): Set<string> => new Set(rows.map(({ tenantSlug }) => tenantSlug));

/** Imports, newest first. */
export async function viewImports(
  ctx: Ctx,
  query: PageQuery & { state?: ImportState | undefined },
): Promise<Page<Import>> {
  const page = await listImports(ctx.tx, query);
  const items: Import[] = [];
  for (const { id } of page.items) {
    const found = await requireImport(ctx, id);
    items.push(toImport(found, await standingRows(ctx, found)));
  }
  return { items, nextCursor: page.nextCursor };
}

const FILTERS: Record<RowFilter, (row: StandingRow) => boolean> = {
  needs_work: ({ state }) => needsWork(state),
  ready: ({ state }) => isRunnable(state),
  imported: ({ state }) => state === "imported",
};

/** Rows in their order. @throws AppError `not_found` */
export async function viewRows(
  ctx: Ctx,
  input: PageQuery & { importId: string; filter?: RowFilter | undefined },
): Promise<Page<ImportRow>> {
  const found = await requireImport(ctx, input.importId);
  const all = await standingRows(ctx, found);
  const after = input.cursor === undefined ? 0 : positionAfter(all, decodeCursor(input.cursor));
  const wanted = all.slice(after).filter(input.filter === undefined ? () => true : FILTERS[input.filter]);
  const shown = wanted.slice(0, input.limit);
  const last = shown.at(-1);
  return {
    items: (await withFindings(ctx, shown)).map((row) => toWire(row, false)),
    nextCursor: wanted.length > input.limit && last ? encodeCursor(last.id) : null,
  };
}

const positionAfter = (rows: readonly StandingRow[], id: string): number => rows.findIndex((row) => row.id === id) + 1;
