import type { DroppedFile } from "../../ui/read-drop.ts";

/** A folder's own files, by its name; paths are relative to it. */
export type FolderFiles = { folder: string; files: DroppedFile[] };

/**
 * Sorts a drop into the folders that become rows. A folder of folders and several folders at once come to the same; files
 * that lie beside the folders, and hidden folders, are left out.
 */
export function foldersOf(dropped: readonly DroppedFile[]): FolderFiles[] {
  const parts = dropped.map(({ path, file }) => ({ file, segments: path.split("/") }));
  const firsts = new Set(parts.map(({ segments }) => segments[0]));
  // one name above all of them, with nothing but folders right below it, is the folder that holds the folders
  const isNested = firsts.size === 1 && parts.every(({ segments }) => segments.length > 2);
  const folders = new Map<string, DroppedFile[]>();
  for (const { file, segments } of parts) {
    const [folder, ...rest] = isNested ? segments.slice(1) : segments;
    if (folder === undefined || rest.length === 0 || folder.startsWith(".")) continue;
    const files = folders.get(folder) ?? [];
    files.push({ path: rest.join("/"), file });
    folders.set(folder, files);
  }
  return [...folders].map(([folder, files]) => ({ folder, files })).sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** What this page holds in its hands, by import: files cannot be kept anywhere else. */
const held = new Map<string, Map<string, readonly DroppedFile[]>>();

export function holdFolders(importId: string, folders: readonly FolderFiles[]): void {
  const known = held.get(importId) ?? new Map<string, readonly DroppedFile[]>();
  for (const { folder, files } of folders) known.set(folder, files);
  held.set(importId, known);
}

export const heldFiles = (importId: string, folder: string): readonly DroppedFile[] | null =>
  held.get(importId)?.get(folder) ?? null;
