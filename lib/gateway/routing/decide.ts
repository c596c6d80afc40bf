import type { Via } from "#lib/telemetry/schema.ts";
import { type Rejection, reject } from "../front/rejection.ts";
import type { AdapterEntry, NodeEntry, PoolEntry, Snapshot, TenantEntry, VersionEntry } from "../snapshot/snapshot.ts";
import type { Target } from "./resolve-target.ts";

/** What the gateway itself knows of its nodes right now. */
export type Load = {
  /** Its last health check, or connection, did not fail. */
  isUp(nodeId: string): boolean;
  inFlight(nodeId: string): number;
  /** The node said a moment ago that it does not know the name: it lost it, and the fleet has not noticed yet. */
  hasLost(nodeId: string, loraName: string): boolean;
};

export { poolsOf, resolveTarget, type Target } from "./resolve-target.ts";

export type Serve = {
  kind: "serve";
  node: NodeEntry;
  /** The name the node is asked for. */
  model: string;
  via: Via;
  /** null = the base model answers. */
  version: VersionEntry | null;
  adapterId: string | null;
};
export type Decision = Serve | { kind: "reject"; rejection: Rejection; adapterId: string | null };

/**
 * Where a request goes. The live version first; without a node for it, what the tenant's policy says, and the answer's
 * `via` tells. A pinned version has no substitute.
 * @param excluded nodes that were tried for this request already
 */
export function decide(
  request: { tenant: TenantEntry; target: Target; excluded: ReadonlySet<string> },
  snapshot: Snapshot,
  load: Load,
): Decision {
  const { target } = request;
  switch (target.kind) {
    case "pinned":
      return decidePinned(target, request.excluded, snapshot, load);
    case "base":
      return serveBase(target.pool, null, request.excluded, snapshot, load) ?? noNode(null);
    case "adapter":
      return decideAdapter(target.adapter, request, snapshot, load);
  }
}

function decideAdapter(
  adapter: AdapterEntry,
  request: { tenant: TenantEntry; excluded: ReadonlySet<string> },
  snapshot: Snapshot,
  load: Load,
): Decision {
  if (adapter.liveVersionId === null)
    return {
      kind: "reject",
      adapterId: adapter.id,
      rejection: reject(
        404,
        "model_not_live",
        `The model ${adapter.slug} has no live version yet. Cut one over first.`,
        {
          param: "model",
        },
      ),
    };
  const serve = (versionId: string | null, via: Via) => serveVersion(versionId, via, request.excluded, snapshot, load);
  const primary = serve(adapter.liveVersionId, "primary");
  if (primary) return primary;
  const { fallback } = request.tenant;
  if (fallback === "reject") return noNode(adapter.id);
  const previous = fallback === "previous_version" ? serve(adapter.previousVersionId, "previous_version") : null;
  if (previous) return previous;
  const pool = snapshot.pools.get(adapter.poolId);
  const allowsBase = pool !== undefined && pool.fallback !== "reject";
  const base = allowsBase ? serveBase(pool, adapter.id, request.excluded, snapshot, load) : null;
  return base ?? noNode(adapter.id);
}

const noNode = (adapterId: string | null): Decision => ({
  kind: "reject",
  adapterId,
  rejection: reject(503, "no_node", "No node can answer this model right now. Try again in a few seconds.", {
    retryAfterSeconds: 5,
  }),
});

function serveVersion(
  versionId: string | null,
  via: Via,
  excluded: ReadonlySet<string>,
  snapshot: Snapshot,
  load: Load,
): Serve | null {
  const version = versionId === null ? undefined : snapshot.versions.get(versionId);
  if (!version) return null;
  const able = customerNodes(version.routableOn, excluded, snapshot, load);
  const node = leastBusy(
    able.filter(({ id }) => !load.hasLost(id, version.loraName)),
    version.loraName,
    load,
  );
  return node && { kind: "serve", node, model: version.loraName, via, version, adapterId: version.adapterId };
}

function serveBase(
  pool: PoolEntry,
  adapterId: string | null,
  excluded: ReadonlySet<string>,
  snapshot: Snapshot,
  load: Load,
): Serve | null {
  const able = customerNodes(pool.nodeIds, excluded, snapshot, load).filter(
    ({ id }) => !load.hasLost(id, pool.baseModel),
  );
  const node = leastBusy(able, pool.baseModel, load);
  return node && { kind: "serve", node, model: pool.baseModel, via: "base_model", version: null, adapterId };
}

function customerNodes(
  ids: readonly string[],
  excluded: ReadonlySet<string>,
  snapshot: Snapshot,
  load: Load,
): NodeEntry[] {
  return ids
    .filter((id) => !excluded.has(id) && load.isUp(id))
    .map((id) => snapshot.nodes.get(id))
    .filter((node) => node?.closedBecause === null)
    .filter((node) => node !== undefined);
}

/** Evaluations pin; they may use standalone and cordoned nodes, and never another version. */
function decidePinned(
  { version, nodeId }: Extract<Target, { kind: "pinned" }>,
  excluded: ReadonlySet<string>,
  snapshot: Snapshot,
  load: Load,
): Decision {
  const unpinned = nodeId === null ? serveVersion(version.id, "primary", excluded, snapshot, load) : null;
  if (unpinned) return unpinned;
  const node = nodeId === null ? undefined : snapshot.nodes.get(nodeId);
  const isProven =
    node !== undefined && version.routableOn.includes(node.id) && !load.hasLost(node.id, version.loraName);
  if (node && isProven && load.isUp(node.id) && !excluded.has(node.id))
    return { kind: "serve", node, model: version.loraName, via: "primary", version, adapterId: version.adapterId };
  return {
    kind: "reject",
    adapterId: version.adapterId,
    rejection: reject(503, "pinned_version_not_routable", "The pinned version is not proven on that node right now.", {
      retryAfterSeconds: 2,
    }),
  };
}

/**
 * The node with the fewest requests in flight. Among equals each name has its own favourite, so that in quiet hours a
 * version keeps to one node's slots instead of filling those of all.
 */
function leastBusy(nodes: readonly NodeEntry[], name: string, load: Load): NodeEntry | null {
  const busy = (node: NodeEntry) => load.inFlight(node.id);
  return nodes.reduce<NodeEntry | null>((best, node) => {
    if (best === null || busy(node) < busy(best)) return node;
    return busy(node) === busy(best) && affinity(name, node.id) > affinity(name, best.id) ? node : best;
  }, null);
}

/** Rendezvous hashing with FNV-1a: stable, and adding a node moves only that node's share. */
function affinity(name: string, nodeId: string): number {
  let hash = 0x811c9dc5;
  for (const text of [name, "\0", nodeId])
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  // the last characters must reach the high bits as well
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
