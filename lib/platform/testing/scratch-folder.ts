import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The throw-away databases of a whole run, or a demo with its adapters, stay below this. */
const LEAST_BYTES = 4 * 2 ** 30;

/**
 * Where tests keep databases that they throw away: in memory, where there is a file system of that kind with room. A database
 * of ours is a thousand small files; copying them takes 20 ms there and 600 on a disk.
 */
function scratchRoot(): string {
  try {
    const mount = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" "))
      .find(([, path, kind]) => path === "/dev/shm" && kind === "tmpfs");
    const { bavail, bsize } = statfsSync("/dev/shm");
    return mount !== undefined && bavail * bsize >= LEAST_BYTES ? "/dev/shm" : tmpdir();
  } catch {
    return tmpdir(); // not a Linux
  }
}

/** A folder that goes when this process ends. Every user may walk through it: root's Postgres runs as another one. */
export function makeScratchFolder(name: string): string {
  const folder = mkdtempSync(join(scratchRoot(), `switchyard-${name}-`));
  chmodSync(folder, 0o755);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
