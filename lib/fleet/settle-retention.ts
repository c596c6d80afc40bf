import type { Ctx } from "#lib/identity/ctx.ts";
import { keepFiles, releaseVersion } from "#lib/registry/versions/retain-version.ts";
import { RETENTION_HOLDER } from "./placing/place-adapters.ts";
import { countPlacements } from "./store.ts";

/**
 * Tells registry whether nodes still need a version's files, after its placements became fewer: loaded somewhere, only
 * readable by requests that began before an unload, or neither. The caller holds the placements' lock.
 */
export async function settleRetention(ctx: Ctx, versionId: string): Promise<void> {
  const { loaded, unloaded } = await countPlacements(ctx.tx, versionId);
  if (loaded === 0) await releaseVersion(ctx, { versionId, holder: RETENTION_HOLDER });
  await keepFiles(ctx, versionId, unloaded > 0);
}
