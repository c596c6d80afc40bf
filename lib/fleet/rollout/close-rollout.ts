import type { Ctx } from "#lib/identity/ctx.ts";
import { nodesOfPool } from "../node-store.ts";
import { endRollout, getRollout, savePoolLimits } from "./rollout-store.ts";

/** Ends a rollout once no node of it waits or is in work. Only one that reached every node changes the pool. */
export async function closeWhenDone(ctx: Ctx, rolloutId: string): Promise<void> {
  const rollout = await getRollout(ctx.tx, rolloutId);
  if (rollout?.state !== "running") return;
  if (rollout.nodes.some(({ phase }) => !["done", "skipped", "failed"].includes(phase))) return;
  const done = rollout.nodes.filter(({ phase }) => phase === "done").length;
  const there = new Set((await nodesOfPool(ctx.tx, rollout.poolId)).map(({ id }) => id));
  const left = rollout.nodes.filter(({ nodeId, phase }) => phase === "skipped" && there.has(nodeId)).length;
  const now = ctx.clock.now();
  if (left === 0) {
    await savePoolLimits(ctx.tx, rollout.poolId, rollout.target);
    await endRollout(ctx.tx, rolloutId, { state: "completed", message: `${done} nodes run with the new limits.`, now });
    return;
  }
  const message =
    done === 0
      ? "Cancelled before any engine was restarted."
      : `Cancelled: ${done} of ${rollout.nodes.length} nodes run with the new limits. Start another rollout to make them agree.`;
  await endRollout(ctx.tx, rolloutId, { state: "cancelled", message, now });
}
