import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { unlessAbsent } from "#lib/platform/system-code.ts";
import { incomingRoot } from "../artifacts/store-layout.ts";
import { deletedAmong } from "../deletion/deletion-store.ts";
import { draftsAmong } from "../versions/version-store.ts";

/**
 * Removes bytes that arrived for nothing: folders below `.incoming` that belong to no draft and have not been touched
 * for `idleMs`, and those of deleted versions at once. What a crash left behind goes this way; drafts keep theirs.
 * @returns how many folders went
 */
export async function sweepIncoming(deps: Deps, idleMs: number): Promise<number> {
  const root = incomingRoot(deps.adapterStore);
  const names = (await unlessAbsent(readdir(root))) ?? [];
  if (names.length === 0) return 0;
  const { drafts, deleted } = await systemRead(deps, "intake-sweep", async ({ tx }) => ({
    drafts: await draftsAmong(tx, names),
    deleted: await deletedAmong(tx, names),
  }));
  let removed = 0;
  for (const name of names) {
    if (drafts.has(name)) continue;
    const touched = await unlessAbsent(stat(join(root, name)));
    if (touched === null) continue; // its version was completed meanwhile, which moved it into the store
    if (!deleted.has(name) && deps.clock.now().getTime() - touched.mtimeMs < idleMs) continue;
    await rm(join(root, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
