import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getNode } from "./node-store.ts";
import { nodeView } from "./node-view.ts";
import { servingNodes } from "./routable-nodes.ts";
import type { Node } from "./schema.ts";

/** A node as the API shows it; one out of service also says when no other node of its pool takes requests. */
export async function showNode(ctx: Ctx, nodeId: string): Promise<Node> {
  const record = await getNode(ctx.tx, nodeId);
  if (!record) throw notFound("node");
  const isOut = record.cordoned && !record.standalone;
  const isLastServing = isOut && (await servingNodes(ctx.tx, record.poolId)).length === 0;
  return nodeView(record, ctx.clock.now(), { isLastServing });
}
