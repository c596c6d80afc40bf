import { listPlacements } from "#lib/fleet/list-placements.ts";
import { nodesForVersion, routableNodes } from "#lib/fleet/routable-nodes.ts";
import { readEveryPage } from "#lib/http/browser/every-page.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type PlacementProgress, placementProgress } from "./placement-progress.ts";

type NodeName = { nodeId: string; nodeName: string };

/**
 * How far a version is on the nodes that serve customers with it now, or on the given nodes. Cordoned and unreachable
 * nodes do not count: they serve nobody, and load what they should before they serve again.
 */
export async function readProgress(
  ctx: Ctx,
  versionId: string,
  where: "serving" | { nodes: readonly NodeName[] },
): Promise<PlacementProgress> {
  const nodes = where === "serving" ? await nodesForVersion(ctx.tx, versionId) : where.nodes;
  const routable = await routableNodes(ctx.tx, versionId);
  const placements = await readEveryPage((page) => listPlacements(ctx, { versionId, ...page }));
  return placementProgress(nodes, new Set(routable.map(({ nodeId }) => nodeId)), placements, ctx.clock.now());
}
