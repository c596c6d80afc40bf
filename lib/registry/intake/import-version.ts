import { rm } from "node:fs/promises";
import { join } from "node:path";
import { actorLabel } from "#lib/identity/actor.ts";
import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { AppError, conflict, invalid, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getPool, type PoolRecord } from "#lib/pools/store.ts";
import { getAdapter } from "../adapters/adapter-store.ts";
import { openForReading, receiveFile } from "../artifacts/artifact-files.ts";
import { listSource, resolveSource } from "../artifacts/source-directory.ts";
import { incomingDirectory } from "../artifacts/store-layout.ts";
import { checkFileSet, type FileEntry, type FolderListing } from "../browser/file-set.ts";
import { checkArtifact } from "../checks/check-artifact.ts";
import type { ImportVersion } from "../schema.ts";
import { insertVersion, nextVersionNumber, type VersionRecord } from "../versions/version-store.ts";
import { recordOutcome } from "./complete-version.ts";
import { fileSetProblems } from "./create-draft.ts";
import { type SettledArtifact, settleArtifact } from "./settle-artifact.ts";

export type ImportedArtifact = { versionId: string; source: string; settled: SettledArtifact };

/** A folder somewhere else that an adapter is taken from: what is in it, and how its files get here. */
export type ForeignFolder = {
  /** Where it was, for the version's origin. */
  label: string;
  listing: FolderListing;
  /** Copies one file to `target` while hashing it. */
  copy(file: FileEntry, target: string): Promise<unknown>;
};
type TakeIn = { adapterId: string /** What was looked at before. */; expectedDigest?: string; signal?: AbortSignal };

/**
 * Copies an adapter folder the server can read into the store while hashing it, and runs all checks, before any
 * transaction. Leaves nothing behind unless the version is accepted.
 * @throws AppError `not_found`, or `invalid` naming the path or every file that may not or must be there
 */
export const importArtifact = (read: ReadCatalog, input: ImportVersion & TakeIn): Promise<ImportedArtifact> =>
  takeIn(read, input, async (pool, adapterStore) => {
    const source = await resolveSource(input.path, [pool.adapterDirectory, adapterStore], adapterStore);
    const listing = await listSource(source);
    return { label: source, listing, copy: (file, target) => copyFile(source, target, file) };
  });

/**
 * The way in for a folder that is not sent by the caller: its file set is judged before a byte is copied.
 * @throws AppError `not_found`; `invalid` naming every file that may not or must be there; `conflict` (`folder_changed`)
 */
export async function takeIn(
  read: ReadCatalog,
  input: TakeIn,
  openFolder: (pool: PoolRecord, adapterStore: string) => Promise<ForeignFolder>,
): Promise<ImportedArtifact> {
  const { adapter, pool, adapterStore } = await read(async (ctx) => {
    const adapter = await getAdapter(ctx.tx, input.adapterId);
    if (adapter === null) throw notFound("adapter");
    const pool = await getPool(ctx.tx, adapter.poolId);
    if (pool === null) throw notFound("pool");
    return { adapter, pool, adapterStore: ctx.deps.adapterStore };
  });
  const folder = await openFolder(pool, adapterStore);
  const { stored, findings } = checkFileSet(folder.listing.files, folder.listing.folders);
  const problems = fileSetProblems(findings);
  if (problems.length > 0) throw invalid(problems);
  const versionId = newId("version");
  const directory = incomingDirectory(adapterStore, versionId);
  try {
    for (const file of stored) await folder.copy(file, join(directory, file.path));
    const names = stored.map(({ path }) => path);
    const checked = await checkArtifact(directory, names, pool, input.signal);
    checked.findings.push(...findings.filter(({ code }) => code === "file_ignored"));
    if (input.expectedDigest !== undefined && checked.digest !== input.expectedDigest) throw folderChanged();
    const owner = { ...adapter, adapterSlug: adapter.slug };
    return { versionId, source: folder.label, settled: await settleArtifact(read, { directory, checked, owner }) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const folderChanged = (): AppError =>
  conflict(
    "folder_changed",
    "The folder is no longer what was checked.",
    "Check it again, and look at what is new, before it is taken in.",
  );

async function copyFile(source: string, target: string, file: FileEntry): Promise<void> {
  const handle = await openForReading(join(source, file.path)).catch((error: unknown) => {
    throw unreadable(file.path, error);
  });
  try {
    const blocks = handle.createReadStream({ highWaterMark: 1024 ** 2, autoClose: false });
    await receiveFile(blocks, target, file.sizeBytes);
  } finally {
    await handle.close();
  }
}

const unreadable = (path: string, cause: unknown): AppError => {
  const problem = {
    field: path,
    code: "file_unreadable",
    message: `${path} cannot be opened.`,
    fix: "Let the user that Switchyard runs as read it.",
  };
  return new AppError("invalid", problem.message, { reason: problem.code, fix: problem.fix, fields: [problem], cause });
};

/** Adds the imported version to the catalog in the state its checks decided. */
export async function recordImport(
  ctx: Ctx,
  input: { adapterId: string; origin: ImportVersion["origin"]; imported: ImportedArtifact },
): Promise<VersionRecord> {
  const { imported } = input;
  const adapter = await getAdapter(ctx.tx, input.adapterId);
  if (adapter === null) throw notFound("adapter");
  const now = ctx.clock.now();
  const draft = await insertVersion(ctx.tx, {
    id: imported.versionId,
    tenantId: adapter.tenantId,
    adapterId: adapter.id,
    number: await nextVersionNumber(ctx.tx, adapter.id),
    files: imported.settled.files,
    origin: {
      by: actorLabel(ctx.actor),
      at: now.toISOString(),
      source: input.origin?.source ?? imported.source,
      note: input.origin?.note ?? null,
    },
    at: now,
  });
  return recordOutcome(ctx, draft, imported.settled);
}
