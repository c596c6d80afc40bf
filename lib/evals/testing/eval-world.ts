import { ApiError, type Client } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import type { Database } from "#lib/platform/db.ts";
import { createLease } from "#lib/platform/lease.ts";
import { goodFolder } from "#lib/registry/testing/adapter-folder.ts";
import { versionMaker } from "#lib/registry/testing/copy-version.ts";
import { addAdapter, addPool } from "#lib/registry/testing/register.ts";
import { createEvalWorker, EVAL_LOOP } from "../loop.ts";
import { defaultTuning, type Tuning } from "../running/conduct-run.ts";
import { generateSuite } from "../suites/generator/generate-suite.ts";
import { type GatewayDouble, startGatewayDouble } from "./gateway-double.ts";
import { addNodeRow, settleFleet } from "./settle-fleet.ts";

/** Prompts of this many cases are known to the gateway's double, whatever the suite's length. */
const KNOWN_CASES = 200;

export const SEED = "acme";
/** A gateway that fails is given up at once: nothing waits for a real minute. */
export const impatient: Tuning = {
  ...defaultTuning,
  timeouts: { triesMax: 3, waitMs: 0, firstDelayMs: 1, longestDelayMs: 1 },
};

export type EvalWorld = {
  api: TestApi;
  admin: Client;
  db: Database;
  gateway: GatewayDouble;
  poolId: string;
  node: { id: string; name: string };
  standalone: { id: string; name: string };
  /** A tenant with an adapter, one ready version, and a suite that the double knows. */
  addTenant(
    slug: string,
    promptCount: number,
    poolId?: string,
  ): Promise<{ tenantId: string; adapterId: string; versionId: string }>;
  addVersion(adapterId: string): Promise<string>;
  /** A second pool with nodes of its own. @returns its id */
  addPool(slug: string): Promise<string>;
  /** A tenant of its own with a run queued, whose nodes hold what it needs. */
  startRun(
    promptCount: number,
    poolId?: string,
  ): Promise<{ tenantId: string; adapterId: string; versionId: string; runId: string }>;
  /** One turn of a fresh worker that has just taken over the loop. */
  turn(options?: { tuning?: Tuning; signal?: AbortSignal; deps?: Partial<Deps> }): Promise<void>;
  close(): Promise<void>;
};

/** The real API and catalog, a pool of one serving and one standalone node that exist as rows only, and a gateway double. */
export async function createEvalWorld(): Promise<EvalWorld> {
  let database: Database | null = null;
  const dbOf = () => {
    if (database === null) throw new Error("the world is not ready");
    return database;
  };
  const gateway = await startGatewayDouble(dbOf, generateSuite({ seed: SEED, count: KNOWN_CASES }), "node-1");
  const api = await createTestApi({ gatewayUrl: gateway.url });
  const { admin, deps } = api;
  database = deps.db;
  const poolId = (await addPool(admin, "pool", "/data/adapters")).id;
  const node = await addNodeRow(deps.db, { poolId, name: "node-1" });
  const standalone = await addNodeRow(deps.db, { poolId, name: "node-s", standalone: true });
  let holders = 0;
  const addVersion = versionMaker(admin, dbOf, goodFolder("support-bot"));
  let tenants = 0;
  const addTenant = async (slug: string, count: number, inPool = poolId) => {
    const { tenant, adapter } = await addAdapter(admin, slug, inPool);
    const params = { tenantId: tenant.id };
    await admin.call("POST /tenants/{tenantId}/suites", { params, body: { name: "Gate", count, seed: SEED } });
    return { tenantId: tenant.id, adapterId: adapter.id, versionId: await addVersion(adapter.id) };
  };
  return {
    api,
    admin,
    db: deps.db,
    gateway,
    poolId,
    node,
    standalone,
    addVersion,
    addTenant,
    addPool: async (slug) => {
      const { id } = await addPool(admin, slug, `/data/${slug}`);
      await addNodeRow(deps.db, { poolId: id, name: `${slug}-1` });
      await addNodeRow(deps.db, { poolId: id, name: `${slug}-s`, standalone: true });
      return id;
    },
    startRun: async (promptCount, inPool) => {
      tenants += 1;
      const ids = await addTenant(`tenant-${tenants}`, promptCount, inPool);
      const params = { versionId: ids.versionId };
      const { id: runId } = await admin.call("POST /versions/{versionId}/runs", { params, body: {} });
      await settleFleet(deps.db);
      return { ...ids, runId };
    },
    turn: async ({ tuning = impatient, signal = new AbortController().signal, deps: other = {} } = {}) => {
      holders += 1;
      const lease = createLease(deps.db, { name: EVAL_LOOP, holder: `worker-${holders}`, ttlMs: 60_000 });
      const term = await lease.acquire();
      if (term === null) throw new Error("the loop's lease is taken");
      try {
        await createEvalWorker({ ...deps, ...other }, tuning).tick({ signal, term });
      } finally {
        await lease.release(term);
      }
    },
    close: async () => {
      await gateway.close();
      await api.close();
    },
  };
}

/** What the API said no with. */
export async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("expected the API to refuse");
  return error.problem;
}
