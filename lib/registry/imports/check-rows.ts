import { readAs, writeAs } from "#lib/jobs/act-as.ts";
import type { JobHandler } from "#lib/jobs/job-handler.ts";
import { getPool } from "#lib/pools/store.ts";
import { hasErrors } from "../browser/finding.ts";
import { getImport, getRow, lockImport, moveRow } from "./import-store.ts";
import { worstFirst } from "./row-cells.ts";
import { scanBucket } from "./scan-bucket.ts";
import { type FolderScan, scanFolder } from "./scan-folder.ts";
import { CHECK_JOB } from "./start-import-job.ts";

export const importOf = (input: unknown): string => (input as { importId: string }).importId;

/** Reads and checks the folder of each row. Doing it twice says the same twice. */
export const checkRows: JobHandler = {
  kind: CHECK_JOB,
  action: "tenant.write",
  concurrency: 2,
  async runItem(deps, job, item, signal) {
    const importId = importOf(job.input);
    const found = await readAs(deps, job, async ({ tx }) => {
      const [record, row] = [await getImport(tx, importId), await getRow(tx, importId, item.key)];
      const pool = record && (await getPool(tx, record.poolId));
      return record && pool && row?.state === "checking" ? { pool, row, sourceId: record.source.sourceId } : null;
    });
    if (found === null) return { state: "skipped", message: "The row has changed since it was read." };
    const { pool, sourceId } = found;
    const { location } = found.row;
    const scan =
      sourceId === undefined
        ? await scanFolder(location, pool, deps.adapterStore)
        : await scanBucket(
            (query) => readAs(deps, job, query),
            { sourceId, location },
            pool,
            deps.adapterStore,
            signal,
          );
    const { files, findings, artifact } = scan;
    const isWritten = await writeAs(deps, job, async ({ tx }) => {
      await lockImport(tx, importId); // names may be edited at this moment, in the same facts
      const row = await getRow(tx, importId, item.key);
      if (row === null || row.location !== found.row.location) return false;
      const state = hasErrors(findings) ? "invalid" : "valid";
      const facts = { ...row.facts, artifact };
      return moveRow(tx, row.id, ["checking"], { state, facts, files, findings, message: null });
    });
    if (!isWritten) return { state: "skipped", message: "The row has changed since it was read." };
    return { state: "succeeded", message: summary(scan) };
  },
};

function summary({ findings, artifact }: FolderScan): string {
  const errors = worstFirst(findings).filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first !== undefined)
    return errors.length === 1 ? `${first.title}.` : `${first.title}, and ${errors.length - 1} more.`;
  return artifact?.rank ? `Rank ${artifact.rank}; nothing to fix.` : "Nothing to fix.";
}
