import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import type { Deletion } from "../browser/deletion-schema.ts";
import { listRetentions } from "../versions/retention-store.ts";
import { getVersion, lockVersion, type VersionRecord } from "../versions/version-store.ts";
import { deletionBlockers, typedNameOf } from "./deletion-blockers.ts";
import { markDeleted, usersOf } from "./deletion-store.ts";

/** What stands against deleting a version, and what would go with it. @throws AppError `not_found` */
export async function previewDeletion(ctx: Ctx, versionId: string): Promise<Deletion> {
  const version = await getVersion(ctx.tx, versionId);
  if (version === null) throw notFound("version");
  const blockers = deletionBlockers({ ...version, retentions: await listRetentions(ctx.tx, versionId) });
  const { tenantId, storePath, files, sizeBytes } = version;
  const sharedWith = storePath === null ? [] : await usersOf(ctx.tx, { tenantId, storePath }, versionId);
  return {
    versionId,
    typedName: typedNameOf(version),
    canDelete: blockers.length === 0,
    blockers,
    files: files.length,
    bytes: sizeBytes,
    directory: storePath,
    bytesGo: version.state !== "rejected" && sharedWith.length === 0,
    sharedWith,
  };
}

/**
 * Deletes a version that is out of use and that nothing needs. Its row stays as a tombstone, so that its number and lora
 * name are never given again; its bytes go once this is committed, unless another version has the same ones.
 * @throws AppError `not_found`, `invalid` (`confirm_differs`), or `conflict` with the code of what stands against it
 */
export async function deleteVersion(ctx: Ctx, input: { versionId: string; confirm: string }): Promise<VersionRecord> {
  const version = (await lockVersion(ctx.tx, input.versionId)) && (await getVersion(ctx.tx, input.versionId));
  if (!version) throw notFound("version");
  const typedName = typedNameOf(version);
  if (input.confirm !== typedName)
    throw invalidField("confirm", "confirm_differs", "That is not the version's name.", `Type ${typedName}.`);
  await deleteLocked(ctx, version, "Deleted manually.");
  return (await getVersion(ctx.tx, version.id)) ?? version;
}

/** The same without a name typed; the caller holds the version's lock. */
export async function deleteLocked(ctx: Ctx, version: VersionRecord, reason: string): Promise<void> {
  const blockers = deletionBlockers({ ...version, retentions: await listRetentions(ctx.tx, version.id) });
  const [first] = blockers;
  if (first)
    throw conflict(
      first.code,
      blockers.map(({ message }) => message).join(" "),
      blockers.map(({ fix }) => fix).join(" "),
    );
  await markDeleted(ctx.tx, version.id, { reason, at: ctx.clock.now() });
  await audit(ctx, {
    action: "version.delete",
    object: { type: "version", id: version.id },
    tenantId: version.tenantId,
    before: {
      state: version.state,
      number: version.number,
      digest: version.digest,
      loraName: version.loraName,
      files: version.files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256 })),
    },
    after: { state: "deleted" },
    reason,
  });
}
