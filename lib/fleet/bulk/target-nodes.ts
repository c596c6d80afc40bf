import type { Ctx } from "#lib/identity/ctx.ts";
import { placeable } from "../placing/place-adapters.ts";
import { planPlacement } from "../placing/plan-placement.ts";
import { readPlacementState } from "../placing/read-placement.ts";
import type { BulkNode, ChosenVersion } from "./bulk-store.ts";

/**
 * Nodes that each version would be wanted on: all of its pool that serve customers, or as many as its adapter has replicas,
 * with all chosen ones planned together.
 */
export async function targetNodes(
  ctx: Ctx,
  versions: readonly ChosenVersion[],
  nodes: readonly BulkNode[],
): Promise<Map<string, BulkNode[]>> {
  const targets = new Map<string, BulkNode[]>();
  for (const poolId of new Set(versions.map((version) => version.poolId))) {
    const serving = nodes.filter((node) => node.poolId === poolId && !node.standalone);
    const here = versions.filter((version) => version.poolId === poolId);
    const placed = here.filter(({ replicas }) => replicas !== null);
    const plan = await planAll(
      ctx,
      poolId,
      placed.map(({ adapterId }) => adapterId),
    );
    for (const version of here) {
      const planned = plan.get(version.adapterId) ?? [];
      targets.set(version.id, version.replicas === null ? serving : serving.filter(({ id }) => planned.includes(id)));
    }
  }
  return targets;
}

async function planAll(
  ctx: Ctx,
  poolId: string,
  adapterIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const state = adapterIds.length === 0 ? null : await readPlacementState(ctx.tx, poolId, ctx.clock.now());
  if (state === null) return new Map();
  const chosen = state.adapters.filter(({ id }) => adapterIds.includes(id));
  const others = placeable(state).filter(({ id }) => !adapterIds.includes(id));
  return planPlacement({ nodes: state.nodes, adapters: [...others, ...chosen] }, { rebalance: false }).targets;
}
