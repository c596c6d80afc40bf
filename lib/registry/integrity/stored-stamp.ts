import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Deps } from "#lib/identity/ctx.ts";
import { unlessAbsent } from "#lib/platform/system-code.ts";
import type { StoredFile } from "../artifacts/artifact-files.ts";

/**
 * What a version's directory and files look like without reading them: inode, size and times. Two equal stamps mean that
 * nobody wrote, replaced or renamed anything in between: the change time moves with every one of these, and only the
 * superuser can set it. Storing the same bytes a second time moves it as well.
 * @returns null when something is missing
 */
export async function storedStamp(
  { adapterStore }: Pick<Deps, "adapterStore">,
  { storePath, files }: { storePath: string; files: readonly Pick<StoredFile, "path">[] },
): Promise<string | null> {
  const paths = ["", ...files.map(({ path }) => path)];
  const marks = await Promise.all(paths.map((path) => markOf(join(adapterStore, storePath, path))));
  return marks.includes(null) ? null : marks.join(" ");
}

async function markOf(path: string): Promise<string | null> {
  const found = await unlessAbsent(lstat(path, { bigint: true }));
  return found && `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
}
