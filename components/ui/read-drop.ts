/** A file with its place below the dropped folder, `/`-separated; the folder's own name is left out. */
export type DroppedFile = { path: string; file: File };

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** A directory answers in batches of about 100; an empty batch is the end. */
const childrenOf = async (directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = directory.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return found;
    found.push(...batch);
  }
};

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const walk = async (entry: FileSystemEntry, path: string): Promise<DroppedFile[]> => {
  if (isFile(entry)) return [{ path, file: await fileOf(entry) }];
  if (!isDirectory(entry)) return [];
  const children = await childrenOf(entry);
  const below = await Promise.all(
    children.map((child) => walk(child, path === "" ? child.name : `${path}/${child.name}`)),
  );
  return below.flat();
};

/**
 * Every file of a drop, folders opened. The entries must be taken before the first await: a drop's data is gone after.
 * Rejects with the DOMException of the entry that could not be read.
 * @param keepsNames several folders are dropped at once: their own names stay in the paths
 */
export async function readDrop(transfer: DataTransfer, keepsNames = false): Promise<DroppedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const nameOf = (entry: FileSystemEntry) => (entry.isDirectory && !keepsNames ? "" : entry.name);
  const found = await Promise.all(entries.map((entry) => walk(entry, nameOf(entry))));
  return sorted(found.flat());
}

/** The same from `<input type="file">`, with or without `webkitdirectory`. */
export const readPicked = (files: Iterable<File>): DroppedFile[] =>
  sorted(
    [...files].map((file) => ({ path: file.webkitRelativePath.split("/").slice(1).join("/") || file.name, file })),
  );

const sorted = (files: DroppedFile[]): DroppedFile[] => files.sort((a, b) => (a.path < b.path ? -1 : 1));
