import { newId } from "#lib/platform/ids.ts";
import { makerOf } from "./actor.ts";
import { generateApiKey } from "./api-key.ts";
import { audit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { type ApiKey, NODE_KEY_SCOPE } from "./schema.ts";
import { createKeyRow, keysOfNode, revokeKeyRow } from "./store.ts";

/**
 * Makes the key a node fetches adapters with, and ends the ones it had: a node has one key. Answers it whole, once. It
 * opens nothing but what is placed on that node, see `roleCan`.
 */
export async function createNodeKey(
  ctx: Ctx,
  node: { nodeId: string; nodeName: string },
): Promise<ApiKey & { key: string }> {
  const now = ctx.clock.now();
  const before = await keysOfNode(ctx.tx, node.nodeId);
  for (const { id } of before) await revokeKeyRow(ctx.tx, id, now);
  const { key, prefix, hash } = generateApiKey();
  const row = await createKeyRow(ctx.tx, {
    id: newId("apiKey"),
    tenantId: null,
    nodeId: node.nodeId,
    name: `node ${node.nodeName}`,
    prefix,
    hash,
    scopes: [NODE_KEY_SCOPE],
    createdById: makerOf(ctx.actor),
    createdAt: now,
    expiresAt: null,
  });
  const object = { type: "node", id: node.nodeId } as const;
  await audit(ctx, { action: "node.replace_key", object, tenantId: null, before, after: row });
  return { ...row, key };
}
