import { type BulkNode, type ChosenVersion, readChosen, readNodes } from "#lib/fleet/bulk/bulk-store.ts";
import { targetNodes } from "#lib/fleet/bulk/target-nodes.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { waysBack } from "./batch-store.ts";
import type { NodeRoom } from "./plan-batch.ts";

export type BatchRoom = {
  versions: ReadonlyMap<string, ChosenVersion>;
  nodes: readonly BulkNode[];
  /** Nodes that a version would be put on. */
  targets: ReadonlyMap<string, readonly BulkNode[]>;
  /** Those of them on which it would take one more place of those that have to stay. */
  adds(versionId: string): string[];
  room: ReadonlyMap<string, NodeRoom>;
};

/** The CPU caches of the pools that these versions belong to, and what each of them would take there. */
export async function readRoom(ctx: Ctx, versionIds: readonly string[]): Promise<BatchRoom> {
  const chosen = await readChosen(ctx.tx, versionIds);
  const nodes = await readNodes(ctx.tx, [...new Set(chosen.map(({ poolId }) => poolId))]);
  const targets = await targetNodes(ctx, chosen, nodes);
  const back = await waysBack(ctx.tx);
  const needed = new Map(nodes.map((node) => [node.id, neededOn(node, back)]));
  return {
    versions: new Map(chosen.map((version) => [version.id, version])),
    nodes,
    targets,
    adds: (versionId) =>
      (targets.get(versionId) ?? []).filter(({ id }) => !needed.get(id)?.has(versionId)).map(({ id }) => id),
    room: new Map(
      nodes.map(({ id, name, places }) => [id, { name, places, needed: needed.get(id)?.size ?? 0 }] as const),
    ),
  };
}

/**
 * Versions that must not fall out of a node's CPU cache. What was live before stays loaded until the next cutover, but has to
 * stay only while a cutover from it is under way: after that the cache may drop it for what is asked for.
 */
function neededOn({ wanted }: BulkNode, back: ReadonlySet<string>): ReadonlySet<string> {
  const isNeeded = (versionId: string, holders: readonly string[]) =>
    back.has(versionId) || holders.some((holder) => !holder.startsWith("previous:"));
  return new Set([...wanted].filter(([id, { holders }]) => isNeeded(id, holders)).map(([id]) => id));
}
