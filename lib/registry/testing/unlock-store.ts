import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Published folders are read-only, also for the user that made them; this lets a test remove its own store. */
export async function unlockStore(adapterStore: string): Promise<void> {
  for (const entry of await readdir(adapterStore, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
}
