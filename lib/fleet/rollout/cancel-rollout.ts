import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { getPool } from "#lib/pools/store.ts";
import { addEvents, getNode, setCordoned } from "../node-store.ts";
import { closeWhenDone } from "./close-rollout.ts";
import {
  getRollout,
  lockRollouts,
  moveRolloutNode,
  type RolloutNodeRow,
  type RolloutRow,
  setRolloutMessage,
  skipPending,
} from "./rollout-store.ts";

/**
 * Stops a rollout. Nodes that were not begun stay as they are; one whose restart is under way is finished, one that was
 * only drained goes back into service. Cancelling twice is no error while it finishes.
 * @throws AppError `conflict` (`rollout_ended`)
 */
export async function cancelRollout(ctx: Ctx, rolloutId: string): Promise<RolloutRow> {
  const { tx } = ctx;
  const found = await getRollout(tx, rolloutId);
  if (!found) throw notFound("rollout");
  await lockRollouts(tx, found.poolId);
  const rollout = await getRollout(tx, rolloutId);
  if (rollout?.state !== "running")
    throw conflict("rollout_ended", "The rollout has ended.", "Start another one with the limits you want.");
  const now = ctx.clock.now();
  const pool = await getPool(tx, rollout.poolId);
  await skipPending(tx, rolloutId, "Cancelled before it was begun.", now);
  const inWork = rollout.nodes.find(({ phase }) => ["draining", "restarting", "restoring"].includes(phase));
  if (inWork && (await mayBeLeft(ctx, inWork, pool?.restartStep === "manual"))) await leaveNode(ctx, rolloutId, inWork);
  else if (inWork) await setRolloutMessage(tx, rolloutId, "Cancelled; the node in work is finished first.");
  await closeWhenDone(ctx, rolloutId);
  await audit(ctx, {
    action: "rollout.cancel",
    object: { type: "rollout", id: rolloutId },
    tenantId: null,
    before: { phases: rollout.nodes.map(({ nodeId, phase }) => ({ nodeId, phase })) },
  });
  const after = await getRollout(tx, rolloutId);
  if (!after) throw notFound("rollout");
  return after;
}

/** Nothing has been done to its engine, as far as anybody knows. */
async function mayBeLeft(ctx: Ctx, inWork: RolloutNodeRow, isManual: boolean): Promise<boolean> {
  if (inWork.phase === "draining") return true;
  if (inWork.phase !== "restarting" || (!isManual && (inWork.askedAt !== null || inWork.askAttempts > 0))) return false;
  const node = await getNode(ctx.tx, inWork.nodeId);
  return node !== null && node.epoch === inWork.epochBefore;
}

async function leaveNode(ctx: Ctx, rolloutId: string, inWork: RolloutNodeRow): Promise<void> {
  const now = ctx.clock.now();
  const message = "Cancelled before its engine was restarted.";
  const change = { phase: "skipped", message, deadline: null, since: now } as const;
  if (!(await moveRolloutNode(ctx.tx, rolloutId, inWork, change))) return;
  if (!inWork.wasCordoned) await setCordoned(ctx.tx, inWork.nodeId, false);
  await addEvents(ctx.tx, inWork.nodeId, [{ kind: "rollout", outcome: "noted", message }], now);
}
