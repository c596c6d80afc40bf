import type { Deps, ReadCatalog } from "#lib/identity/ctx.ts";
import { readAs, writeAs } from "#lib/jobs/act-as.ts";
import type { ItemOutcome, JobHandler, RunningJob } from "#lib/jobs/job-handler.ts";
import { AppError, conflict } from "#lib/platform/errors.ts";
import { getPool } from "#lib/pools/store.ts";
import { hasErrors } from "../browser/finding.ts";
import type { RowState } from "../browser/import-schema.ts";
import { type ImportedArtifact, importArtifact, recordImport } from "../intake/import-version.ts";
import { importFromBucket } from "../sources/import-from-bucket.ts";
import { importOf } from "./check-rows.ts";
import { ensureOwner } from "./ensure-owner.ts";
import { getImport, getRow, lockImport, moveRow, type RowRecord } from "./import-store.ts";
import { findReadyVersion } from "./known-names-store.ts";
import { locate } from "./list-folders.ts";
import { worstFirst } from "./row-cells.ts";
import { IMPORT_JOB } from "./start-import-job.ts";

/**
 * Brings in one row after the other: tenant and adapter made or found, the folder taken in as a version. A row that was
 * broken off begins again where it stopped; nothing is made twice.
 */
export const importRows: JobHandler = {
  kind: IMPORT_JOB,
  action: "tenant.write",
  concurrency: 2,
  async runItem(deps, job, item, signal) {
    const task = await readTask(deps, job, item.key);
    if ("outcome" in task) return task.outcome;
    try {
      return await importRow(deps, job, task, signal);
    } catch (error) {
      if (!signal.aborted) await noteFailure(deps, job, item.key, error);
      throw error;
    }
  },
};

/** A row whose item is tried again has failed before. */
const TRIED: readonly RowState[] = ["importing", "failed"];

type Task = {
  importId: string;
  row: RowRecord;
  adapterDirectory: string;
  /** Of a bucket. */
  sourceId: string | undefined;
  digest: string;
};

async function readTask(deps: Deps, job: RunningJob, rowId: string): Promise<Task | { outcome: ItemOutcome }> {
  const importId = importOf(job.input);
  const { record, row, pool } = await readAs(deps, job, async ({ tx }) => {
    const record = await getImport(tx, importId);
    return { record, row: await getRow(tx, importId, rowId), pool: record && (await getPool(tx, record.poolId)) };
  });
  if (row?.state === "imported" && row.versionId !== null)
    return { outcome: { state: "succeeded", message: row.message ?? "Imported.", result: resultOf(row.versionId) } };
  if (record === null || pool === null || record.state === "discarded" || row === null || !TRIED.includes(row.state))
    return { outcome: { state: "skipped", message: "The row has changed since it was read." } };
  const digest = row.facts.artifact?.digest;
  if (!digest) return { outcome: { state: "failed", message: "The row was never checked.", fix: "Check it first." } };
  return { importId, row, adapterDirectory: pool.adapterDirectory, sourceId: record.source.sourceId, digest };
}

const resultOf = (versionId: string) => ({ type: "version", id: versionId });

async function importRow(deps: Deps, job: RunningJob, task: Task, signal: AbortSignal): Promise<ItemOutcome> {
  const { importId, row, digest } = task;
  const adapterId = await ensureOwner(deps, job, importId, row.id);
  const known = await readAs(deps, job, ({ tx }) => findReadyVersion(tx, adapterId, digest));
  if (known !== null) return noteFound(deps, job, task, known);
  const read: ReadCatalog = (query) => readAs(deps, job, query);
  const wanted = { adapterId, expectedDigest: digest };
  const { sourceId, adapterDirectory } = task;
  const imported =
    sourceId === undefined
      ? await importArtifact(read, { ...wanted, path: locate(row.location, adapterDirectory), signal })
      : await importFromBucket(read, { ...wanted, sourceId, path: row.location }, signal);
  if (imported.settled.state === "rejected") return noteRefusal(deps, job, task, imported);
  return record(deps, job, task, { adapterId, imported });
}

/** The same bytes are a version of this adapter already: it is what the row comes to. */
const noteFound = (
  deps: Deps,
  job: RunningJob,
  task: Task,
  known: { id: string; number: number },
): Promise<ItemOutcome> =>
  writeAs(deps, job, async ({ tx }) => {
    const message = `Version ${known.number} was found: it has the same bytes.`;
    await endRow(tx, task, { versionId: known.id, message });
    return { state: "succeeded", message, result: resultOf(known.id) };
  });

/** The version and the row's end in one transaction: there is never one without the other. */
const record = (
  deps: Deps,
  job: RunningJob,
  task: Task,
  input: { adapterId: string; imported: ImportedArtifact },
): Promise<ItemOutcome> =>
  writeAs(deps, job, async (ctx) => {
    const origin = { note: `Imported by ${(await getImport(ctx.tx, task.importId))?.name ?? "an import"}.` };
    const version = await recordImport(ctx, { ...input, origin });
    const message = `Version ${version.number} was added.`;
    await endRow(ctx.tx, task, { versionId: version.id, message });
    return { state: "succeeded", message, result: resultOf(version.id) };
  });

type Tx = Parameters<typeof moveRow>[0];

async function endRow(tx: Tx, { row }: Task, end: { versionId: string; message: string }): Promise<void> {
  if (!(await moveRow(tx, row.id, TRIED, { state: "imported", ...end })))
    throw conflict("row_moved", "The row has changed since it was read.", "Run the import again.");
}

/** The pool changed since the check, so that the same bytes are refused now. Nothing was kept. */
async function noteRefusal(
  deps: Deps,
  job: RunningJob,
  task: Task,
  { settled }: ImportedArtifact,
): Promise<ItemOutcome> {
  const { findings } = settled.checkReport;
  const [first] = worstFirst(findings);
  const message = "The checks refuse it now; nothing was kept.";
  await writeAs(deps, job, ({ tx }) =>
    moveRow(tx, task.row.id, TRIED, { state: hasErrors(findings) ? "invalid" : "failed", findings, message }),
  );
  return { state: "failed", message: `${message} ${first?.title ?? ""}`.trim(), fix: first?.fix ?? null };
}

/** What went wrong stays with the row; a folder that changed must be looked at again. */
async function noteFailure(deps: Deps, job: RunningJob, rowId: string, error: unknown): Promise<void> {
  const known = error instanceof AppError;
  const message = known
    ? `${error.message} ${error.fix ?? ""}`.trim()
    : "It failed for a reason of Switchyard's own. Try again.";
  const state = known && error.reason === "folder_changed" ? "unchecked" : "failed";
  await writeAs(deps, job, async ({ tx }) => {
    await lockImport(tx, importOf(job.input));
    await moveRow(tx, rowId, TRIED, { state, message });
  }).catch((second: unknown) =>
    deps.log.error("an import's row could not be marked as failed", { rowId, error: second }),
  );
}
