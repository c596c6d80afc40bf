import { readSite } from "#lib/evals/conditions/read-site.ts";
import { sideConditions } from "#lib/evals/conditions/side-conditions.ts";
import { createEvalWorld, type EvalWorld } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { type Ctx, systemWrite } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import type { Adapter } from "#lib/registry/schema.ts";
import { AT_ONCE } from "../browser/canary-defaults.ts";
import { cutoverTurn } from "./cutover-turn.ts";

export const OVERRIDE = "Served by its own deployment for a year.";

/** Steps of moving in and of sharing traffic, through the API; the fleet and the gateway are doubles. */
export type ShareWorld = EvalWorld & {
  adapter(adapterId: string): Promise<Adapter>;
  /** An endpoint of a tenant, or of everybody. */
  addEndpoint(change?: object): Promise<string>;
  putOrigin(adapterId: string, endpointId: string | null): Promise<unknown>;
  endOrigin(adapterId: string): Promise<unknown>;
  putTraffic(adapterId: string, body: object): Promise<unknown>;
  /** Loads a version and lets the nodes prove it. */
  load(versionId: string): Promise<void>;
  /** A verdict as an evaluation leaves it, without the hundreds of replies behind it. */
  passGate(versionId: string): Promise<void>;
  /** Cuts over under an override, and plays the worker until it is done. @returns the cutover's id */
  goLive(adapterId: string, versionId: string): Promise<string>;
  /** A tenant whose adapter is served by an endpoint of its own. */
  addAtOrigin(
    slug: string,
    declared?: object,
  ): Promise<{ tenantId: string; adapterId: string; versionId: string; endpointId: string }>;
  /** Days that an origin is kept. */
  keepOriginsFor(days: number): Promise<void>;
};

export async function createShareWorld(): Promise<ShareWorld> {
  const world = await createEvalWorld();
  const { admin, db, api } = world;
  let endpoints = 0;
  const adapter = (adapterId: string) => admin.call("GET /adapters/{adapterId}", { params: { adapterId } });
  const generationOf = async (adapterId: string) => (await adapter(adapterId)).route.generation;
  const addEndpoint = async (change: object = {}) => {
    endpoints += 1;
    const body = { name: `Endpoint ${endpoints}`, baseUrl: `http://127.0.0.1:${9000 + endpoints}/v1`, ...change };
    return (await admin.call("POST /endpoints", { body })).id;
  };
  const putOrigin = async (adapterId: string, endpointId: string | null) =>
    admin.call("PUT /adapters/{adapterId}/origin", {
      params: { adapterId },
      body: { endpointId },
      generation: await generationOf(adapterId),
    });
  return {
    ...world,
    adapter,
    addEndpoint,
    putOrigin,
    endOrigin: async (adapterId) =>
      admin.call("POST /adapters/{adapterId}/origin/end", {
        params: { adapterId },
        body: { reason: "Its owner said so." },
        generation: await generationOf(adapterId),
      }),
    putTraffic: async (adapterId, body) =>
      admin.call("PUT /adapters/{adapterId}/traffic", {
        params: { adapterId },
        body,
        generation: await generationOf(adapterId),
      }),
    load: async (versionId) => {
      await admin.call("POST /versions/{versionId}/stage", { params: { versionId }, body: {} });
      await settleFleet(db);
    },
    passGate: (versionId) => systemWrite(api.deps, "test", (ctx) => insertPass(ctx, versionId)),
    goLive: async (adapterId, toVersionId) => {
      const params = { adapterId };
      const body = { toVersionId, overrideReason: OVERRIDE, plan: AT_ONCE };
      const { id } = await admin.call("POST /adapters/{adapterId}/cutovers", { params, body });
      await settleFleet(db);
      await cutoverTurn(api.deps);
      return id;
    },
    addAtOrigin: async (slug, declared = {}) => {
      const ids = await world.addTenant(slug, 10);
      const endpointId = await addEndpoint({ tenantId: ids.tenantId, ...declared });
      await putOrigin(ids.adapterId, endpointId);
      return { ...ids, endpointId };
    },
    keepOriginsFor: async (originKeepDays) => {
      const { generation } = await admin.call("GET /settings", {});
      await admin.call("PATCH /settings", { body: { originKeepDays }, generation });
    },
  };
}

/** A pass that was found under what is so now, against what is live. */
async function insertPass(ctx: Ctx, versionId: string): Promise<void> {
  const { client } = ctx.tx;
  const version = await client.adapterVersion.findUniqueOrThrow({
    where: { id: versionId },
    include: { adapter: { include: { route: true } } },
  });
  const { tenantId, adapterId } = version;
  const baselineVersionId = version.adapter.route?.liveVersionId ?? null;
  const suite = await client.evalSuite.findFirstOrThrow({ where: { tenantId } });
  const { pool, nodes } = await readSite(ctx, version.adapter.poolId);
  const serving = nodes.filter(({ standalone }) => !standalone);
  const side = sideConditions({ suiteHash: suite.hash, pool, nodes: serving, concurrency: 32 });
  const runId = newId("run");
  await client.evalRun.create({
    data: {
      ...{ id: runId, tenantId, adapterId, suiteId: suite.id, candidateVersionId: versionId, baselineVersionId },
      ...{ state: "completed", requestedBy: "test", conditions: { baseline: side, candidate: side } },
    },
  });
  await client.verdict.create({
    data: { id: newId("verdict"), tenantId, runId, versionId, outcome: "pass", modes: [], reasons: [] },
  });
}
