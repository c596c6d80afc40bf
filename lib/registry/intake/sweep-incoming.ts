import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Deps, systemRead } from "#lib/identity/ctx.ts";
import { unlessAbsent } from "#lib/platform/system-code.ts";
import { incomingRoot } from "../artifacts/store-layout.ts";
import { statesOf } from "../versions/version-store.ts";

/** Their files may still be arriving, or are being read. */
const IN_USE: ReadonlySet<string | undefined> = new Set(["draft", "checking"]);

/**
 * Removes files below `.incoming` that nobody needs, as the committed catalog says. It is the only place that removes
 * them, so that a transaction that is rolled back loses nothing. Drafts keep theirs; those of a version that is decided
 * (ready, rejected, retired, deleted) go at once; a folder without a version, which a crash left, after `idleMs`.
 * @returns how many folders went
 */
export async function sweepIncoming(deps: Deps, idleMs: number): Promise<number> {
  const root = incomingRoot(deps.adapterStore);
  const names = (await unlessAbsent(readdir(root))) ?? [];
  if (names.length === 0) return 0;
  const states = await systemRead(deps, "intake-sweep", ({ tx }) => statesOf(tx, names));
  let removed = 0;
  for (const name of names) {
    const state = states.get(name);
    if (IN_USE.has(state)) continue;
    const touched = await unlessAbsent(stat(join(root, name)));
    if (touched === null) continue; // moved into the store, or an import that has just ended
    if (state === undefined && deps.clock.now().getTime() - touched.mtimeMs < idleMs) continue;
    await rm(join(root, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
