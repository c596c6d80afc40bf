import type { Ctx } from "#lib/identity/ctx.ts";
import { requireStaying } from "#lib/identity/tenant-access-store.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { deleteRetention, listRetentions, upsertRetention } from "./retention-store.ts";
import { FILES_HOLDER } from "./version-status.ts";
import { getVersion, lockVersion } from "./version-store.ts";

/**
 * Says that `holder` still needs a version, such as `stage:<ver>` or `previous:<adapter>`; it cannot be retired until
 * that is taken back. Called by fleet, evals and cutover inside their own audited change; twice is the same as once.
 * @throws AppError `not_found`, or `conflict` (`version_not_ready`, `tenant_leaving`)
 */
export async function retainVersion(
  ctx: Ctx,
  input: { versionId: string; holder: string; reason: string },
): Promise<void> {
  const { versionId, holder, reason } = input;
  const version = await lockVersion(ctx.tx, versionId);
  if (version === null) throw notFound("version");
  const { state, tenantId, number } = version;
  if (state !== "ready" && !(await listRetentions(ctx.tx, versionId)).some((held) => held.holder === holder))
    throw conflict("version_not_ready", `Version ${number} is ${state}.`, "Choose a version that is ready.");
  await requireStaying(ctx.tx, tenantId);
  await upsertRetention(ctx.tx, { versionId, holder, tenantId, reason });
}

/**
 * Keeps, or lets go, a version's files alone, whatever its state: it is unloaded, but a request that began before may still
 * make a node read them. It may be retired meanwhile, not deleted. Part of the caller's change.
 */
export async function keepFiles(ctx: Ctx, versionId: string, areReadable: boolean): Promise<void> {
  if (!areReadable) return deleteRetention(ctx.tx, versionId, FILES_HOLDER);
  const version = await getVersion(ctx.tx, versionId);
  if (version === null) throw notFound("version");
  const reason = "Unloaded a moment ago: a request that began before may still read its files.";
  await upsertRetention(ctx.tx, { versionId, holder: FILES_HOLDER, tenantId: version.tenantId, reason });
}

/** Takes a retention back; without one it does nothing. */
export const releaseVersion = (ctx: Ctx, input: { versionId: string; holder: string }): Promise<void> =>
  deleteRetention(ctx.tx, input.versionId, input.holder);
