import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { keepCordonedAfterwards } from "./controls/control-store.ts";
import { addEvents, getNode, setDraining } from "./node-store.ts";
import type { Node } from "./schema.ts";
import { showNode } from "./show-node.ts";

/**
 * Takes a node out of service and lets it finish what runs; the reconcile loop finds out when it has. Draining again
 * sets another deadline. Nothing is refused: when no other node of the pool takes requests, the reply says so.
 */
export async function drainNode(ctx: Ctx, input: { nodeId: string; deadlineSeconds: number }): Promise<Node> {
  const before = await getNode(ctx.tx, input.nodeId);
  if (!before) throw notFound("node");
  const deadline = await beginDrain(ctx, before.id, input.deadlineSeconds);
  await keepCordonedAfterwards(ctx.tx, before.id);
  await audit(ctx, {
    action: "node.drain",
    object: { type: "node", id: before.id },
    tenantId: null,
    before: { cordoned: before.cordoned, drainDeadline: before.drainDeadline },
    after: { cordoned: true, drainDeadline: deadline },
  });
  return showNode(ctx, before.id);
}

/** The change and its event, for a use case that has an audit row of its own. @returns the drain's deadline */
export async function beginDrain(ctx: Ctx, nodeId: string, deadlineSeconds: number): Promise<Date> {
  const now = ctx.clock.now();
  const deadline = new Date(now.getTime() + deadlineSeconds * 1_000);
  await setDraining(ctx.tx, nodeId, deadline);
  const message = `No new requests; what runs may take ${deadlineSeconds} s.`;
  await addEvents(ctx.tx, nodeId, [{ kind: "drain", outcome: "noted", message }], now);
  return deadline;
}
