import { stat } from "node:fs/promises";
import { join } from "node:path";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { conflict, invalid, notFound } from "#lib/platform/errors.ts";
import { getPool, type PoolRecord } from "#lib/pools/store.ts";
import type { StoredFile } from "../artifacts/artifact-files.ts";
import { incomingDirectory, loraNameOf, manifestDigest, storePathOf } from "../artifacts/store-layout.ts";
import { checkArtifact } from "../checks/check-artifact.ts";
import { countRemoved, lockPlace } from "../deletion/deletion-store.ts";
import { findStored, getVersion, lockVersion, type VersionRecord, writeOutcome } from "../versions/version-store.ts";
import { whileChecking } from "./claim-draft.ts";
import { notADraft } from "./receive-file.ts";
import { type SettledArtifact, settleArtifact } from "./settle-artifact.ts";

/**
 * Runs all checks over a draft's files and puts them into the store, before any transaction.
 * @throws AppError `not_found`; `conflict` when it is no draft, is being checked, or its bytes are not what arrived;
 * `invalid` (`file_not_received`) naming every file that is still missing
 */
export async function checkDraft(read: ReadCatalog, versionId: string): Promise<SettledArtifact> {
  const world = await read(async (ctx) => {
    await loadDraft(ctx, versionId); // what is missing is told before anything is marked
    return { deps: ctx.deps, scope: ctx.scope };
  });
  return whileChecking(world, versionId, async () => {
    const { version, pool, adapterStore, storedPath } = await read((ctx) => loadDraft(ctx, versionId, "checking"));
    const directory = await locateBytes(adapterStore, version, storedPath);
    const names = version.files.map(({ path }) => path);
    const checked = await checkArtifact(directory, names, pool);
    requireArrived(version, checked.files);
    return settleArtifact(read, { directory, checked, owner: version });
  });
}

async function loadDraft(
  ctx: Ctx,
  versionId: string,
  expected: "draft" | "checking" = "draft",
): Promise<{ version: VersionRecord; pool: PoolRecord; adapterStore: string; storedPath: string | null }> {
  const version = await getVersion(ctx.tx, versionId);
  if (version === null) throw notFound("version");
  if (version.state !== expected) throw notADraft(version.state);
  const missing = version.files.filter(({ sha256 }) => sha256 === null);
  if (missing.length > 0)
    throw invalid(
      missing.map(({ path }) => ({
        field: path,
        code: "file_not_received",
        message: `${path} has not arrived.`,
        fix: `Send it with PUT /versions/${versionId}/files/${path}.`,
      })),
    );
  const pool = await getPool(ctx.tx, version.poolId);
  if (pool === null) throw notFound("pool");
  const stored = await findStored(ctx.tx, version.tenantId, digestOf(version));
  return { version, pool, adapterStore: ctx.deps.adapterStore, storedPath: stored?.storePath ?? null };
}

const digestOf = (version: VersionRecord): string =>
  manifestDigest(version.files.map((file) => ({ ...file, sha256: file.sha256 ?? "" })));

/**
 * Usually where they arrived; already in their final place when a call before this one broke off after the move, or
 * when the tenant had them stored before.
 */
async function locateBytes(adapterStore: string, version: VersionRecord, storedPath: string | null): Promise<string> {
  const final = join(adapterStore, storedPath ?? storePathOf({ ...version, digest: digestOf(version) }));
  for (const directory of [incomingDirectory(adapterStore, version.id), final])
    if (await isDirectory(directory)) return directory;
  throw bytesChanged("The files that had arrived are gone from the store.");
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const bytesChanged = (message: string) => conflict("bytes_changed", message, "Send the files again, then complete.");

/** What stands on disk must be what was hashed on arrival. */
function requireArrived(version: VersionRecord, files: readonly StoredFile[]): void {
  const changed = files.find(({ path, sha256 }) =>
    version.files.some((file) => file.path === path && file.sha256 !== sha256),
  );
  if (changed) throw bytesChanged(`${changed.path} is no longer what arrived.`);
}

/** Bytes that were found in the store may have been removed with the last version that had them. */
async function requireStillThere(ctx: Ctx, { tenantId }: VersionRecord, settled: SettledArtifact): Promise<void> {
  const { storePath, digest, removedBefore } = settled;
  if (storePath === null) return;
  await lockPlace(ctx.tx, storePath);
  if ((await countRemoved(ctx.tx, { tenantId, digest })) > removedBefore)
    throw bytesChanged("The same bytes were just removed from the store with a version that was deleted.");
}

/**
 * Records what the checks decided. No file is touched here, since this may still be rolled back: what a rejected version
 * leaves in `.incoming` is removed by the sweep, which acts on what is committed.
 */
export async function completeVersion(
  ctx: Ctx,
  input: { versionId: string; settled: SettledArtifact },
): Promise<VersionRecord> {
  const { versionId, settled } = input;
  const state = (await lockVersion(ctx.tx, versionId))?.state;
  if (state === undefined) throw notFound("version");
  // a draft again: this call was thought dead; what it checked is compared with what stands there now
  if (state !== "checking" && state !== "draft") throw notADraft(state);
  const draft = await getVersion(ctx.tx, versionId);
  if (draft === null) throw notFound("version");
  requireArrived(draft, settled.files);
  return recordOutcome(ctx, draft, settled);
}

/** Writes the outcome and its audit row; shared with the import of a folder. */
export async function recordOutcome(ctx: Ctx, draft: VersionRecord, settled: SettledArtifact): Promise<VersionRecord> {
  const { files, removedBefore, ...outcome } = settled;
  await requireStillThere(ctx, draft, settled);
  const loraName = settled.state === "ready" ? loraNameOf({ ...draft, digest: settled.digest }) : null;
  const version = await writeOutcome(ctx.tx, draft.id, { ...outcome, loraName });
  await audit(ctx, {
    action: settled.state === "ready" ? "version.accept" : "version.reject",
    object: { type: "version", id: version.id },
    tenantId: version.tenantId,
    before: { state: "draft" },
    after: {
      state: version.state,
      number: version.number,
      digest: version.digest,
      loraName,
      source: version.origin.source,
      errors: settled.checkReport.findings.filter(({ severity }) => severity === "error").map(({ code }) => code),
    },
  });
  return version;
}
