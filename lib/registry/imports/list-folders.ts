import { lstat, readdir, realpath } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { invalidField } from "#lib/platform/errors.ts";
import { resolveSource } from "../artifacts/source-directory.ts";
import { CONFIG_FILE, WEIGHTS_FILE } from "../browser/file-set.ts";
import { IMPORT_ROWS_MAX } from "../browser/import-schema.ts";

/**
 * The folders in a folder, by name: one row of an import each. Hidden ones, and files beside them, are left out; a link
 * keeps its place, so that its row can say why it is refused.
 * @returns the folder's real path, and the names in their order
 * @throws AppError `invalid` on `source.path`: outside the roots, absent, a link, without folders, with too many
 */
export async function listFolders(
  path: string,
  roots: readonly string[],
  adapterStore: string,
): Promise<{ path: string; folders: string[] }> {
  const real = await resolveFolder(path, roots, adapterStore);
  const entries = await readdir(real, { withFileTypes: true }).catch(() => null);
  if (entries === null)
    throw refuse(
      "path_unreadable",
      "The server may not list the folder.",
      "Let the user that Switchyard runs as read it.",
    );
  const folders = entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
  if (entries.some(({ name }) => name === CONFIG_FILE || name === WEIGHTS_FILE))
    throw refuse(
      "single_adapter",
      "This is one adapter's folder, not a folder of folders.",
      "Give the folder above it, or add this one on its adapter's page.",
    );
  requireSome(folders);
  return { path: real, folders };
}

/** @throws AppError `invalid` on `path` when there are no folders, or more than an import takes */
export function requireSome(folders: readonly string[]): void {
  if (folders.length === 0)
    throw refuse(
      "no_folders",
      "There is no folder in it.",
      "Put one folder for each tenant there, named like the tenant.",
    );
  if (folders.length > IMPORT_ROWS_MAX)
    throw refuse(
      "too_many_rows",
      `It holds ${folders.length} folders; an import takes ${IMPORT_ROWS_MAX}.`,
      "Spread them over several folders.",
    );
}

/** The root itself is as good a folder of folders as one below it. */
async function resolveFolder(path: string, roots: readonly string[], adapterStore: string): Promise<string> {
  const wanted = isAbsolute(path) && !path.includes("\0") ? resolve(path) : null;
  if (wanted !== null && roots.some((root) => resolve(root) === wanted)) {
    const found = await lstat(wanted).catch(() => null);
    if (found?.isDirectory()) return realpath(wanted);
  }
  return resolveSource(path, roots, adapterStore);
}

const refuse = (code: string, message: string, fix: string) => invalidField("path", code, message, fix);

/** Where a row's folder stands: absolute, or below the pool's adapter directory. */
export const locate = (location: string, adapterDirectory: string): string =>
  isAbsolute(location) ? location : join(adapterDirectory, location);
