import type { Tx } from "#lib/platform/db.ts";
import type { StoredFile } from "../artifacts/artifact-files.ts";
import type { VersionState } from "../schema.ts";
import { getVersion } from "./version-store.ts";

/** What it takes to load a version on a node and to prove its bytes before. */
export type LoadableVersion = {
  id: string;
  tenantId: string;
  tenantSlug: string;
  adapterId: string;
  adapterSlug: string;
  poolId: string;
  number: number;
  state: VersionState;
  loraName: string;
  /** Below the adapter store, and below the node's mount of it. */
  storePath: string;
  digest: string;
  rank: number;
  sizeBytes: number;
  files: StoredFile[];
};

/** A version that has passed its checks once, whatever its state now; null = none such in this scope. */
export async function getVersionForNode(tx: Tx, versionId: string): Promise<LoadableVersion | null> {
  const version = await getVersion(tx, versionId);
  if (version === null) return null;
  const { loraName, storePath, digest, rank } = version;
  if (loraName === null || storePath === null || digest === null || rank === null) return null;
  const files = version.files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256: sha256 ?? "" }));
  const { id, tenantId, tenantSlug, adapterId, adapterSlug, poolId, number, state, sizeBytes } = version;
  return {
    id,
    tenantId,
    tenantSlug,
    adapterId,
    adapterSlug,
    poolId,
    number,
    state,
    loraName,
    storePath,
    digest,
    rank,
    sizeBytes,
    files,
  };
}
