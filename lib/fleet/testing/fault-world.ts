import pg from "pg";
import { addPool, addVersion, seededAdapter, startNode } from "#lib/api/testing/fleet.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { loadSnapshot } from "#lib/gateway/snapshot/load-snapshot.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { type Clock, systemClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import type { Version } from "#lib/registry/schema.ts";
import type { SimNodeInput } from "#lib/sim/options.ts";
import type { SimNode } from "#lib/sim/start-node.ts";
import { lastSeenNote, RECONCILE_LOOP } from "../last-seen.ts";
import { UNLOADED } from "../placement-condition.ts";
import { reconcileNode } from "../reconcile/reconcile-node.ts";

const LEASE_MS = 60_000;
const ROUNDS = 40;
/** Between two passes of the loop; a machine that makes them faster is not to run out of passes before a retry is due. */
const PASS_MS = 3_000;

/** Real time that can be moved ahead: whoever sleeps on it wakes at once, that much later. */
export function leapClock(): Clock & { leap(ms: number): void } {
  let aheadMs = 0;
  const clock = {
    now: () => new Date(systemClock.now().getTime() + aheadMs),
    sleep: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      clock.leap(ms);
    },
    leap: (ms: number) => {
      aheadMs += ms;
    },
  };
  return clock;
}

export type FaultWorld = {
  api: TestApi;
  clock: ReturnType<typeof leapClock>;
  nodes: Map<string, SimNode>;
  nodeIds: Map<string, string>;
  poolId: string;
  /** A version of a tenant of its own, ready to be loaded. */
  version(slug: string): Promise<Version>;
  stage(version: Version, nodeNames?: readonly string[]): Promise<void>;
  unstage(version: Version): Promise<void>;
  /** One pass over every node, by a worker that took the lease for it. */
  resync(deps?: Deps): Promise<void>;
  /** Time passes until whoever holds the loop's lease holds it no longer. */
  letLeaseExpire(): Promise<void>;
  /** Passes, three seconds apart, until nothing is left to be done. @returns how many did something; more than `ROUNDS` is an error */
  settle(): Promise<number>;
  /** What the console says of a node: all that is not as it should be, and its time line since then. */
  problemsOf(nodeName: string, since: Date): Promise<string>;
  /** Names of the nodes that are said to answer for this version, and that the gateway would send a request to. */
  routable(version: Version): Promise<string[]>;
  /** What is wrong now, in words; [] = every wish is fulfilled, and nothing is routed to what is not there. */
  faults(): Promise<string[]>;
  /** Ends every connection to the database, as its restart would. */
  cutDatabase(): Promise<void>;
  close(): Promise<void>;
};

type WorldOptions = {
  delivery?: "shared" | "fetch";
  /** The nodes' plugin verifies what is below the adapter store. */
  verifies?: boolean;
  node?: Partial<SimNodeInput>;
};

/** A pool with simulated nodes whose passes are made by hand, so that they can be counted. */
export async function createFaultWorld(
  names: readonly string[],
  { delivery = "shared", verifies = false, node: more = {} }: WorldOptions = {},
): Promise<FaultWorld> {
  const clock = leapClock();
  const api = await createTestApi({ clock });
  const { id: poolId, generation } = await addPool(api.admin, api.deps.adapterStore);
  if (delivery !== "shared")
    await api.admin.call("PATCH /pools/{poolId}", { params: { poolId }, generation, body: { delivery } });
  const nodes = new Map<string, SimNode>();
  const nodeIds = new Map<string, string>();
  const missedPolls = new Map<string, number>();
  const lastSeen = new Map<string, Date>();
  for (const name of names) {
    const node = await startNode(name, 0, { adapterDir: verifies ? api.deps.adapterStore : null, ...more });
    nodes.set(name, node);
    const added = await api.admin.call("POST /nodes", { body: { poolId, name, baseUrl: node.url } });
    nodeIds.set(name, added.id);
  }
  let workers = 0;
  const takeLease = async (deps: Deps) => {
    workers += 1;
    const lease = createLease(deps.db, { name: RECONCILE_LOOP, holder: `worker-${workers}`, ttlMs: LEASE_MS });
    const term = await lease.acquire();
    if (term === null) throw new Error("another worker holds the lease");
    return { lease, term };
  };
  const world: FaultWorld = {
    api,
    clock,
    nodes,
    nodeIds,
    poolId,
    async version(slug) {
      const tenant = await api.admin.call("POST /tenants", { body: { slug, name: slug } });
      const adapter = await api.admin.call("POST /tenants/{tenantId}/adapters", {
        params: { tenantId: tenant.id },
        body: { slug: "bot", name: "Bot", poolId },
      });
      return addVersion(api.admin, adapter.id, await seededAdapter(slug));
    },
    async stage(version, nodeNames) {
      const ids = nodeNames?.map((name) => nodeIds.get(name) ?? "");
      const body = ids ? { nodeIds: ids } : {};
      await api.admin.call("POST /versions/{versionId}/stage", { params: { versionId: version.id }, body });
    },
    async unstage(version) {
      await api.admin.call("POST /versions/{versionId}/unstage", { params: { versionId: version.id } });
    },
    async resync(deps = api.deps) {
      await letLeaseExpire(api.deps);
      const { lease, term } = await takeLease(deps);
      const fence = { name: RECONCILE_LOOP, term };
      const signal = new AbortController().signal;
      const jobs = [...nodeIds.values()].map((nodeId) =>
        reconcileNode({ deps, fence, nodeId, random: () => 0.5, signal, missedPolls, lastSeen }),
      );
      // as in the loop, one node's failure leaves the others to end their work: a pass is over when all of them are
      const failed = (await Promise.allSettled(jobs)).find((job) => job.status === "rejected");
      if (failed) throw failed.reason;
      await lease.report(term, { at: clock.now(), error: null, note: lastSeenNote(lastSeen) });
    },
    letLeaseExpire: () => letLeaseExpire(api.deps),
    async settle() {
      for (let round = 0; round < ROUNDS; round += 1) {
        if ((await world.faults()).length === 0) return round;
        await world.resync();
        clock.leap(PASS_MS);
      }
      throw new Error(`not settled after ${ROUNDS} passes: ${(await world.faults()).join("; ")}`);
    },
    problemsOf: (nodeName, since) => readProblems(api, nodeIds.get(nodeName) ?? "", since),
    async routable(version) {
      const { versions, nodes: entries } = await readSnapshot(api);
      const on = versions.get(version.id)?.routableOn ?? [];
      const { items } = await api.admin.call("GET /placements", { query: { versionId: version.id, limit: 200 } });
      return items
        .filter(
          ({ nodeId, state }) =>
            state === "routable" && on.includes(nodeId) && entries.get(nodeId)?.closedBecause === null,
        )
        .flatMap(({ nodeName }) => nodeName ?? [])
        .sort();
    },
    faults: () => findFaults(api, nodes, nodeIds),
    cutDatabase: () => cutConnections(api.databaseUrl),
    async close() {
      await Promise.all([...nodes.values()].map((node) => node.stop()));
      await api.close();
    },
  };
  return world;
}

/** A worker that died hands nothing back: its lease runs out by the database's clock. */
const letLeaseExpire = (deps: Deps) =>
  deps.db.write({ kind: "platform" }, async ({ client }) => {
    await client.lease.updateMany({ where: { name: RECONCILE_LOOP }, data: { expiresAt: new Date(0) } });
  });

async function cutConnections(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await client.end();
}

/** Names that a node really lists. */
export async function listedOn(node: SimNode): Promise<string[]> {
  const { data } = (await (await fetch(`${node.url}/v1/models`)).json()) as {
    data: { id: string; parent: string | null }[];
  };
  return data.filter((card) => card.parent !== null).map((card) => card.id);
}

export const postTo = async (node: SimNode, path: string, body: object): Promise<number> =>
  (
    await fetch(`${node.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
  ).status;

/** What the gateway would decide by now. */
const readSnapshot = ({ deps: { db, secrets, log, clock } }: TestApi) =>
  loadSnapshot({ db, secrets, log, now: () => clock.now() });

async function readProblems(api: TestApi, nodeId: string, since: Date): Promise<string> {
  const node = await api.admin.call("GET /nodes/{nodeId}", { params: { nodeId } });
  const { items } = await api.admin.call("GET /placements", { query: { nodeId, limit: 200 } });
  const events = await api.admin.call("GET /nodes/{nodeId}/events", { params: { nodeId }, query: { limit: 50 } });
  return [
    ...events.items
      .filter(({ at }) => new Date(at) >= since)
      .map(({ kind, outcome, message }) => `${kind} ${outcome}: ${message}`),
    ...(node.health === "healthy" ? [] : [`${node.name} is ${node.health}: ${node.healthReason}`]),
    ...node.conditions.filter(({ status }) => status !== "true").map(({ type, message }) => `${type}: ${message}`),
    ...items
      .filter(({ state }) => state !== "routable")
      .map(({ state, reason, message }) => `${state}, ${reason}: ${message}`),
  ].join("\n");
}

async function findFaults(
  api: TestApi,
  nodes: ReadonlyMap<string, SimNode>,
  nodeIds: ReadonlyMap<string, string>,
): Promise<string[]> {
  const found: string[] = [];
  const { items: placements } = await api.admin.call("GET /placements", { query: { limit: 200 } });
  for (const placement of placements) {
    if (placement.reason === UNLOADED) continue; // off the node; only its files stay
    if (placement.desire === "absent") found.push(`${placement.versionId} is still on ${placement.nodeName}`);
    else if (placement.state !== "routable")
      found.push(`${placement.versionId} on ${placement.nodeName} is ${placement.state}: ${placement.reason}`);
  }
  const snapshot = await readSnapshot(api);
  for (const [name, node] of nodes) {
    const listed = await listedOn(node).catch(() => null);
    if (listed === null) {
      found.push(`${name} does not answer`);
      continue;
    }
    const nodeId = nodeIds.get(name) ?? "";
    for (const version of snapshot.versions.values())
      if (version.routableOn.includes(nodeId) && !listed.includes(version.loraName))
        found.push(`${version.loraName} is routed to ${name}, which does not list it`);
    const wanted = placements.filter((placement) => placement.nodeId === nodeId && placement.desire === "present");
    if (wanted.length !== listed.length) found.push(`${name} lists ${listed.length} adapters, wanted ${wanted.length}`);
  }
  return found;
}
