import type { Ctx } from "#lib/identity/ctx.ts";
import { BACK_IN_SERVICE, moveCordon } from "../cordon-node.ts";
import { getNode } from "../node-store.ts";
import { leaveToRollout } from "../rollout/rollout-store.ts";
import { type ControlEnd, type ControlRecord, closeControl, lockControls, openOnNode } from "./control-store.ts";

/**
 * Ends a control, and puts a node back into service that nothing else keeps out of it. The caller writes the audit row.
 * @param when `due`: only if its time is up
 * @returns false, and nothing is changed, when it had ended before or was renewed
 */
export async function endControl(
  ctx: Ctx,
  control: ControlRecord,
  end: ControlEnd,
  when: "due" | "any",
): Promise<boolean> {
  await lockControls(ctx.tx, control);
  if (!(await closeControl(ctx.tx, control.id, end, when))) return false;
  if (control.nodeId !== null && !control.wasCordoned) await putBack(ctx, control.nodeId, end.reason);
  return true;
}

async function putBack(ctx: Ctx, nodeId: string, reason: string): Promise<void> {
  if ((await openOnNode(ctx.tx, nodeId)).length > 0) return;
  if (await leaveToRollout(ctx.tx, nodeId)) return;
  const node = await getNode(ctx.tx, nodeId);
  if (node) await moveCordon(ctx, node, false, `${BACK_IN_SERVICE} ${reason}`);
}
