import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HostileFiles } from "./hostile-folder.ts";

/** Whether a Linux file system can hold these names in one folder. */
export const isWritable = (files: HostileFiles): boolean =>
  [...files.keys()].every((path) => !/[/\0\p{Cs}]/u.test(path) && Buffer.byteLength(path) <= 255);

/** Writes the folder; large files are made of holes, so that they cost nothing. */
export async function writeFolder(directory: string, files: HostileFiles): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [path, file] of files) {
    const target = join(directory, path);
    if (!("head" in file)) await writeFile(target, file);
    else {
      await writeFile(target, file.head);
      await truncate(target, file.sizeBytes);
    }
  }
}
