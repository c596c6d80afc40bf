import type { ReadCatalog } from "#lib/identity/ctx.ts";
import { AppError } from "#lib/platform/errors.ts";
import type { SourceTest } from "../browser/source-schema.ts";
import { type Bucket, openBucket, openNamedBucket } from "./open-bucket.ts";
import { asFolder, folderBelow, nameIn } from "./source-paths.ts";

/** Far above any fleet; a bucket with more folders in one place is not laid out by tenant. */
const MOST_FOLDERS = 5_000;
const SHOWN = 10;

/**
 * The folders right below a place in a source, by name: `path` counts from the source's own prefix, "" = there. A row of
 * an import each, to be taken in with `importFromBucket` under `<path>/<name>`.
 * @throws AppError `invalid` on `sourceId` with what the bucket refuses, or `unavailable` while it is away
 */
export async function listSourceFolders(
  read: ReadCatalog,
  input: { sourceId: string; path: string },
  signal?: AbortSignal,
): Promise<string[]> {
  return foldersOf(await openNamedBucket(read, input.sourceId, signal), input.path);
}

async function foldersOf({ s3, source }: Bucket, path: string): Promise<string[]> {
  const folder = path === "" ? asFolder(source.prefix) : folderBelow(source.prefix, path);
  const names: string[] = [];
  let token: string | null = null;
  do {
    const page = await s3.list(folder, { token });
    names.push(...page.folders.flatMap((key) => nameIn(folder, key) ?? []));
    token = page.nextToken;
  } while (token !== null && names.length < MOST_FOLDERS);
  return names.sort();
}

/** Tries a source as an import would: the key, the bucket, the prefix. An expected "no" is an answer. */
export async function testSource(read: ReadCatalog, sourceId: string, signal?: AbortSignal): Promise<SourceTest> {
  try {
    const bucket = await openBucket(read, sourceId, signal);
    const folder = asFolder(bucket.source.prefix);
    const page = await bucket.s3.list(folder, { maxKeys: 100 });
    const folders = page.folders.flatMap((key) => nameIn(folder, key) ?? []).sort();
    const message =
      folders.length > 0
        ? `It can be read: ${folders.length}${page.nextToken === null ? "" : " or more"} folders below the prefix.`
        : "It can be read, and holds no folder below the prefix.";
    const fix = folders.length > 0 ? null : "Check the prefix, or put one folder for each adapter there.";
    return { ok: true, message, fix, folders: folders.slice(0, SHOWN) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "not_found") throw error;
    return { ok: false, message: error.message, fix: error.fix, folders: [] };
  }
}
