import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { holdPlacement } from "./hold-placement.ts";
import { releasePlacement } from "./release-placement.ts";
import type { Holder } from "./schema.ts";
import { holdersOfVersion, retryFailed, versionForPlacement } from "./store.ts";

/** Put there by hand; unstaging takes it off again. */
export const stageHolder = (versionId: string): Holder => `stage:${versionId}`;

/** Loads a version on nodes ahead of its evaluation; staging again gives failed placements another try. */
export async function stageVersion(
  ctx: Ctx,
  input: { versionId: string; nodeIds?: readonly string[] | undefined; reason?: string },
): Promise<void> {
  const version = await requireVersion(ctx, input.versionId);
  const { nodeIds } = await holdPlacement(ctx, {
    versionId: version.id,
    nodeIds: input.nodeIds ?? "pool",
    holder: stageHolder(version.id),
    reason: input.reason ?? "Staged manually.",
  });
  await retryFailed(ctx.tx, version.id, nodeIds);
  await audit(ctx, {
    action: "version.stage",
    object: { type: "version", id: version.id },
    tenantId: version.tenantId,
    after: { nodeIds },
  });
}

/**
 * Takes a staged version off its nodes again.
 * @throws AppError `conflict`: `version_live` or `version_in_cutover`
 */
export async function unstageVersion(ctx: Ctx, versionId: string): Promise<void> {
  const version = await requireVersion(ctx, versionId);
  const holders = await holdersOfVersion(ctx.tx, version.id);
  if (version.isLive || holders.some((holder) => holder.startsWith("route:")))
    throw conflict("version_live", "The version is live.", "Cut over to another version, or roll back, first.");
  if (holders.some((holder) => holder.startsWith("cutover:")))
    throw conflict("version_in_cutover", "A cutover uses the version.", "Abort the cutover first.");
  const { held } = await releasePlacement(ctx, { versionId: version.id, holder: stageHolder(version.id) });
  await audit(ctx, {
    action: "version.unstage",
    object: { type: "version", id: version.id },
    tenantId: version.tenantId,
    before: { placements: held },
  });
}

async function requireVersion(ctx: Ctx, versionId: string) {
  const version = await versionForPlacement(ctx.tx, versionId);
  if (!version) throw notFound("version");
  return version;
}
