import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getVersion, lockVersion, setVersionState, type VersionRecord } from "./version-store.ts";

/**
 * Bars a version from ever being loaded again, such as when its stored bytes no longer match their digest. Writes its
 * own audit row; a version that is not ready is left as it is, without one.
 * @throws AppError `not_found`
 */
export async function quarantineVersion(
  ctx: Ctx,
  input: { versionId: string; reason: string },
): Promise<VersionRecord> {
  const state = await lockVersion(ctx.tx, input.versionId);
  const version = state && (await getVersion(ctx.tx, input.versionId));
  if (!version) throw notFound("version");
  if (state !== "ready") return version;
  const quarantined = await setVersionState(ctx.tx, version.id, "quarantined");
  await audit(ctx, {
    action: "version.quarantine",
    object: { type: "version", id: version.id },
    tenantId: version.tenantId,
    before: { state },
    after: { state: "quarantined" },
    reason: input.reason,
  });
  return quarantined;
}
