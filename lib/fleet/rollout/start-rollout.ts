import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getPool, type PoolRecord } from "#lib/pools/store.ts";
import { isServing } from "../conditions.ts";
import type { EngineLimits, StartRollout } from "../schema.ts";
import {
  endRollout,
  getRollout,
  highestRankInUse,
  insertRollout,
  lockRollouts,
  type RolloutPoolNode,
  type RolloutRow,
  rolloutNodesOf,
  rolloutsOf,
  savePoolLimits,
  sealedRestartSecret,
} from "./rollout-store.ts";

/**
 * Begins to change a pool's engine limits, node by node. The pool keeps its present limits until every node runs with
 * the new ones, so that its launch command and slot figures stay true meanwhile.
 * @throws AppError `conflict` (`rollout_running`, `restart_hook_missing`, `nodes_not_simulated`) or `invalid` naming the
 * limit
 */
export async function startRollout(
  ctx: Ctx,
  input: StartRollout & {
    poolId: string;
    /** Restarts these nodes with the limits they have: what lies in their memory is to go. */
    onlyNodes?: readonly string[];
  },
): Promise<RolloutRow> {
  const { tx } = ctx;
  const pool = await getPool(tx, input.poolId);
  if (!pool) throw notFound("pool");
  await lockRollouts(tx, pool.id);
  const [last] = await rolloutsOf(tx, pool.id, 1);
  if (last?.state === "running")
    throw conflict("rollout_running", "A rollout is running on this pool.", "Wait until it has ended, or cancel it.");
  const before = limitsOf(pool);
  const given = Object.entries(input.target).filter(([, value]) => value !== undefined);
  const target = { ...before, ...Object.fromEntries(given) } as EngineLimits;
  // after a rollout that stopped half-way, some nodes may run with other limits than the pool's
  const mayBeMixed = input.onlyNodes !== undefined || (last !== undefined && last.state !== "completed");
  await refuseTarget(ctx, pool, { before, target, mayBeMixed });
  const all = inOrder(await rolloutNodesOf(tx, pool.id));
  const nodes = all.filter(({ id }) => input.onlyNodes?.includes(id) ?? true);
  await refuseRestartStep(ctx, pool, { before, target, nodes });
  const now = ctx.clock.now();
  const id = newId("rollout");
  const plan = { id, poolId: pool.id, before, target, drainSeconds: input.drainSeconds };
  await insertRollout(tx, {
    ...plan,
    restartSeconds: input.restartSeconds,
    message: consequenceOf(all, nodes),
    actor: ctx.actor,
    label: actorLabel(ctx.actor),
    nodeIds: nodes.map((node) => node.id),
    now,
  });
  if (nodes.length === 0) {
    await savePoolLimits(tx, pool.id, target);
    await endRollout(tx, id, { state: "completed", message: "The pool has no nodes; its limits are changed.", now });
  }
  await audit(ctx, {
    action: "rollout.start",
    object: { type: "rollout", id },
    tenantId: null,
    before: { poolId: pool.id, ...before },
    after: { poolId: pool.id, ...target },
  });
  const rollout = await getRollout(tx, id);
  if (!rollout) throw notFound("rollout");
  return rollout;
}

export const limitsOf = (pool: PoolRecord): EngineLimits => ({
  maxLoras: pool.maxLoras,
  maxCpuLoras: pool.maxCpuLoras,
  maxLoraRank: pool.maxLoraRank as EngineLimits["maxLoraRank"],
  maxModelLen: pool.maxModelLen,
  gpuMemoryUtilization: pool.gpuMemoryUtilization,
});

type Change = { before: EngineLimits; target: EngineLimits };
const changed = ({ before, target }: Change): boolean =>
  (Object.keys(before) as (keyof EngineLimits)[]).some((limit) => before[limit] !== target[limit]);

async function refuseTarget(ctx: Ctx, pool: PoolRecord, change: Change & { mayBeMixed: boolean }): Promise<void> {
  const { target, mayBeMixed } = change;
  if (!changed(change) && !mayBeMixed)
    throw invalidField("target", "nothing_changes", "The pool has these limits already.", "Change at least one.");
  if (target.maxCpuLoras < target.maxLoras)
    throw invalidField(
      "target.maxCpuLoras",
      "below_max_loras",
      `max_cpu_loras (${target.maxCpuLoras}) is below max_loras (${target.maxLoras}); vLLM refuses to start so.`,
      "Raise max_cpu_loras, or lower max_loras.",
    );
  const highest = await highestRankInUse(ctx.tx, pool.id);
  if (highest !== null && highest.rank > target.maxLoraRank)
    throw invalidField(
      "target.maxLoraRank",
      "below_rank_in_use",
      `${highest.loraName} has rank ${highest.rank}, which max_lora_rank ${target.maxLoraRank} would not take.`,
      "Keep the rank, or move such versions to another pool first.",
    );
}

async function refuseRestartStep(
  ctx: Ctx,
  pool: PoolRecord,
  change: Change & { nodes: readonly RolloutPoolNode[] },
): Promise<void> {
  switch (pool.restartStep) {
    case "manual":
      return;
    case "webhook":
      if (pool.restartUrl !== null && (await sealedRestartSecret(ctx.tx, pool.id)) !== null) return;
      throw conflict(
        "restart_hook_missing",
        "The pool's nodes are restarted by a webhook, but its URL or secret is not set.",
        "Set both, or choose the manual restart step.",
      );
    case "simulated": {
      const real = change.nodes.find((node) => !node.simulated);
      if (real)
        throw conflict(
          "nodes_not_simulated",
          `${real.name} is not a simulated node, so the simulated restart step cannot restart it.`,
          "Choose the manual or the webhook restart step.",
        );
      if (change.target.gpuMemoryUtilization !== change.before.gpuMemoryUtilization)
        throw invalidField(
          "target.gpuMemoryUtilization",
          "not_simulated",
          "Simulated nodes have no GPU memory to change.",
          "Leave gpu_memory_utilization as it is.",
        );
    }
  }
}

/** Nodes that serve no customers come first: what is wrong with the new limits shows there. */
const inOrder = (nodes: readonly RolloutPoolNode[]): RolloutPoolNode[] =>
  [...nodes].sort((a, b) => Number(takesCustomers(a)) - Number(takesCustomers(b)) || a.id.localeCompare(b.id));

const takesCustomers = (node: RolloutPoolNode): boolean =>
  !node.standalone && !node.cordoned && isServing(node.conditions);

/** null = customers notice nothing. */
function consequenceOf(all: readonly RolloutPoolNode[], nodes: readonly RolloutPoolNode[]): string | null {
  const serving = all.filter((node) => !node.standalone);
  const [only] = serving;
  return serving.length === 1 && only && nodes.includes(only)
    ? `${only.name} is the pool's only serving node: customers get their fallback while it restarts.`
    : null;
}
