import { listPlacements } from "#lib/fleet/list-placements.ts";
import { routableNodes, servingNodes } from "#lib/fleet/routable-nodes.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type PlacementProgress, placementProgress } from "./placement-progress.ts";

type NodeName = { nodeId: string; nodeName: string };

/**
 * How far a version is on the nodes of a pool that serve customers now, or on the given nodes. Cordoned and unreachable
 * nodes do not count: they serve nobody, and load what they should before they serve again.
 */
export async function readProgress(
  ctx: Ctx,
  versionId: string,
  where: { poolId: string } | { nodes: readonly NodeName[] },
): Promise<PlacementProgress> {
  const nodes = "nodes" in where ? where.nodes : await servingNodes(ctx.tx, where.poolId);
  const routable = await routableNodes(ctx.tx, versionId);
  const { items } = await listPlacements(ctx, { versionId, limit: 200 });
  return placementProgress(nodes, new Set(routable.map(({ nodeId }) => nodeId)), items, ctx.clock.now());
}
