import { audit } from "#lib/identity/audit.ts";
import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { AppError, conflict, notFound } from "#lib/platform/errors.ts";
import type { Damage } from "../artifacts/verify-digest.ts";
import { getVersion, type VersionRecord } from "../versions/version-store.ts";
import { damageReason } from "./damage-reason.ts";
import { readDirectory, type StoredDirectory, stampVerified } from "./integrity-store.ts";
import { quarantineVersion } from "./quarantine-version.ts";
import { verifyStored } from "./verify-stored.ts";

export type Proof = { directory: StoredDirectory; damage: Damage | null };

/**
 * Reads a version's stored bytes now, before any transaction.
 * @throws AppError `not_found`; `conflict` (`nothing_stored`); `unavailable` (`files_unreadable`) when nobody can tell
 */
export async function proveVersion(read: ReadCatalog, versionId: string, signal: AbortSignal): Promise<Proof> {
  const { deps, directory } = await read(async (ctx) => {
    const version = await getVersion(ctx.tx, versionId);
    if (version === null) throw notFound("version");
    const directory = await readDirectory(ctx.tx, versionId);
    if (directory === null)
      throw conflict(
        "nothing_stored",
        `The version is ${version.state}: no bytes of it are promised to be right.`,
        "Only ready and retired versions are verified.",
      );
    return { deps: ctx.deps, directory };
  });
  const check = await verifyStored(deps, directory, { signal });
  if (check.kind === "unreadable")
    throw new AppError("unavailable", check.message, {
      reason: "files_unreadable",
      fix: "Make the adapter store readable for Switchyard, then verify again. Nothing was changed.",
    });
  return { directory, damage: check.kind === "wrong" ? check : null };
}

/** Notes that the bytes are right, or quarantines every version that has them. */
export async function recordProof(ctx: Ctx, versionId: string, { directory, damage }: Proof): Promise<VersionRecord> {
  if (damage !== null && (await readDirectory(ctx.tx, versionId)) !== null)
    return quarantineVersion(ctx, { versionId, reason: damageReason(damage), damage });
  if (damage === null) await stampVerified(ctx.tx, directory, ctx.clock.now());
  const version = await getVersion(ctx.tx, versionId);
  if (version === null) throw notFound("version");
  await audit(ctx, {
    action: "version.verify",
    object: { type: "version", id: versionId },
    tenantId: version.tenantId,
    after: { state: version.state, verifiedAt: version.verifiedAt },
  });
  return version;
}
