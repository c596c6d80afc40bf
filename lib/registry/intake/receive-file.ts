import { rm } from "node:fs/promises";
import { join } from "node:path";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { receiveFile } from "../artifacts/artifact-files.ts";
import { incomingDirectory } from "../artifacts/store-layout.ts";
import type { VersionFile, VersionState } from "../schema.ts";
import { getVersion, markReceived } from "../versions/version-store.ts";

export type ReceivedFile = { versionId: string; path: string; sha256: string };

export const notADraft = (state: VersionState) =>
  state === "checking"
    ? conflict("check_in_progress", "The version is being checked already.", "Wait for the result.")
    : conflict("not_a_draft", `The version is ${state}; only a draft takes files.`, "Start a new version.");

export const unknownFile = (fileName: string, files: readonly VersionFile[]) =>
  invalidField(
    "fileName",
    "unknown_file",
    `The draft does not list a file called ${fileName}.`,
    `Send one of ${files.map(({ path }) => path).join(", ")}, or start a new draft.`,
  );

export const digestDiffers = (path: string, expected: string, found: string) =>
  invalidField(
    path,
    "digest_differs",
    `${path}: the bytes that arrived have the SHA-256 ${found}, the draft promised ${expected}.`,
    "Send the file that was declared, or start a new draft with this one.",
  );

/**
 * Takes one file of a draft: streamed to the store while it is hashed. Sending a file again replaces it; a stream that
 * breaks off leaves nothing behind and the draft as it was.
 * @throws AppError `not_found`, `conflict` (`not_a_draft`), or `invalid` (`unknown_file`, `size_differs`, `digest_differs`,
 * `upload_broken`)
 */
export async function receiveVersionFile(
  read: ReadCatalog,
  input: { versionId: string; fileName: string; request: Request },
): Promise<ReceivedFile> {
  const { versionId, fileName, request } = input;
  const { version, adapterStore } = await read(async (ctx) => ({
    version: await getVersion(ctx.tx, versionId),
    adapterStore: ctx.deps.adapterStore,
  }));
  if (version === null) throw notFound("version");
  if (version.state !== "draft") throw notADraft(version.state);
  const file = version.files.find(({ path }) => path === fileName);
  if (file === undefined) throw unknownFile(fileName, version.files);
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) !== file.sizeBytes)
    throw invalidField(
      file.path,
      "size_differs",
      `${file.path}: the request has ${declared} bytes, the draft declared ${file.sizeBytes}.`,
      "Send the file as it was declared, or start a new draft with its true size.",
    );
  const target = join(incomingDirectory(adapterStore, version.id), file.path);
  const sha256 = await receiveFile(request.body ?? noBytes(), target, file.sizeBytes);
  if (file.expectedSha256 !== null && file.expectedSha256 !== sha256) {
    await rm(target, { force: true });
    throw digestDiffers(file.path, file.expectedSha256, sha256);
  }
  return { versionId, path: file.path, sha256 };
}

async function* noBytes(): AsyncIterable<Uint8Array> {}

/** Notes in the catalog that a file of a draft has arrived. @throws AppError `conflict` when it is no draft any more */
export async function recordVersionFile(ctx: Ctx, received: ReceivedFile): Promise<VersionFile> {
  const file = await markReceived(ctx.tx, { ...received, at: ctx.clock.now() });
  const version = await getVersion(ctx.tx, received.versionId);
  if (version === null) throw notFound("version");
  if (file === null) throw notADraft(version.state);
  await audit(ctx, {
    action: "version.receive_file",
    object: { type: "version", id: version.id },
    tenantId: version.tenantId,
    after: file,
  });
  return file;
}
