import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { DRAIN_SECONDS } from "../browser/control-kinds.ts";
import type { Control, StartControl } from "../browser/control-schema.ts";
import { moveCordon } from "../cordon-node.ts";
import { beginDrain } from "../drain-node.ts";
import { getNode } from "../node-store.ts";
import { type ControlOrder, controlOrder } from "./control-order.ts";
import { controlRefusals } from "./control-refusals.ts";
import { getControl, insertControl, lockControls, openOnNode } from "./control-store.ts";
import { clockTime, toControl } from "./view-control.ts";

/**
 * Sets something by hand for a while. The gateway acts on the row itself, and forgets it when its time is up, whether or
 * not a worker runs.
 * @throws AppError `not_found`, `invalid` naming tenantId, nodeId or deadlineSeconds, or `conflict` (`already_in_force`,
 * `tenant_not_active`, `no_previous_version`, `fallback_rejects`, `no_fallback`)
 */
export async function startControl(ctx: Ctx, input: StartControl): Promise<Control> {
  const { tx } = ctx;
  const order = controlOrder(input.kind, input);
  if (input.deadlineSeconds !== undefined && input.kind !== "drain")
    throw invalidField("deadlineSeconds", "not_wanted", "Only a drain waits for what runs.", "Leave it out.");
  await lockControls(tx, order);
  const [refusal] = await controlRefusals(ctx, order);
  if (refusal) throw conflict(refusal.reason, refusal.message, refusal.fix);
  const startedAt = ctx.clock.now();
  const expiresAt = new Date(startedAt.getTime() + input.minutes * 60_000);
  const id = newId("control");
  const wasCordoned = order.type === "node" && (await takeOut(ctx, order, { ...input, expiresAt }));
  const startedBy = actorLabel(ctx.actor);
  await insertControl(tx, order, { id, reason: input.reason, startedBy, startedAt, expiresAt, wasCordoned });
  const { kind, tenantId = null, nodeId = null } = input;
  await audit(ctx, {
    action: "control.start",
    object: { type: "control", id },
    tenantId,
    after: { kind, tenantId, nodeId, expiresAt },
    reason: input.reason,
  });
  const control = await getControl(tx, id);
  if (control === null) throw new Error(`control ${id} is not there after it was added`);
  return toControl(control, startedAt);
}

/** @returns whether the node was out of service for another reason than a control, and so stays out afterwards */
async function takeOut(
  ctx: Ctx,
  order: Extract<ControlOrder, { type: "node" }>,
  input: { reason: string; expiresAt: Date; deadlineSeconds?: number | undefined },
): Promise<boolean> {
  const node = await getNode(ctx.tx, order.nodeId);
  if (node === null) throw notFound("node");
  const others = await openOnNode(ctx.tx, node.id);
  const wasCordoned = others.length > 0 ? others.some((other) => other.wasCordoned) : node.cordoned;
  switch (order.kind) {
    case "cordon":
      await moveCordon(ctx, node, true, `No customers' requests until ${clockTime(input.expiresAt)}: ${input.reason}`);
      break;
    case "drain":
      await beginDrain(ctx, node.id, input.deadlineSeconds ?? DRAIN_SECONDS);
      break;
  }
  return wasCordoned;
}
