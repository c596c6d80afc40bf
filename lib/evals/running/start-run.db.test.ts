import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemRead } from "#lib/identity/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { readSite } from "../conditions/read-site.ts";
import { createEvalWorld, type EvalWorld, problemOf } from "../testing/eval-world.ts";
import { readAll, serveReplies } from "../testing/serve-replies.ts";
import { addNodeRows, holdersOf, settleFleet } from "../testing/settle-fleet.ts";
import { readProgress } from "./read-progress.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());

const start = (versionId: string, body: { suiteId?: string } = {}, idempotencyKey?: string) =>
  world.admin.call("POST /versions/{versionId}/runs", {
    params: { versionId },
    body,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });
const cancel = (runId: string) => world.admin.call("POST /runs/{runId}/cancel", { params: { runId } });
const readRun = (runId: string) => world.admin.call("GET /runs/{runId}", { params: { runId } });
const addSuite = (tenantId: string, body: { name: string; count?: number; seed?: string }) =>
  world.admin.call("POST /tenants/{tenantId}/suites", { params: { tenantId }, body });
const inCatalog = <T>(work: Parameters<typeof world.db.write<T>>[1]) => world.db.write(platformScope, work);

describe("suites", () => {
  it("have 200 prompts from the tenant's slug, say what a pass proves, and list in order", async () => {
    const { tenantId } = await world.addTenant("suites", 10);
    const suite = await addSuite(tenantId, { name: "Nightly" });
    expect(suite).toMatchObject({ revision: 1, seed: "suites", caseCount: 200, isLargeEnough: true });
    expect(suite.claim).toBe("at most 1.49 % with 95 % confidence");
    const params = { suiteId: suite.id };
    const first = await world.admin.call("GET /suites/{suiteId}/cases", { params, query: { limit: 150 } });
    const rest = await world.admin.call("GET /suites/{suiteId}/cases", {
      params,
      query: { limit: 150, cursor: first.nextCursor ?? "" },
    });
    const ordinals = [...first.items, ...rest.items].map(({ ordinal }) => ordinal);
    expect(ordinals).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(rest.nextCursor).toBeNull();

    const refused = await problemOf(addSuite(tenantId, { name: "Nightly" }));
    expect(refused).toMatchObject({ status: 409, code: "suite_unchanged", errors: [{ field: "seed" }] });
    expect(await addSuite(tenantId, { name: "Nightly", seed: "other", count: 20 })).toMatchObject({
      revision: 2,
      isLargeEnough: false,
    });
  });

  it.each([
    ["count", { name: "x", count: 9 }, "too_small"],
    ["count", { name: "x", count: 1001 }, "too_big"],
    ["name", { name: " " }, "too_small"],
  ])("refuse a bad %s", async (field, body, code) => {
    const { items } = await world.admin.call("GET /tenants", { query: { limit: 1 } });
    const problem = await problemOf(addSuite(items[0]?.id ?? "", body));
    expect(problem).toMatchObject({ status: 422, errors: [{ field, code }] });
  });
});

describe("starting a run", () => {
  it("does nothing twice with one Idempotency-Key, and refuses a second run of the version", async () => {
    const { versionId } = await world.addTenant("twice", 10);
    const first = await start(versionId, {}, "key-1");
    expect((await start(versionId, {}, "key-1")).id).toBe(first.id);
    const problem = await problemOf(start(versionId));
    expect(problem).toMatchObject({ status: 409, code: "run_active" });
    expect(problem.detail).toContain(first.id);
    await cancel(first.id);
    expect(await problemOf(cancel(first.id))).toMatchObject({ status: 409, code: "run_ended" });
  });

  it("needs a suite of the same tenant", async () => {
    const { tenantId, versionId } = await world.addTenant("suiteless", 10);
    const { tenantId: otherId } = await world.addTenant("with-suite", 10);
    const others = await world.admin.call("GET /suites", { query: { tenantId: otherId } });
    const foreign = await problemOf(start(versionId, { suiteId: others.items[0]?.id ?? "" }));
    expect(foreign).toMatchObject({ status: 422, errors: [{ field: "suiteId", code: "unknown_suite" }] });
    await inCatalog(({ client }) => client.evalSuite.deleteMany({ where: { tenantId } }));
    const none = await problemOf(start(versionId));
    expect(none).toMatchObject({ status: 422, errors: [{ field: "suiteId", code: "no_suite" }] });
    expect((await world.admin.call("GET /runs", { query: { tenantId } })).items).toEqual([]);
  });

  it("needs a ready version of an active tenant", async () => {
    const { tenantId, versionId } = await world.addTenant("unready", 10);
    await inCatalog(({ client }) =>
      client.adapterVersion.update({ where: { id: versionId }, data: { state: "quarantined" } }),
    );
    expect(await problemOf(start(versionId))).toMatchObject({ status: 409, code: "version_not_ready" });
    await inCatalog(({ client }) =>
      client.adapterVersion.update({ where: { id: versionId }, data: { state: "ready" } }),
    );
    const tenant = await world.admin.call("GET /tenants/{tenantId}", { params: { tenantId } });
    await world.admin.call("PATCH /tenants/{tenantId}", {
      params: { tenantId },
      body: { status: "suspended" },
      generation: tenant.generation,
    });
    expect(await problemOf(start(versionId))).toMatchObject({ status: 409, code: "tenant_suspended" });
    expect(await problemOf(start(newId("version")))).toMatchObject({ status: 404 });
  });

  // the page offers what exists before it asks (e2e/journeys/upload.spec.ts); callers of the API read the offers in `fix`
  it("needs a baseline, and tells callers of the API every way to get one", async () => {
    const { versionId } = await world.addTenant("baseless", 10);
    const setCordoned = (cordoned: boolean) =>
      inCatalog(({ client }) => client.node.update({ where: { id: world.standalone.id }, data: { cordoned } }));
    await setCordoned(true);
    const problem = await problemOf(start(versionId));
    expect(problem).toMatchObject({ status: 409, code: "no_baseline" });
    for (const offer of ["standalone: true", 'baseline "itself"', "override it with a reason"])
      expect(problem.fix).toContain(offer);
    expect(await holdersOf(world.db, versionId)).toEqual([]);
    await setCordoned(false);
  });

  it("is the platform's; other tenants see nothing of it", async () => {
    const { tenantId, versionId } = await world.addTenant("private", 10);
    const { tenantId: otherId } = await world.addTenant("curious", 10);
    const viewer = await world.api.clientWith(["tenant:read"], tenantId);
    const params = { versionId };
    expect(await problemOf(viewer.call("POST /versions/{versionId}/runs", { params, body: {} }))).toMatchObject({
      status: 403,
    });
    const run = await start(versionId);
    const other = await world.api.clientWith(["tenant:admin"], otherId);
    for (const call of [
      () => other.call("GET /runs/{runId}", { params: { runId: run.id } }),
      () => other.call("GET /runs/{runId}/samples", { params: { runId: run.id } }),
      () => other.call("GET /suites/{suiteId}", { params: { suiteId: run.suiteId } }),
      () => other.call("GET /suites/{suiteId}/cases", { params: { suiteId: run.suiteId } }),
    ])
      expect(await problemOf(call())).toMatchObject({ status: 404, code: "not_found" });
    expect((await other.call("GET /runs", { query: { tenantId } })).items).toEqual([]);
    expect((await viewer.call("GET /runs", {})).items.map(({ id }) => id)).toEqual([run.id]);
    await cancel(run.id);
  });
});

describe("a queued run", () => {
  it("says what it waits for, lets others pass, and starts once it can", async () => {
    const slow = await world.addTenant("slow", 10);
    const quick = await world.addTenant("quick", 10);
    const waiting = await start(slow.versionId);
    const ready = await start(quick.versionId);
    await settleFleet(world.db, ({ versionId, nodeName }) =>
      versionId === slow.versionId && nodeName === "node-s" ? "Not yet." : null,
    );
    await inCatalog(({ client }) =>
      client.placement.updateMany({
        where: { versionId: slow.versionId, nodeId: world.standalone.id },
        data: { nextAttemptAt: new Date(Date.now() + 1000) },
      }),
    );
    await world.turn();
    expect(await readRun(waiting.id)).toMatchObject({
      state: "queued",
      message: "Waits for Version 1 alone on node-s to be routable. node-s: Not yet.",
    });
    expect((await readRun(ready.id)).state).toBe("completed");
    await settleFleet(world.db);
    await world.turn();
    expect((await readRun(waiting.id)).state).toBe("completed");
  });

  it("fails with the reason when its version cannot be loaded", async () => {
    const { versionId } = await world.addTenant("broken", 10);
    const run = await start(versionId);
    await settleFleet(world.db, (placed) => (placed.versionId === versionId ? "A file is damaged." : null));
    await world.turn();
    const ended = await readRun(run.id);
    expect(ended).toMatchObject({ state: "failed", verdict: null });
    expect(ended.message).toContain("node-1: A file is damaged.");
    expect(await holdersOf(world.db, versionId)).toEqual([]);
  });

  it("fails after ten minutes without progress", async () => {
    const { versionId } = await world.addTenant("stuck", 10);
    const run = await start(versionId);
    const longAgo = new Date(Date.now() - 11 * 60_000);
    await inCatalog(async ({ client }) => {
      await client.evalRun.update({ where: { id: run.id }, data: { createdAt: longAgo } });
      await client.placement.updateMany({ where: { versionId }, data: { createdAt: longAgo } });
    });
    await world.turn();
    expect(await readRun(run.id)).toMatchObject({
      state: "failed",
      message: expect.stringContaining("was not routable within 10 minutes"),
    });
  });

  it("fails when the standalone node it needs is gone", async () => {
    const { versionId } = await world.addTenant("orphan", 10);
    const run = await start(versionId);
    await inCatalog(({ client }) => client.evalRun.update({ where: { id: run.id }, data: { baselineNodeId: null } }));
    await settleFleet(world.db);
    await inCatalog(({ client }) =>
      client.evalRun.update({ where: { id: run.id }, data: { createdAt: new Date(Date.now() - 11 * 60_000) } }),
    );
    await world.turn();
    expect(await readRun(run.id)).toMatchObject({
      state: "failed",
      message: expect.stringContaining("the standalone node, which is cordoned or gone"),
    });
  });
});

describe("a pool of more than 200 nodes", () => {
  it("has all of them in a run's conditions and in what it waits for", async () => {
    const poolId = await world.addPool("wide");
    const more = Array.from({ length: 205 }, (_, at) => ({ poolId, name: `wide-${at + 2}` }));
    await addNodeRows(world.db, more);
    const { versionId } = await world.addTenant("wide", 10, poolId);
    await start(versionId);
    const { site, progress } = await systemRead(world.api.deps, "test", async (ctx) => ({
      site: await readSite(ctx, poolId),
      progress: await readProgress(ctx, versionId, "serving"),
    }));
    expect(site.nodes.map(({ name }) => name)).toContain("wide-1");
    expect(site.nodes).toHaveLength(207);
    expect(progress.waiting).toHaveLength(206);
    expect(progress.waiting.filter((said) => said.includes("not asked"))).toEqual([]);
  });
});

describe("a suite with prompts that a pool cannot take", () => {
  it("is reported before anything is asked, with the node's own count", async () => {
    const poolId = await world.addPool("narrow");
    const counted: number[] = [];
    const node = await serveReplies(async (request) => {
      const { messages } = JSON.parse(await readAll(request));
      const count = JSON.stringify(messages).length > 8_000 ? 4_097 : 900;
      counted.push(count);
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ count, max_model_len: 4_096, tokens: [] }),
      };
    });
    const setUrl = (baseUrl: string) =>
      inCatalog(({ client }) => client.node.updateMany({ where: { poolId, name: "narrow-1" }, data: { baseUrl } }));
    await setUrl(node.origin);
    const { runId, tenantId } = await world.startRun(30, poolId);
    await world.turn();
    expect(await readRun(runId)).toMatchObject({ state: "failed", samplesDone: 0 });
    expect((await readRun(runId)).message).toMatch(
      /^1 of 30 prompts is too long for pool narrow: max_model_len is 4,096 tokens, .* prompt \d+ \(long_context\) with more than 4,096 tokens\. Nothing was asked\./,
    );
    expect(world.gateway.seen.filter((seen) => seen.tenantId === tenantId)).toEqual([]);
    // only those whose size leaves a doubt are counted
    expect(counted.length).toBeLessThan(30);
    await node.close();
  });
});
