import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getPool } from "#lib/pools/store.ts";
import type { Rollout } from "../schema.ts";
import { targetCommand } from "./ask-restart.ts";
import { type RolloutRow, rolloutNodesOf } from "./rollout-store.ts";

/** Rollouts of one pool as the API shows them, each node with the command that starts it with the new limits. */
export async function showRollouts(ctx: Ctx, poolId: string, rollouts: readonly RolloutRow[]): Promise<Rollout[]> {
  const pool = await getPool(ctx.tx, poolId);
  if (!pool) throw notFound("pool");
  const known = new Map((await rolloutNodesOf(ctx.tx, poolId)).map((node) => [node.id, node]));
  return rollouts.map(({ nodes, createdAt, finishedAt, ...rollout }) => ({
    ...rollout,
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    nodes: nodes.map(({ nodeId, position, phase, message, since, deadline }) => {
      const node = known.get(nodeId);
      return {
        nodeId,
        position,
        phase,
        message,
        nodeName: node?.name ?? "removed",
        since: since.toISOString(),
        deadline: deadline?.toISOString() ?? null,
        command: node ? targetCommand(pool, node, rollout.target).text : "",
      };
    }),
  }));
}

export async function showRollout(ctx: Ctx, rollout: RolloutRow): Promise<Rollout> {
  const [shown] = await showRollouts(ctx, rollout.poolId, [rollout]);
  if (!shown) throw notFound("rollout");
  return shown;
}
