import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { retainVersion } from "#lib/registry/versions/retain-version.ts";
import { nodesOfPool } from "./node-store.ts";
import { plannedNodes, RETENTION_HOLDER } from "./placing/place-adapters.ts";
import { readPoolLimits } from "./placing/placement-store.ts";
import type { Holder } from "./schema.ts";
import { lockPlacements, versionForPlacement, wantPlacement } from "./store.ts";

export { RETENTION_HOLDER };

export type HoldPlacement = {
  versionId: string;
  /**
   * "pool" = where the pool's plan wants the adapter: every node that serves customers, cordoned or not, or as many as it
   * has replicas.
   */
  nodeIds: readonly string[] | "pool";
  holder: Holder;
  /** One sentence for people. */
  reason: string;
};

/**
 * Wants a version on nodes, on behalf of a holder; asking again changes nothing. The reconcile loop does the rest. Part
 * of the caller's mutation, which writes the audit row.
 * @returns the nodes it is now wanted on
 * @throws AppError `not_found`, `conflict` (`version_not_ready`, `no_nodes`) or `invalid` naming nodeIds
 */
export async function holdPlacement(ctx: Ctx, input: HoldPlacement): Promise<{ nodeIds: string[] }> {
  const { tx } = ctx;
  await lockPlacements(tx, input.versionId);
  const version = await versionForPlacement(tx, input.versionId);
  if (!version) throw notFound("version");
  if (version.state !== "ready")
    throw conflict(
      "version_not_ready",
      `The version is ${version.state}; only a ready one can be loaded.`,
      "Wait for its checks, or add a corrected version.",
    );
  const nodeIds = await resolveNodes(ctx, version, input.nodeIds);
  const { tenantId, id: versionId } = version;
  for (const nodeId of nodeIds)
    await wantPlacement(tx, { tenantId, versionId, nodeId, holder: input.holder, reason: input.reason });
  await retainVersion(ctx, {
    versionId,
    holder: RETENTION_HOLDER,
    reason: "Loaded on nodes, or about to be.",
  });
  return { nodeIds };
}

/** Whether an adapter is wanted on a number of nodes rather than on all. */
const isPlaced = async ({ tx }: Ctx, { poolId, replicas }: Placed): Promise<boolean> =>
  replicas !== null || ((await readPoolLimits(tx, poolId))?.replicas ?? null) !== null;

type Placed = { poolId: string; adapterId: string; replicas: number | null };

async function resolveNodes(ctx: Ctx, version: Placed, wanted: readonly string[] | "pool"): Promise<string[]> {
  const nodes = await nodesOfPool(ctx.tx, version.poolId);
  if (wanted === "pool") {
    const serving = nodes.filter((node) => !node.standalone).map(({ id }) => id);
    if (serving.length === 0)
      throw conflict(
        "no_nodes",
        "The adapter's pool has no node that serves customers.",
        "Add a node to the pool first.",
      );
    return (await isPlaced(ctx, version)) ? plannedNodes(ctx, version.poolId, version.adapterId) : serving;
  }
  const unknown = wanted.find((nodeId) => !nodes.some(({ id }) => id === nodeId));
  if (unknown !== undefined)
    throw invalidField(
      "nodeIds",
      "node_not_in_pool",
      `${unknown} is not a node of the adapter's pool.`,
      "Name nodes of that pool only.",
    );
  return [...new Set(wanted)];
}
