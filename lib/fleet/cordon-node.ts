import { actorLabel } from "#lib/identity/actor.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { closeOnNode, keepCordonedAfterwards } from "./controls/control-store.ts";
import { addEvents, getNode, setCordoned } from "./node-store.ts";
import type { Node } from "./schema.ts";
import { showNode } from "./show-node.ts";

/**
 * Takes a node out of service or puts it back. A cordoned node keeps its adapters, so that it can serve again at once;
 * the gateway sends it nothing. Putting it back ends a drain, and whatever control keeps it out; taking it out lasts
 * beyond such a control. Doing it twice is no error.
 */
export async function setNodeCordon(ctx: Ctx, input: { nodeId: string; cordoned: boolean }): Promise<Node> {
  const before = await getNode(ctx.tx, input.nodeId);
  if (!before) throw notFound("node");
  const { cordoned } = input;
  await moveCordon(ctx, before, cordoned, cordoned ? "No customers' requests from now on." : BACK_IN_SERVICE);
  if (cordoned) await keepCordonedAfterwards(ctx.tx, before.id);
  else
    await closeOnNode(ctx.tx, before.id, {
      at: ctx.clock.now(),
      by: actorLabel(ctx.actor),
      reason: "The node was put back into service.",
    });
  await audit(ctx, {
    action: `node.${cordoned ? "cordon" : "uncordon"}`,
    object: { type: "node", id: before.id },
    tenantId: null,
    before: { cordoned: before.cordoned },
    after: { cordoned },
  });
  return showNode(ctx, before.id);
}

export const BACK_IN_SERVICE = "Open to customers' requests again.";

/** The change and its event, for a use case that has an audit row of its own. */
export async function moveCordon(
  ctx: Ctx,
  node: { id: string; cordoned: boolean },
  cordoned: boolean,
  message: string,
): Promise<void> {
  if (node.cordoned === cordoned) return;
  await setCordoned(ctx.tx, node.id, cordoned);
  const kind = cordoned ? "cordon" : "uncordon";
  await addEvents(ctx.tx, node.id, [{ kind, outcome: "ok", message }], ctx.clock.now());
}
