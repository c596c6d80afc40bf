import type { NodeReason } from "../browser/node-reasons.ts";
import type { PoolEntry, Snapshot, VersionEntry } from "../snapshot/snapshot.ts";
import { isTakenOut } from "./controls-in-force.ts";
import type { NodeOption, Option } from "./plan-route.ts";
import type { Target } from "./resolve-target.ts";
import { stableHash } from "./stable-hash.ts";

/** What the gateway itself knows of its nodes and of candidate versions right now. */
export type Load = {
  /** Its health checks and connections are fine. */
  isUp(nodeId: string): boolean;
  /** The node said a moment ago that it does not know the name: it lost it, and the fleet has not noticed yet. */
  hasLost(nodeId: string, loraName: string): boolean;
  /** Its breaker lets nothing through: it failed several requests in a row. */
  isOpen(nodeId: string): boolean;
  /** The same of a candidate version. */
  versionIsOpen(versionId: string): boolean;
};

/** What keeps a node from answering, as far as the snapshot and the gateway know. */
export type NodeFault = Exclude<NodeReason, "not_placed" | "wrong_epoch">;

export type NodeAsk = { target: Target; now: Date };

const NO_NODES: readonly string[] = [];

/**
 * Nodes that may answer an option right now, the best first: proven there, up, in service. Who pins a node may use
 * standalone and cordoned ones too.
 * @param excluded nodes that were tried for this request already
 */
export function eligibleNodes(
  option: Option,
  ask: NodeAsk,
  snapshot: Snapshot,
  load: Load,
  excluded: Pick<ReadonlySet<string>, "has">,
): readonly string[] {
  if (option.on === "endpoint") return NO_NODES;
  return inOrder(option, snapshot).filter(
    (nodeId) => nodeFault(nodeId, option, ask, snapshot, load, excluded) === null,
  );
}

/** What keeps a node from answering an option; null = it may. */
export function nodeFault(
  nodeId: string,
  option: NodeOption,
  { target, now }: NodeAsk,
  snapshot: Snapshot,
  load: Load,
  excluded: Pick<ReadonlySet<string>, "has">,
): NodeFault | null {
  const node = snapshot.nodes.get(nodeId);
  if (node === undefined) return "unknown_node";
  const pinnedTo = target.kind === "pinned" ? target.nodeId : null;
  if (pinnedTo !== null && pinnedTo !== nodeId) return "not_pinned";
  if (option.version === null && node.mixesBase) return "base_mixed";
  if (option.version !== null && !option.version.routableOn.includes(nodeId)) return "not_proven";
  if (pinnedTo === null && node.closedBecause !== null) return node.closedBecause;
  if (pinnedTo === null && isTakenOut(nodeId, snapshot, now)) return "cordoned";
  if (!load.isUp(nodeId)) return "down";
  if (load.hasLost(nodeId, option.model)) return "lost_name";
  if (load.isOpen(nodeId)) return "breaker_open";
  if (option.isCandidate && option.version !== null && load.versionIsOpen(option.version.id)) return "version_open";
  return excluded.has(nodeId) ? "excluded" : null;
}

/** Worked out once a snapshot for each version and base model: they never change and go with it. */
const orders = new WeakMap<VersionEntry | PoolEntry, readonly string[]>();

/**
 * Each name has its own order of nodes (rendezvous hashing), so that in quiet hours a version keeps to one node's slots
 * instead of filling those of all, and a node that comes or goes moves only its own share.
 */
function inOrder({ version, poolId, model }: NodeOption, snapshot: Snapshot): readonly string[] {
  const owner = version ?? snapshot.pools.get(poolId);
  if (owner === undefined) return NO_NODES;
  const known = orders.get(owner);
  if (known !== undefined) return known;
  const order = ("routableOn" in owner ? owner.routableOn : owner.nodeIds)
    .map((id) => ({ id, place: stableHash(model, id) }))
    .sort((one, other) => other.place - one.place)
    .map(({ id }) => id);
  orders.set(owner, order);
  return order;
}
