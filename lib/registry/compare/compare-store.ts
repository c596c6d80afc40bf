import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { getVersion, type VersionRecord } from "../versions/version-store.ts";
import type { ModuleNorms } from "./diff-norms.ts";

/** A version with the norms of its modules; null = there is none in this scope. */
export async function getCompared(
  tx: Tx,
  versionId: string,
): Promise<{ version: VersionRecord; norms: ModuleNorms | null } | null> {
  const version = await getVersion(tx, versionId);
  const row = await tx.client.adapterVersion.findFirst({
    where: { AND: [{ id: versionId }, tenantWhere(tx.scope)] },
    select: { moduleNorms: true },
  });
  return version && row && { version, norms: row.moduleNorms as ModuleNorms | null };
}
