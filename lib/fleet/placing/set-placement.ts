import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type FieldProblem, invalid, notFound } from "#lib/platform/errors.ts";
import type { AdapterPlacement, SetPlacement } from "../schema.ts";
import { planPool } from "./place-adapters.ts";
import { nodesById, readAdapterPlacement, writeAdapterPlacement } from "./placement-store.ts";
import { readPlacementState } from "./read-placement.ts";
import { lacksOf, movesOf } from "./view-placement.ts";

type Wanted = NonNullable<Awaited<ReturnType<typeof readAdapterPlacement>>>;

/** How an adapter is placed, and what the pool's plan makes of that. Names nodes, so it is for staff alone. */
export async function readPlacement(ctx: Ctx, adapterId: string): Promise<AdapterPlacement> {
  const wanted = await readAdapterPlacement(ctx.tx, adapterId);
  if (wanted === null) throw notFound("adapter");
  return view(ctx, wanted);
}

/**
 * Says on how many nodes an adapter is wanted, and on which of them for sure. The placement loop brings it there: first
 * the new nodes, and it leaves the others when the new ones have proven it.
 * @throws AppError `not_found`, `stale`, or `invalid` naming pinnedNodeIds (`unknown_node`, `node_not_in_pool`,
 * `node_standalone`, `too_many_pins`)
 */
export async function setPlacement(
  ctx: Ctx,
  input: { adapterId: string; expectedGeneration: number; change: SetPlacement },
): Promise<AdapterPlacement> {
  const before = await readAdapterPlacement(ctx.tx, input.adapterId);
  if (before === null) throw notFound("adapter");
  const pinnedNodeIds = [...new Set(input.change.pinnedNodeIds)];
  const change = { replicas: input.change.replicas, pinnedNodeIds };
  const problems = await problemsOf(ctx, before, change);
  if (problems.length > 0) throw invalid(problems);
  if (!(await writeAdapterPlacement(ctx.tx, before.id, input.expectedGeneration, change))) throw staleEdit();
  const after = await readAdapterPlacement(ctx.tx, before.id);
  if (after === null) throw notFound("adapter");
  await audit(ctx, {
    action: "adapter.place",
    object: { type: "adapter", id: before.id },
    tenantId: before.tenantId,
    before: { replicas: before.replicas, pinnedNodeIds: before.pinnedNodeIds },
    after: change,
  });
  return view(ctx, after);
}

async function problemsOf(ctx: Ctx, { poolId, poolReplicas }: Wanted, change: SetPlacement): Promise<FieldProblem[]> {
  const { pinnedNodeIds } = change;
  const nodes = new Map((await nodesById(ctx.tx, pinnedNodeIds)).map((node) => [node.id, node]));
  const field = "pinnedNodeIds";
  const problems = pinnedNodeIds.flatMap((nodeId): FieldProblem[] => {
    const node = nodes.get(nodeId);
    if (!node)
      return [
        {
          field,
          code: "unknown_node",
          message: `There is no node ${nodeId}.`,
          fix: "Take a node from the list of nodes.",
        },
      ];
    if (node.poolId !== poolId)
      return [
        {
          field,
          code: "node_not_in_pool",
          message: `${node.name} is not a node of the adapter's pool.`,
          fix: "Name nodes of that pool only.",
        },
      ];
    if (node.standalone)
      return [
        {
          field,
          code: "node_standalone",
          message: `${node.name} serves evaluations only.`,
          fix: "Name nodes that serve customers.",
        },
      ];
    return [];
  });
  const replicas = change.replicas ?? poolReplicas;
  if (replicas !== null && pinnedNodeIds.length > replicas)
    problems.push({
      field,
      code: "too_many_pins",
      message: `${pinnedNodeIds.length} nodes are pinned, and the adapter is wanted on ${replicas}.`,
      fix: `Set replicas to ${pinnedNodeIds.length}, or pin fewer nodes.`,
    });
  return problems;
}

async function view(ctx: Ctx, wanted: Wanted): Promise<AdapterPlacement> {
  const state = await readPlacementState(ctx.tx, wanted.poolId, ctx.clock.now());
  const adapter = state?.adapters.find(({ id }) => id === wanted.id);
  if (!state || !adapter) throw notFound("adapter");
  const plan = planPool(state, { rebalance: true });
  return {
    adapterId: wanted.id,
    poolId: wanted.poolId,
    replicas: wanted.replicas,
    pinnedNodeIds: wanted.pinnedNodeIds,
    effectiveReplicas: wanted.replicas ?? wanted.poolReplicas,
    demand: adapter.demand && {
      requestsPerMinute: adapter.demand.requestsPerMinute,
      peakConcurrent: adapter.demand.peakConcurrent,
      observedAt: adapter.demand.observedAt.toISOString(),
    },
    moves: movesOf(adapter, state, plan),
    unplaced: lacksOf(adapter, plan),
    generation: wanted.generation,
  };
}
