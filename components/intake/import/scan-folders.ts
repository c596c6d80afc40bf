import type { Pool } from "#lib/pools/schema.ts";
import type { BrowserRow } from "#lib/registry/browser/import-schema.ts";
import type { DroppedFile } from "../../ui/read-drop.ts";
import type { FolderFiles } from "./dropped-folders.ts";

const readerOf = ({ path, file }: DroppedFile) => ({
  path,
  sizeBytes: file.size,
  read: async (begin: number, end: number) => new Uint8Array(await file.slice(begin, end).arrayBuffer()),
});

const FILES_MAX = 64;
const FINDINGS_MAX = 100;

/** What the browser's checks say of one folder, as the import keeps it; nothing is sent. */
export async function scanFolder({ folder, files }: FolderFiles, pool: Pool): Promise<BrowserRow> {
  // the checks are heavy, and nobody needs them before there is a folder
  const { checkFolder } = await import("#lib/registry/browser/check-folder.ts");
  const { findings, stored, facts } = await checkFolder(files.map(readerOf), pool);
  const sizeBytes = stored.reduce((sum, file) => sum + file.sizeBytes, 0);
  return {
    folder,
    files: stored.slice(0, FILES_MAX),
    findings: findings.slice(0, FINDINGS_MAX),
    artifact: {
      sizeBytes,
      rank: facts?.rank ?? null,
      alpha: facts?.alpha ?? null,
      dtype: facts?.dtype ?? null,
      baseModel: facts?.baseModel ?? null,
      digest: null,
    },
  };
}

/** One folder after the other, so that a thousand of them do not open all their files at once. */
export async function scanFolders(
  folders: readonly FolderFiles[],
  pool: Pool,
  onScanned: (count: number) => void,
): Promise<BrowserRow[]> {
  const rows: BrowserRow[] = [];
  for (const each of folders) {
    rows.push(await scanFolder(each, pool));
    onScanned(rows.length);
  }
  return rows;
}
