import type { Tx } from "#lib/platform/db.ts";
import { isServing } from "./conditions.ts";
import { nodesOfPool, routableRegistrations } from "./node-store.ts";
import { wantedNodesOf } from "./placing/placement-store.ts";

export type RoutableNode = { nodeId: string; nodeName: string; loraName: string; standalone: boolean };

/** Nodes that would answer with this version right now: proven in this epoch, reachable, not cordoned. */
export async function routableNodes(tx: Tx, versionId: string): Promise<RoutableNode[]> {
  const rows = await routableRegistrations(tx, versionId);
  return rows
    .filter(({ node }) => !node.cordoned && isServing(node.conditions))
    .map(({ loraName, node }) => ({ nodeId: node.id, nodeName: node.name, loraName, standalone: node.standalone }));
}

/** Nodes of a pool that customers' requests may go to, whatever they have loaded. */
export async function servingNodes(tx: Tx, poolId: string): Promise<{ nodeId: string; nodeName: string }[]> {
  const nodes = await nodesOfPool(tx, poolId);
  return nodes
    .filter((node) => !node.standalone && !node.cordoned && isServing(node.conditions))
    .map(({ id, name }) => ({ nodeId: id, nodeName: name }));
}

/** The pool's standalone nodes: evaluation baselines run there, one version at a time. */
export async function standaloneNodes(tx: Tx, poolId: string): Promise<{ nodeId: string; nodeName: string }[]> {
  const nodes = await nodesOfPool(tx, poolId);
  return nodes
    .filter((node) => node.standalone && !node.cordoned)
    .map(({ id, name }) => ({ nodeId: id, nodeName: name }));
}

/**
 * Nodes that customers' requests for a version may go to once it is loaded: all that serve, or those its plan sent it to,
 * where its adapter is wanted on a number of nodes.
 */
export async function nodesForVersion(tx: Tx, versionId: string): Promise<{ nodeId: string; nodeName: string }[]> {
  const wanted = await wantedNodesOf(tx, versionId);
  if (wanted === null) return [];
  const serving = await servingNodes(tx, wanted.poolId);
  return wanted.everywhere ? serving : serving.filter(({ nodeId }) => wanted.nodeIds.includes(nodeId));
}
