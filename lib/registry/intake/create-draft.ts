import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type FieldProblem, invalid, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getAdapter } from "../adapters/adapter-store.ts";
import { manifestDigest } from "../artifacts/store-layout.ts";
import { checkFileSet, type FileEntry, STORED_FILE_NAMES } from "../browser/file-set.ts";
import type { CreateVersion, Finding } from "../schema.ts";
import {
  findStored,
  insertVersion,
  type NewVersion,
  nextVersionNumber,
  type VersionRecord,
} from "../versions/version-store.ts";

/**
 * Opens a version: its manifest first, the files after it, the checks last. Where the manifest names every digest and
 * this tenant stores exactly these bytes already, they count as received and nothing needs to be sent.
 * @throws AppError `not_found`, or `invalid` naming every file that may not or must be there
 */
export async function createDraft(ctx: Ctx, input: CreateVersion & { adapterId: string }): Promise<VersionRecord> {
  const adapter = await getAdapter(ctx.tx, input.adapterId);
  if (adapter === null) throw notFound("adapter");
  const problems = [...fileSetProblems(checkFileSet(input.files).findings), ...unknownFiles(input.files)];
  if (problems.length > 0) throw invalid(problems);
  const now = ctx.clock.now();
  const version = await insertVersion(ctx.tx, {
    id: newId("version"),
    tenantId: adapter.tenantId,
    adapterId: adapter.id,
    number: await nextVersionNumber(ctx.tx, adapter.id),
    files: await manifestFiles(ctx, adapter.tenantId, input.files),
    origin: {
      by: actorLabel(ctx.actor),
      at: now.toISOString(),
      source: input.origin?.source ?? "upload",
      note: input.origin?.note ?? null,
    },
    at: now,
  });
  await audit(ctx, {
    action: "version.create",
    object: { type: "version", id: version.id },
    tenantId: adapter.tenantId,
    after: { adapterId: adapter.id, number: version.number, files: input.files },
  });
  return version;
}

async function manifestFiles(ctx: Ctx, tenantId: string, files: CreateVersion["files"]): Promise<NewVersion["files"]> {
  const promised = files.map(({ sha256, ...file }) => ({ ...file, ...(sha256 && { expectedSha256: sha256 }) }));
  const complete = files.flatMap(({ sha256, ...file }) => (sha256 ? [{ ...file, sha256 }] : []));
  if (complete.length < files.length) return promised;
  const stored = await findStored(ctx.tx, tenantId, manifestDigest(complete));
  return stored === null ? promised : complete.map((file) => ({ ...file, expectedSha256: file.sha256 }));
}

/** Findings that reject a set of files, as problems of the request that lists them. */
export const fileSetProblems = (findings: readonly Finding[]): FieldProblem[] =>
  findings
    .filter(({ severity }) => severity === "error")
    .map(({ field, code, title, message, fix }) => ({
      field: field ?? "files",
      code,
      message: `${title}. ${message}`,
      fix: fix ?? "",
    }));

/** An upload is told at once what would not be kept, instead of sending it in vain. */
function unknownFiles(files: readonly FileEntry[]): FieldProblem[] {
  const refused = new Set(fileSetProblems(checkFileSet(files).findings).map(({ field }) => field));
  return files
    .filter(({ path }) => !STORED_FILE_NAMES.includes(path) && !refused.has(path))
    .map(({ path }) => ({
      field: path,
      code: "unknown_file",
      message: `${path} is not part of an adapter.`,
      fix: `Leave it out. A version consists of ${STORED_FILE_NAMES.join(", ")}.`,
    }));
}
