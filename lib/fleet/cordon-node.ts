import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { addEvents, getNode, setCordoned } from "./node-store.ts";
import type { Node } from "./schema.ts";
import { showNode } from "./show-node.ts";

/**
 * Takes a node out of service or puts it back. A cordoned node keeps its adapters, so that it can serve again at once;
 * the gateway sends it nothing. Putting it back ends a drain. Doing it twice is no error.
 */
export async function setNodeCordon(ctx: Ctx, input: { nodeId: string; cordoned: boolean }): Promise<Node> {
  const before = await getNode(ctx.tx, input.nodeId);
  if (!before) throw notFound("node");
  const action = input.cordoned ? "cordon" : "uncordon";
  const now = ctx.clock.now();
  if (before.cordoned !== input.cordoned) {
    await setCordoned(ctx.tx, before.id, input.cordoned);
    const message = input.cordoned ? "No customers' requests from now on." : "Open to customers' requests again.";
    await addEvents(ctx.tx, before.id, [{ kind: action, outcome: "ok", message }], now);
  }
  await audit(ctx, {
    action: `node.${action}`,
    object: { type: "node", id: before.id },
    tenantId: null,
    before: { cordoned: before.cordoned },
    after: { cordoned: input.cordoned },
  });
  return showNode(ctx, before.id);
}
