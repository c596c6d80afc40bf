import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import { switchLive } from "#lib/cutover/switch-live.ts";
import { cutoverTurn } from "#lib/cutover/testing/cutover-turn.ts";
import { addNodeRow } from "#lib/evals/testing/settle-fleet.ts";
import { eligibleNodes } from "#lib/gateway/routing/eligible-nodes.ts";
import { planRoute } from "#lib/gateway/routing/plan-route.ts";
import { loadSnapshot } from "#lib/gateway/snapshot/load-snapshot.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import type { Database } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { goodFolder } from "#lib/registry/testing/adapter-folder.ts";
import { versionMaker } from "#lib/registry/testing/copy-version.ts";
import { addAdapter, addPool } from "#lib/registry/testing/register.ts";
import { PLACEMENT_LOOP, placeAll } from "../placing/placement-loop.ts";
import type { SetPlacement } from "../schema.ts";

/** A pool of 12 slots and room for 48 copies a node; its nodes by their short names. */
export type TestPool = { poolId: string; prefix: string; ids: Map<string, string> };
export type TestTenant = { tenantId: string; adapterId: string; versionId: string };
export type PlacementWorld = Awaited<ReturnType<typeof createPlacementWorld>>;

export const nodeIdOf = (pool: TestPool, name: string): string => pool.ids.get(name) ?? "";
const nameOf = (pool: TestPool, nodeId: string): string => [...pool.ids].find(([, id]) => id === nodeId)?.[0] ?? nodeId;

/** The real API on pools of nodes that exist as rows only; `loadAll` does what the reconcile loop would come to. */
export async function createPlacementWorld() {
  const api = await createTestApi();
  const { admin } = api;
  const { db } = api.deps;
  const count = { pools: 0, tenants: 0, workers: 0 };
  const addNode = async (pool: TestPool, name: string, more: { standalone?: boolean } = {}) => {
    const node = await addNodeRow(db, { poolId: pool.poolId, name: `${pool.prefix}-${name}`, ...more });
    pool.ids.set(name, node.id);
    return node.id;
  };
  const makePool = async (names: readonly string[]): Promise<TestPool> => {
    count.pools += 1;
    const prefix = `p${count.pools}`;
    const { id: poolId } = await addPool(admin, prefix, "/data/adapters", { maxLoras: 12, maxCpuLoras: 48 });
    const pool: TestPool = { poolId, prefix, ids: new Map() };
    for (const name of names) await addNode(pool, name);
    return pool;
  };
  const addVersion = versionMaker(admin, () => db, goodFolder("support-bot"));
  const newTenant = async (pool: TestPool) => {
    count.tenants += 1;
    const slug = `t${count.tenants}`;
    const { tenant, adapter } = await addAdapter(admin, slug, pool.poolId);
    return { slug, tenantId: tenant.id, adapterId: adapter.id };
  };
  /** One turn of a worker that has just taken over the loop. */
  const turn = async () => {
    count.workers += 1;
    const lease = createLease(db, { name: PLACEMENT_LOOP, holder: `worker-${count.workers}`, ttlMs: 60_000 });
    const term = await lease.acquire();
    if (term === null) throw new Error("the loop's lease is taken");
    await placeAll(api.deps, { signal: new AbortController().signal, term });
    await lease.release(term);
  };
  return {
    api,
    admin,
    addNode,
    makePool,
    turn,
    ...callsOf(api),
    /** An adapter of a tenant of its own with a ready version. */
    addTenant: async (pool: TestPool): Promise<TestTenant> => {
      const { slug, ...made } = await newTenant(pool);
      return { ...made, versionId: await addVersion(made.adapterId) };
    },
    /** The same, live, without the way there. */
    liveTenant: async (pool: TestPool): Promise<TestTenant> => {
      const { slug, ...made } = await newTenant(pool);
      const versionId = newId("version");
      await systemWrite(api.deps, "test", async (ctx) => {
        const names = { loraName: `${slug}--support-bot--v1-0123456789ab`, storePath: `${slug}--support-bot/0123` };
        await mkdir(join(api.deps.adapterStore, names.storePath), { recursive: true });
        const data = { id: versionId, ...made, number: 1, ...names, sizeBytes: 42e6, origin: {} };
        await ctx.tx.client.adapterVersion.create({ data: { ...data, state: "ready" } });
        const move = { adapterId: made.adapterId, toVersionId: versionId, fromVersionId: null };
        await switchLive(ctx, { ...move, keepFromWarm: true });
      });
      await loadAll(db);
      return { ...made, versionId };
    },
    /** @returns the phase that its cutover came to */
    goLive: async (adapterId: string, toVersionId: string): Promise<string> => {
      const body = { toVersionId, overrideReason: "Served by its own deployment for a year.", plan: AT_ONCE };
      const { id } = await admin.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
      await loadAll(db);
      await cutoverTurn(api.deps);
      return (await admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId: id } })).phase;
    },
    /** Turns and loads until nothing changes any more. */
    settle: async () => {
      for (const act of [turn, () => loadAll(db), turn, () => loadAll(db)]) await act();
    },
    /** Where a version is held and by whom, such as "a: route". */
    heldOn: async (pool: TestPool, versionId: string): Promise<string[]> => {
      const { items } = await admin.call("GET /placements", { query: { versionId } });
      return items
        .filter(({ desire }) => desire === "present")
        .map(
          ({ nodeId, holds }) => `${nameOf(pool, nodeId)}: ${holds.map((hold) => hold.holder.split(":")[0]).join("+")}`,
        )
        .sort();
    },
    servedFrom: (pool: TestPool, tenantId: string) => servedFrom(api, pool, tenantId),
    setDemand: (pairs: readonly (readonly [TestTenant, number])[]) => setDemand(db, pairs),
    close: () => api.close(),
  };
}

function callsOf({ admin }: TestApi) {
  const readPlacement = (adapterId: string, client = admin) =>
    client.call("GET /adapters/{adapterId}/placement", { params: { adapterId } });
  return {
    readPlacement,
    setPlacement: async (adapterId: string, body: SetPlacement, client = admin) => {
      const { generation } = await readPlacement(adapterId);
      return client.call("PUT /adapters/{adapterId}/placement", { params: { adapterId }, body, generation });
    },
    setReplicas: async ({ poolId }: TestPool, replicas: number | null) => {
      const { generation } = await admin.call("GET /pools/{poolId}", { params: { poolId } });
      await admin.call("PATCH /pools/{poolId}", { params: { poolId }, generation, body: { replicas } });
    },
    planOf: ({ poolId }: TestPool, client = admin) =>
      client.call("GET /pools/{poolId}/placement-plan", { params: { poolId } }),
    apply: ({ poolId }: TestPool, client = admin) =>
      client.call("POST /pools/{poolId}/placement-plan/apply", { params: { poolId } }),
  };
}

/** What is wanted becomes routable, what nobody holds goes. */
const loadAll = (db: Database) =>
  db.write(platformScope, async ({ client }) => {
    await client.placement.deleteMany({ where: { desire: "absent", holds: { none: {} } } });
    await client.$executeRaw`
      DELETE FROM "Registration" r WHERE NOT EXISTS (
        SELECT 1 FROM "Placement" p WHERE p."versionId" = r."versionId" AND p."nodeId" = r."nodeId")`;
    await client.$executeRaw`
      INSERT INTO "Registration" ("id", "nodeId", "loraName", "tenantId", "versionId", "epoch", "state")
      SELECT 'reg_' || p."id", p."nodeId", v."loraName", p."tenantId", p."versionId", n."epoch", 'routable'
      FROM "Placement" p JOIN "AdapterVersion" v ON v."id" = p."versionId" JOIN "Node" n ON n."id" = p."nodeId"
      WHERE p."desire" = 'present' ON CONFLICT DO NOTHING`;
  });

/** The nodes that the gateway would try for a request of the tenant, in turn, each with what would answer. */
async function servedFrom(
  { deps: { db, secrets, log } }: TestApi,
  pool: TestPool,
  tenantId: string,
): Promise<string[]> {
  const snapshot = await loadSnapshot({ db, secrets, log, now: () => new Date() });
  const tenant = snapshot.tenants.get(tenantId);
  const adapter = tenant?.defaultAdapter;
  if (!tenant || !adapter) throw new Error("no such tenant");
  const ask = {
    tenant,
    target: { kind: "adapter" as const, adapter },
    unit: () => 0,
    mirrorUnit: () => 0,
    now: new Date(),
  };
  const load = { isUp: () => true, hasLost: () => false, isOpen: () => false, versionIsOpen: () => false };
  const plan = planRoute(ask, snapshot);
  const found = new Map<string, string>();
  for (const option of plan.kind === "reject" ? [] : plan.options)
    for (const nodeId of eligibleNodes(option, ask, snapshot, load, new Set()))
      if (!found.has(nodeId)) found.set(nodeId, `${option.via} ${nameOf(pool, nodeId)}`);
  return [...found.values()];
}

const setDemand = (db: Database, pairs: readonly (readonly [TestTenant, number])[]) =>
  db.write(platformScope, async ({ client }) => {
    const data = pairs.map(([{ adapterId, tenantId }, requestsPerMinute]) => ({
      adapterId,
      tenantId,
      requestsPerMinute,
      peakConcurrent: 1,
      observedAt: new Date(),
    }));
    await client.adapterDemand.createMany({ data });
  });
