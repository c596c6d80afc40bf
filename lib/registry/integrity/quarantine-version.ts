import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import type { Damage } from "../artifacts/verify-digest.ts";
import { getVersion, type VersionRecord } from "../versions/version-store.ts";
import { barDirectory } from "./integrity-store.ts";

/**
 * Bars a version from ever being loaded again, and with it every version of the tenant that has its bytes in the same
 * directory, such as when they no longer match their digests. What serves goes on serving. One audit row for all of
 * them; a version whose bytes are promised no more is left as it is, without one.
 * @throws AppError `not_found`
 */
export async function quarantineVersion(
  ctx: Ctx,
  input: { versionId: string; reason: string; damage?: Damage },
): Promise<VersionRecord> {
  const { versionId, reason, damage } = input;
  const version = await getVersion(ctx.tx, versionId);
  if (version === null) throw notFound("version");
  const { tenantId, storePath, state } = version;
  if (storePath === null || (state !== "ready" && state !== "retired")) return version;
  const barred = await barDirectory(ctx.tx, { tenantId, storePath }, { reason, at: ctx.clock.now() });
  if (barred.length === 0) return (await getVersion(ctx.tx, versionId)) ?? version; // somebody was faster
  await audit(ctx, {
    action: "version.quarantine",
    object: { type: "version", id: versionId },
    tenantId,
    before: { state },
    after: {
      state: "quarantined",
      storePath,
      versions: barred.map(({ id, number }) => ({ id, number })),
      ...(damage ? { problem: damage.problem, file: damage.path, expected: damage.expected, found: damage.found } : {}),
    },
    reason,
  });
  return (await getVersion(ctx.tx, versionId)) ?? version;
}
