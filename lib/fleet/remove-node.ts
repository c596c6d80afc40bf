import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict, notFound } from "#lib/platform/errors.ts";
import { releaseVersion } from "#lib/registry/retain-version.ts";
import { RETENTION_HOLDER } from "./hold-placement.ts";
import { deleteNode, getNode } from "./node-store.ts";
import { countHoldsOnNode, countPlacements, versionsOnNode } from "./store.ts";

/** Forgets a node. @throws AppError `conflict` (`node_in_use`) while anything on it is still needed */
export async function removeNode(ctx: Ctx, nodeId: string): Promise<void> {
  const { tx } = ctx;
  const node = await getNode(tx, nodeId);
  if (!node) throw notFound("node");
  const holds = await countHoldsOnNode(tx, nodeId);
  if (holds > 0)
    throw conflict(
      "node_in_use",
      `${holds} hold${holds === 1 ? "" : "s"} keep${holds === 1 ? "s" : ""} adapters on ${node.name}.`,
      "Unstage or move those versions first; a live version needs another node.",
    );
  const versionIds = await versionsOnNode(tx, nodeId);
  await deleteNode(tx, nodeId);
  for (const versionId of versionIds)
    if ((await countPlacements(tx, versionId)) === 0)
      await releaseVersion(ctx, { versionId, holder: RETENTION_HOLDER });
  const { sealedKey, placements, drift, ...before } = node;
  await audit(ctx, { action: "node.remove", object: { type: "node", id: nodeId }, tenantId: null, before });
}
