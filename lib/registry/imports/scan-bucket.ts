import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ReadCatalog } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import type { PoolRecord } from "#lib/pools/store.ts";
import { receiveFile } from "../artifacts/artifact-files.ts";
import { incomingDirectory } from "../artifacts/store-layout.ts";
import { listBucketFolder } from "../sources/import-from-bucket.ts";
import { openNamedBucket } from "../sources/open-bucket.ts";
import { folderBelow } from "../sources/source-paths.ts";
import { type FolderScan, scan } from "./scan-folder.ts";

/**
 * Runs every check over a folder in a bucket. Its files are fetched for it and go again: between the check and the import
 * somebody looks at the rows, which may take days.
 */
export async function scanBucket(
  read: ReadCatalog,
  from: { sourceId: string; location: string },
  pool: PoolRecord,
  adapterStore: string,
  signal: AbortSignal,
): Promise<FolderScan> {
  const directory = incomingDirectory(adapterStore, newId("version"));
  try {
    return await scan(pool, async () => {
      const bucket = await openNamedBucket(read, from.sourceId, signal);
      const folder = folderBelow(bucket.source.prefix, from.location);
      return {
        listing: await listBucketFolder(bucket, folder),
        fetch: async (stored) => {
          for (const { path, sizeBytes } of stored)
            await receiveFile(bucket.s3.read(`${folder}${path}`), join(directory, path), sizeBytes);
          return directory;
        },
      };
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
