import { AppError } from "#lib/platform/errors.ts";
import { systemCode } from "#lib/platform/system-code.ts";
import type { PoolRecord } from "#lib/pools/store.ts";
import { listSource, resolveSource } from "../artifacts/source-directory.ts";
import { checkFileSet, type FileEntry, type FolderListing } from "../browser/file-set.ts";
import { hasErrors } from "../browser/finding.ts";
import type { RowArtifact } from "../browser/import-schema.ts";
import { checkArtifact } from "../checks/check-artifact.ts";
import type { Finding } from "../schema.ts";
import { locate } from "./list-folders.ts";

/** What a row's folder is: its files, what every check of an intake says, and what was learned about its bytes. */
export type FolderScan = { files: FileEntry[]; findings: Finding[]; artifact: RowArtifact | null };

/** Runs every check over a folder where it stands; one that cannot be read is a finding like the others. */
export const scanFolder = (location: string, pool: PoolRecord, adapterStore: string): Promise<FolderScan> =>
  scan(pool, async () => {
    const path = locate(location, pool.adapterDirectory);
    const source = await resolveSource(path, [pool.adapterDirectory, adapterStore], adapterStore);
    return { listing: await listSource(source), fetch: async () => source };
  });

/** A folder to scan: its files, and where they are once they are within reach. */
type SomeFolder = { listing: FolderListing; fetch(stored: readonly FileEntry[]): Promise<string> };

/** @param open lists the folder; its files are fetched only when the list has no errors */
export async function scan(pool: PoolRecord, open: () => Promise<SomeFolder>): Promise<FolderScan> {
  try {
    const folder = await open();
    const { stored, findings } = checkFileSet(folder.listing.files, folder.listing.folders);
    const sizeBytes = stored.reduce((sum, file) => sum + file.sizeBytes, 0);
    const unread = { sizeBytes, rank: null, alpha: null, dtype: null, baseModel: null, digest: null };
    if (hasErrors(findings)) return { files: stored, findings, artifact: unread };
    const names = stored.map(({ path }) => path);
    const checked = await checkArtifact(await folder.fetch(stored), names, pool);
    const { rank = null, alpha = null, dtype = null, baseModel = null } = checked.facts ?? {};
    const artifact = { sizeBytes, rank, alpha, dtype, baseModel, digest: checked.digest };
    const said = new Set(checked.findings.map(({ code }) => code));
    return {
      files: stored,
      findings: [...findings.filter(({ code }) => !said.has(code)), ...checked.findings],
      artifact,
    };
  } catch (error) {
    return { files: [], findings: [refusal(error)], artifact: null };
  }
}

const UNREADABLE = new Set(["EACCES", "EPERM", "ENOENT", "ELOOP", "EIO", "ENOTDIR"]);

/** @throws what is no fault of the folder */
function refusal(error: unknown): Finding {
  if (error instanceof AppError)
    return finding(error.reason, "The folder cannot be read", error.message, error.fix ?? "Check the path.");
  const code = systemCode(error);
  if (code === null || !UNREADABLE.has(code)) throw error;
  return finding(
    "file_unreadable",
    "A file cannot be opened",
    `The system answers ${code}.`,
    "Let the user that Switchyard runs as read the folder and its files. Do not change the folder during the check.",
  );
}

const finding = (code: string, title: string, message: string, fix: string): Finding => ({
  code,
  severity: "error",
  title,
  message,
  fix,
  field: "path",
  evidence: [],
});
