import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { listRetentions } from "./retention-store.ts";
import { FILES_HOLDER } from "./version-status.ts";
import { getVersion, lockVersion, setVersionState, type VersionRecord } from "./version-store.ts";

/**
 * Takes a version out of use; nothing loads it again. Its bytes stay, since a node that once loaded it may read them
 * until it restarts (vllm.md §4.5); those of a draft are removed by the sweep once this is committed.
 * @throws AppError `not_found`, or `conflict` (`version_live`, `version_in_use`, `already_retired`)
 */
export async function retireVersion(ctx: Ctx, versionId: string): Promise<VersionRecord> {
  const version = (await lockVersion(ctx.tx, versionId)) && (await getVersion(ctx.tx, versionId));
  if (version === null) throw notFound("version");
  const { state } = version;
  if (state === "retired") throw conflict("already_retired", "The version is retired already.");
  if (state === "deleted") throw conflict("already_deleted", "The version is deleted.", "Nothing needs doing.");
  if (state === "checking")
    throw conflict("check_in_progress", "The version is being checked.", "Wait for the result.");
  if (version.aliases.includes("live"))
    throw conflict("version_live", "The version is live.", "Cut over to another version, or roll back, first.");
  const retentions = (await listRetentions(ctx.tx, versionId)).filter(({ holder }) => holder !== FILES_HOLDER);
  if (retentions.length > 0)
    throw conflict(
      "version_in_use",
      `The version is still needed: ${retentions.map(({ reason }) => reason).join("; ")}.`,
      "Unstage it, and wait until evaluations and cutovers that use it have ended.",
    );
  const retired = await setVersionState(ctx.tx, versionId, "retired");
  await audit(ctx, {
    action: "version.retire",
    object: { type: "version", id: versionId },
    tenantId: version.tenantId,
    before: { state },
    after: { state: "retired" },
  });
  return retired;
}
