import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { AppError, invalidField } from "#lib/platform/errors.ts";
import { receiveFile } from "../artifacts/artifact-files.ts";
import { type FileEntry, type FolderListing, STORED_FILE_NAMES } from "../browser/file-set.ts";
import type { ImportFromBucket } from "../browser/source-schema.ts";
import { type ImportedArtifact, recordImport, takeIn } from "../intake/import-version.ts";
import { MAX_VERSION_BYTES } from "../schema.ts";
import type { VersionRecord } from "../versions/version-store.ts";
import { type Bucket, openNamedBucket } from "./open-bucket.ts";
import { folderBelow, nameIn } from "./source-paths.ts";
import { touchSource } from "./source-store.ts";

/** An adapter's folder holds a dozen files. */
const MOST_FILES = 200;
/** A file that breaks off is asked for again so often. */
const TRIES = 3;

/**
 * Takes an adapter's folder out of a bucket, streamed into the store while it is hashed, and runs all checks, before any
 * transaction. What may not be there is refused by the listing, before a byte is read.
 * @throws AppError as `importArtifact`, and with what the bucket refuses on `sourceId` or `path`
 */
export const importFromBucket = (
  read: ReadCatalog,
  input: ImportFromBucket & { adapterId: string; expectedDigest?: string },
  signal?: AbortSignal,
): Promise<ImportedArtifact> =>
  takeIn(read, { ...input, ...(signal ? { signal } : {}) }, async () => {
    const bucket = await openNamedBucket(read, input.sourceId, signal);
    const folder = folderBelow(bucket.source.prefix, input.path);
    const listing = await listBucketFolder(bucket, folder);
    const label = `s3://${bucket.source.bucket}/${folder}`;
    return { label, listing, copy: (file, target) => copyObject(bucket, `${folder}${file.path}`, target, file) };
  });

/** Every file right in the folder; folders in it are named and not opened, as on a disk. */
export async function listBucketFolder({ s3, source }: Bucket, folder: string): Promise<FolderListing> {
  const page = await s3.list(folder, { maxKeys: MOST_FILES + 1 });
  const files = page.objects.flatMap(({ key, sizeBytes }) => {
    const path = nameIn(folder, key);
    return path === null || key.endsWith("/") ? [] : [{ path, sizeBytes }];
  });
  const refuse = (code: string, message: string, fix: string) => invalidField("path", code, message, fix);
  if (files.length === 0)
    throw refuse(
      "path_not_found",
      `There is no file in ${folder} of the bucket ${source.bucket}.`,
      "Check the folder's name: it counts from the source's prefix.",
    );
  if (files.length > MOST_FILES || page.nextToken !== null)
    throw refuse("too_many_files", "The folder holds more files than any adapter.", "Give the adapter's own folder.");
  const stored = files.filter(({ path }) => STORED_FILE_NAMES.includes(path));
  if (stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > MAX_VERSION_BYTES)
    throw refuse("too_large", "The folder is larger than any adapter may be.", "Give the adapter's own folder.");
  return { files, folders: page.folders.flatMap((key) => nameIn(folder, key) ?? []).sort() };
}

async function copyObject({ s3 }: Bucket, key: string, target: string, file: FileEntry): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      await receiveFile(s3.read(key), target, file.sizeBytes);
      return;
    } catch (error) {
      const problem = asBucketProblem(error, file.path);
      if (problem.code !== "unavailable" || problem.reason !== "source_broken_off" || attempt === TRIES) throw problem;
    }
}

/** Here it is the bucket that sends too little, not the caller. */
function asBucketProblem(error: unknown, path: string): AppError {
  if (!(error instanceof AppError)) throw error;
  if (error.reason === "size_differs" || error.reason === "source_unreachable")
    return new AppError("unavailable", `${path} did not arrive whole from the bucket, ${TRIES} times.`, {
      reason: "source_broken_off",
      fix: "Leave the folder as it is while it is read, check the network, and import again; nothing was taken in.",
      cause: error,
    });
  return error;
}

/** Adds the version to the catalog, and notes that its source works. */
export async function recordBucketImport(
  ctx: Ctx,
  input: ImportFromBucket & { adapterId: string; imported: ImportedArtifact },
): Promise<VersionRecord> {
  await touchSource(ctx.tx, input.sourceId, ctx.clock.now());
  const { adapterId, origin, imported } = input;
  return recordImport(ctx, { adapterId, origin, imported });
}
