import type { Ctx } from "#lib/identity/ctx.ts";
import { getJob } from "#lib/jobs/store.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { getPool, type PoolRecord } from "#lib/pools/store.ts";
import type { ImportRow, RowState } from "../browser/import-schema.ts";
import type { Finding } from "../schema.ts";
import { getImport, type ImportRecord, listRows, lockImport, type RowRecord, readFindings } from "./import-store.ts";
import { judgeNames, type NamedRow, type NameVerdict } from "./judge-names.ts";
import { readKnownNames, readVersionStates, type VersionOfRow } from "./known-names-store.ts";
import { cellsOf, worstFirst } from "./row-cells.ts";
import { presentState } from "./row-state.ts";

/** An import with the pool it is for, and whether a job works on it. */
export type OpenImport = { record: ImportRecord; pool: PoolRecord; isBusy: boolean };

/** A row as it stands now, without the findings of its bytes. */
export type StandingRow = Omit<RowRecord, "state"> & {
  stored: RowState;
  state: RowState;
  verdict: NameVerdict;
  version: VersionOfRow | null;
};

/** @throws AppError `not_found` */
export const requireImport = async (ctx: Ctx, importId: string): Promise<OpenImport> =>
  open(ctx, await getImport(ctx.tx, importId));

/** The same, with other changes kept away until the transaction ends. @throws AppError `not_found`, `conflict` */
export async function requireOpenImport(ctx: Ctx, importId: string): Promise<OpenImport> {
  const found = await open(ctx, await lockImport(ctx.tx, importId));
  if (found.record.state === "discarded")
    throw conflict("import_discarded", "The import was discarded.", "Start a new one.");
  return found;
}

/** The same, for what must not happen while a job works on it. @throws AppError `conflict` (`import_busy`) */
export async function requireIdleImport(ctx: Ctx, importId: string): Promise<OpenImport> {
  const found = await requireOpenImport(ctx, importId);
  if (found.isBusy)
    throw conflict("import_busy", "A job works on this import.", "Wait until it has ended, or cancel it.");
  return found;
}

async function open(ctx: Ctx, record: ImportRecord | null): Promise<OpenImport> {
  if (record === null) throw notFound("import");
  const pool = await getPool(ctx.tx, record.poolId);
  if (pool === null) throw notFound("pool");
  return { record, pool, isBusy: await isJobOpen(ctx, record.jobId) };
}

export async function isJobOpen(ctx: Ctx, jobId: string | null): Promise<boolean> {
  const job = jobId === null ? null : await getJob(ctx.tx, jobId);
  return job !== null && (job.state === "queued" || job.state === "running");
}

/** All rows as they stand now: names judged against each other and the catalog at this moment. */
export async function standingRows(ctx: Ctx, { record, isBusy }: OpenImport): Promise<StandingRow[]> {
  const rows = await listRows(ctx.tx, record.id);
  const versions = await readVersionStates(
    ctx.tx,
    rows.flatMap(({ versionId }) => versionId ?? []),
  );
  const versionOf = (row: RowRecord) => (row.versionId === null ? null : (versions.get(row.versionId) ?? null));
  const stateOf = (row: RowRecord, hasNameError: boolean) =>
    presentState({ stored: row.state, isBusy, version: versionOf(row)?.state ?? null, hasNameError });
  const named = rows.map((row) => ({ ...toNamed(row), state: stateOf(row, false) }));
  const verdicts = judgeNames(named, await readKnownNames(ctx.tx, record.poolId, named));
  return rows.map(({ state: stored, ...row }) => {
    const verdict = verdicts.get(row.id) ?? { tenantId: null, adapterId: null, findings: [] };
    const hasNameError = verdict.findings.some(({ severity }) => severity === "error");
    return {
      ...row,
      stored,
      state: stateOf({ ...row, state: stored }, hasNameError),
      verdict,
      version: versionOf({ ...row, state: stored }),
    };
  });
}

const toNamed = ({ facts, ...row }: RowRecord): NamedRow => ({
  ...row,
  seenTenantId: facts.seenTenantId,
  seenAdapterId: facts.seenAdapterId,
  digest: facts.artifact?.digest ?? null,
});

/** Rows with everything the checks said of them. */
export async function withFindings(
  ctx: Ctx,
  rows: readonly StandingRow[],
): Promise<{ row: StandingRow; findings: Finding[] }[]> {
  const stored = await readFindings(
    ctx.tx,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => {
    const ofBytes = row.version?.rejected ?? stored.get(row.id)?.findings ?? [];
    return { row, findings: worstFirst([...ofBytes, ...(row.state === "imported" ? [] : row.verdict.findings)]) };
  });
}

/** A row as the API shows it. @param isWhole with what passed, too; lists carry errors and warnings */
export const toWire = ({ row, findings }: { row: StandingRow; findings: Finding[] }, isWhole: boolean): ImportRow => ({
  id: row.id,
  position: row.position,
  tenantSlug: row.tenantSlug,
  tenantName: row.tenantName,
  adapterSlug: row.adapterSlug,
  adapterName: row.adapterName,
  location: row.location,
  state: row.state,
  tenantId: row.verdict.tenantId,
  adapterId: row.verdict.adapterId,
  cells: cellsOf(findings),
  findings: isWhole ? findings : findings.filter(({ severity }) => severity === "error" || severity === "warning"),
  artifact: row.facts.artifact,
  message: messageOf(row),
  versionId: row.versionId,
  generation: row.generation,
});

function messageOf({ version, state, message, stored }: StandingRow): string | null {
  if (version?.state === "rejected") return `The server rejected version ${version.number}.`;
  if (version?.state === "draft") return "Its upload has begun. Drop the folder again to go on where it stopped.";
  if (version !== null && stored !== "imported") return `Version ${version.number} was added.`;
  return state === "checking" || state === "importing" ? null : message;
}

/** One row as the API shows it. @throws AppError `not_found` */
export async function viewRow(ctx: Ctx, input: { importId: string; rowId: string }): Promise<ImportRow> {
  const found = await requireImport(ctx, input.importId);
  const row = (await standingRows(ctx, found)).find(({ id }) => id === input.rowId);
  if (row === undefined) throw notFound("row");
  const [whole] = await withFindings(ctx, [row]);
  if (whole === undefined) throw notFound("row");
  return toWire(whole, true);
}
