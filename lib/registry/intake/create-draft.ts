import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type FieldProblem, invalid, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getAdapter } from "../adapters/adapter-store.ts";
import { checkFileSet, type FileEntry, STORED_FILE_NAMES } from "../browser/file-set.ts";
import type { CreateVersion, Finding } from "../schema.ts";
import { insertVersion, nextVersionNumber, type VersionRecord } from "../versions/version-store.ts";

/**
 * Opens a version: its manifest first, the files after it, the checks last.
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
    files: input.files,
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
