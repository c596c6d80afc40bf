import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { AppError } from "../errors.ts";
import { isAbsent } from "../system-code.ts";

/** Below this much free space a start is refused: the database, its log and the build need it. */
export const MIN_FREE_BYTES = 500_000_000;

/** Free bytes of the disk that holds `path`, or would hold it once created. */
export async function freeBytes(path: string): Promise<number> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    } catch (error) {
      if (!isAbsent(error) || folder === dirname(folder)) throw error;
    }
  }
}

/** What to tell when the disk is nearly full; null = there is room. */
export const diskWarning = (free: number, path: string, minimum = MIN_FREE_BYTES): string | null =>
  free >= minimum
    ? null
    : `The disk is nearly full: ${Math.floor(free / 1e6)} MB free for ${path}, at least ${Math.ceil(minimum / 1e6)} MB are needed. ` +
      "Free some space, or set DATA_DIR to a folder on another disk.";

/** @throws AppError with the message of `diskWarning` */
export async function assertDiskSpace(path: string): Promise<void> {
  const warning = diskWarning(await freeBytes(path), path);
  if (warning) throw new AppError("unavailable", warning, { reason: "disk_full" });
}
