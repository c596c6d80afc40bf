import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { deleteNode, getNode, type NodeRecord, nodesOfPool } from "./node-store.ts";
import { sendAway } from "./placing/place-adapters.ts";
import { versionsHeldOnlyOn } from "./placing/placement-store.ts";
import { settleRetention } from "./settle-retention.ts";
import { countHoldsOnNode, versionsOnNode } from "./store.ts";

/**
 * Forgets a node. What is needed on a cordoned one goes to the pool's other nodes first, by the plan; one in service, or
 * the last one of its pool, is kept while anything on it is needed.
 * @throws AppError `conflict` (`node_in_use`)
 */
export async function removeNode(ctx: Ctx, nodeId: string): Promise<void> {
  const { tx } = ctx;
  const node = await getNode(tx, nodeId);
  if (!node) throw notFound("node");
  const holds = await countHoldsOnNode(tx, nodeId);
  if (holds > 0) {
    await requireReplaceable(ctx, node, holds);
    await sendAway(ctx, node.poolId, nodeId);
  }
  const versionIds = await versionsOnNode(tx, nodeId);
  await deleteNode(tx, nodeId);
  for (const versionId of versionIds) await settleRetention(ctx, versionId);
  const { sealedKey, placements, drift, ...before } = node;
  await audit(ctx, { action: "node.remove", object: { type: "node", id: nodeId }, tenantId: null, before });
}

async function requireReplaceable({ tx }: Ctx, node: NodeRecord, holds: number): Promise<void> {
  const refuse = (fix: string) =>
    conflict(
      "node_in_use",
      `${holds} hold${holds === 1 ? "" : "s"} keep${holds === 1 ? "s" : ""} adapters on ${node.name}.`,
      fix,
    );
  if (node.standalone) throw refuse("Wait until the evaluations on it have ended, or cancel them.");
  if (!node.cordoned) throw refuse("Cordon it first. When it is removed, its adapters go to the pool's other nodes.");
  const others = (await nodesOfPool(tx, node.poolId)).filter(({ id, standalone }) => id !== node.id && !standalone);
  if (others.length === 0) throw refuse("Add another node to the pool first, or unstage what is on this one.");
  const byHand = await versionsHeldOnlyOn(tx, node.id);
  if (byHand > 0) throw refuse("A version was staged manually on this node only. Unstage it first.");
}
