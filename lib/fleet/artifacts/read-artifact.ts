import { join } from "node:path";
import { Readable } from "node:stream";
import type { Download } from "#lib/http/download.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { isNodeKey } from "#lib/identity/policy.ts";
import { AppError, notFound } from "#lib/platform/errors.ts";
import { openForReading } from "#lib/registry/artifacts/artifact-files.ts";
import { getVersionForNode, type LoadableVersion } from "#lib/registry/versions/get-version-for-node.ts";
import type { ArtifactManifest } from "../schema.ts";
import { placedVersions } from "./artifact-store.ts";

/** A digest, or as much of its start as a store path carries. */
const DIGEST = /^[0-9a-f]{12,64}$/;
/** Large enough to keep a disk busy; what is read ahead of a slow node is at most this. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The files of a version, for the node it is placed on.
 * @throws AppError `not_found` for every other digest, whether it exists elsewhere or not
 */
export async function readArtifact(ctx: Ctx, digest: string): Promise<ArtifactManifest> {
  const version = await placedVersion(ctx, digest);
  const files = version.files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256 }));
  return { digest: version.digest, files };
}

/** One of these files. Paths come from the catalog alone: what the caller asks for is only compared with them. */
export async function readArtifactFile(ctx: Ctx, digest: string, path: string): Promise<Download> {
  const version = await placedVersion(ctx, digest);
  const file = version.files.find((candidate) => candidate.path === path);
  if (!file) throw notFound("file");
  const place = join(ctx.deps.adapterStore, version.storePath, file.path);
  const { sizeBytes, sha256 } = file;
  return { sizeBytes, etag: sha256, open: (start, end) => streamFile(place, sizeBytes, start, end) };
}

async function placedVersion(ctx: Ctx, digest: string): Promise<LoadableVersion> {
  if (!isNodeKey(ctx.actor) || !DIGEST.test(digest)) throw notFound("artifact");
  const [versionId] = await placedVersions(ctx.tx, ctx.actor.nodeId, digest);
  const version = versionId === undefined ? null : await getVersionForNode(ctx.tx, versionId);
  if (version === null) throw notFound("artifact");
  return version;
}

/** @throws AppError `unavailable` when the stored file is gone or of another size: the node asks again later */
async function streamFile(
  path: string,
  sizeBytes: number,
  start: number,
  end: number,
): Promise<ReadableStream<Uint8Array>> {
  const unreadable = (cause?: unknown) =>
    new AppError("unavailable", "The stored file cannot be read.", {
      reason: "files_unreadable",
      fix: "Check the adapter store of the Switchyard server.",
      cause,
    });
  const handle = await openForReading(path).catch((error) => {
    throw unreadable(error);
  });
  const { size } = await handle.stat();
  if (size !== sizeBytes) {
    await handle.close();
    throw unreadable();
  }
  // closes the file when it is read, and when the caller goes away
  const stream = handle.createReadStream({ start, end, highWaterMark: CHUNK_BYTES });
  return Readable.toWeb(stream, { strategy: { highWaterMark: 0 } }) as ReadableStream<Uint8Array>;
}
