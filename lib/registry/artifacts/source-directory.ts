import { lstat, readdir, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { type AppError, invalidField } from "#lib/platform/errors.ts";
import type { FolderListing } from "../browser/file-set.ts";
import { incomingRoot } from "./store-layout.ts";

const refuse = (code: string, message: string, fix: string): AppError => invalidField("path", code, message, fix);

const isBelow = (path: string, root: string): boolean => path.startsWith(root + sep);

/**
 * Decides whether the server may read this folder: an absolute path below an allowed root, reached without any link.
 * What lies outside the roots is refused before it is touched, so that the answer tells nothing about it.
 * @returns the folder's real path
 * @throws AppError `invalid` on the field `path`
 */
export async function resolveSource(path: string, roots: readonly string[], adapterStore: string): Promise<string> {
  if (!isAbsolute(path) || path.includes("\0"))
    throw refuse("path_not_absolute", "The path is not absolute.", "Give the folder's whole path, starting with /.");
  const wanted = resolve(path);
  const root = roots.map((candidate) => resolve(candidate)).find((candidate) => isBelow(wanted, candidate));
  const outside = () =>
    refuse(
      "path_outside_roots",
      "Switchyard may not read there.",
      `Put the folder below ${[...new Set(roots)].join(" or ")}.`,
    );
  if (root === undefined || isBelow(wanted, incomingRoot(resolve(adapterStore)))) throw outside();
  const found = await lstat(wanted).catch(() => null);
  if (found === null)
    throw refuse(
      "path_not_found",
      "There is no such folder, or the server may not open it.",
      "Check the path and its permissions.",
    );
  const real = await realpath(wanted);
  if (found.isSymbolicLink() || real !== join(await realpath(root), relative(root, wanted)))
    throw refuse("link_refused", "The path leads through a symbolic link.", "Give the path of the folder itself.");
  if (!found.isDirectory())
    throw refuse("path_not_directory", "The path is not a folder.", "Give the adapter's folder.");
  return real;
}

/**
 * Lists a folder's files with their sizes; folders in it are named and not opened.
 * @throws AppError `invalid` when it holds links, devices or the like
 */
export async function listSource(directory: string): Promise<FolderListing> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => null);
  if (entries === null)
    throw refuse(
      "path_unreadable",
      "The server may not list the folder.",
      "Let the user that Switchyard runs as read it.",
    );
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (odd) throw refuse("link_refused", `${odd.name} is not a plain file.`, "Copy the file itself into the folder.");
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const sized = files.map(async (name) => ({ path: name, sizeBytes: (await lstat(join(directory, name))).size }));
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return { files: await Promise.all(sized), folders: folders.sort() };
}
