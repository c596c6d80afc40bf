import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import { upsertGateway } from "#lib/requests/traffic/gateway-store.ts";
import { createEvalWorld, type EvalWorld, problemOf } from "../testing/eval-world.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.gateway.seen.length = 0;
  world.gateway.behave((_seen, right) => right);
});

const startRun = (promptCount: number) => world.startRun(promptCount);
const readRun = (runId: string) => world.admin.call("GET /runs/{runId}", { params: { runId } });
const pause = (runId: string) => world.admin.call("POST /runs/{runId}/pause", { params: { runId } });
const resume = (runId: string) => world.admin.call("POST /runs/{runId}/resume", { params: { runId } });

/** A live gateway says that so many requests wait in the pool. */
const report = (queued: number) =>
  world.db.write(platformScope, (tx) => {
    const pool = { poolId: world.poolId, queued, oldestWaitMs: null, isSaturated: false, shed: {} };
    const said: GatewayReport = {
      ...{ nodes: [], tenants: [], openVersions: [], snapshotAt: null, tracesPending: 0 },
      pools: [pool],
    };
    const now = new Date();
    return upsertGateway(tx, { id: "gw_1", startedAt: now, seenAt: now, snapshotAt: null, report: said });
  });

describe("a run that is paused", () => {
  it("keeps its answers, lets the next one pass, and goes on without asking anything twice", async () => {
    const { runId } = await startRun(30);
    world.gateway.behave(async (_seen, right, count) => {
      if (count === 40) await pause(runId);
      // slow enough for the worker to look in between
      await new Promise((done) => setTimeout(done, count < 40 ? 1 : 150));
      return right;
    });
    await world.turn();
    const paused = await readRun(runId);
    expect(paused).toMatchObject({
      state: "running",
      pausedBy: "key ADMIN_API_KEY",
      message: "Paused by key ADMIN_API_KEY.",
      verdict: null,
      pace: null,
    });
    const sum = paused.progress.reduce((total, { asked, askedAgain }) => total + asked + askedAgain, 0);
    expect(sum).toBe(paused.samplesDone);
    expect(paused.progress.map(({ of }) => of)).toEqual([30, 150, 30, 150, 30, 150]);
    expect(paused.samplesDone).toBe(world.gateway.seen.length);
    expect(paused.samplesDone).toBeLessThan(paused.samplesTotal);
    expect(await pause(runId)).toMatchObject({ pausedAt: paused.pausedAt });

    const customer = await world.api.clientWith(["tenant:read"], paused.tenantId);
    const { items } = await customer.call("GET /runs", { query: {} });
    expect(items).toMatchObject([{ id: runId, requestedBy: "Your provider", pausedBy: "Your provider" }]);
    expect(await customer.call("GET /runs/{runId}", { params: { runId } })).toMatchObject({
      requestedBy: "Your provider",
      pausedBy: "Your provider",
    });

    world.gateway.behave((_seen, right) => right);
    const other = await startRun(10);
    await world.turn();
    expect(await readRun(other.runId)).toMatchObject({ state: "completed" });

    expect(await resume(runId)).toMatchObject({ pausedAt: null, pausedBy: null, message: "Waits for its turn." });
    expect(await resume(runId)).toMatchObject({ pausedAt: null });
    world.gateway.seen.length = 0;
    await world.turn();
    expect(world.gateway.seen).toHaveLength(paused.samplesTotal - paused.samplesDone);
    expect(await readRun(runId)).toMatchObject({ state: "completed", message: null, samplesDone: paused.samplesTotal });
    expect((await problemOf(pause(runId))).code).toBe("run_ended");
  });

  it("may be paused before it began, by nobody who may not start one", async () => {
    const { runId, tenantId } = await startRun(10);
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    expect((await problemOf(customer.call("POST /runs/{runId}/pause", { params: { runId } }))).status).toBe(403);
    const { tenantId: otherId } = await world.addTenant("other", 10);
    const other = await world.api.clientWith(["tenant:read"], otherId);
    expect([403, 404]).toContain(
      (await problemOf(other.call("POST /runs/{runId}/resume", { params: { runId } }))).status,
    );
    await pause(runId);
    await world.turn();
    expect(await readRun(runId)).toMatchObject({ state: "queued", samplesDone: 0 });
    await resume(runId);
    await world.turn();
    expect((await readRun(runId)).state).toBe("completed");
    expect((await problemOf(pause("run_01890000-0000-7000-8000-000000000000"))).status).toBe(404);
  });
});

describe("a run whose customers wait", () => {
  it("asks nothing, says why, and goes on by itself", async () => {
    const { runId, tenantId } = await startRun(10);
    await report(14);
    await world.turn();
    expect(world.gateway.seen).toHaveLength(0);
    expect(await readRun(runId)).toMatchObject({
      state: "running",
      samplesDone: 0,
      message: "Yields to customers: 14 requests wait in pool pool (limit 4). Resumes automatically.",
      yieldingSince: expect.any(String),
    });
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    expect(await customer.call("GET /runs/{runId}", { params: { runId } })).toMatchObject({
      ...{ message: null, yieldingSince: null, progress: [], pace: null },
    });
    await report(3);
    await world.turn();
    expect(world.gateway.seen).toHaveLength(0);
    const limit = async (evalYieldWaiting: number) => {
      const { generation } = await world.admin.call("GET /settings", {});
      await world.admin.call("PATCH /settings", { body: { evalYieldWaiting }, generation });
    };
    await limit(1);
    await world.turn();
    expect((await readRun(runId)).message).toContain("(limit 1)");
    await limit(4);
    await report(0);
    await world.turn();
    expect(await readRun(runId)).toMatchObject({ state: "completed", message: null, yieldingSince: null });
  });
});

describe("a run whose customers became slower", () => {
  /** Answered requests of customers, so long ago and so slow, some on a node that serves nobody. */
  const addRequests = (agoMs: number, tookMs: number, { nodeId = world.node.id, count = 200 } = {}) =>
    world.db.write(platformScope, ({ client }) => {
      const arrivedAt = new Date(Date.now() - agoMs);
      const row = { kind: "user" as const, path: "/v1/chat/completions", status: 200, nodeId, arrivedAt };
      const times = { dispatchedAt: arrivedAt, endedAt: new Date(arrivedAt.getTime() + tookMs) };
      return client.request.createMany({
        data: Array.from({ length: count }, () => ({ ...row, ...times, id: newId("request") })),
      });
    });

  it("yields until they are as fast as before it began", async () => {
    const { runId } = await startRun(10);
    await report(14);
    await world.turn();
    await report(0);
    await world.db.write(platformScope, ({ client }) =>
      client.evalRun.update({ where: { id: runId }, data: { startedAt: new Date(Date.now() - 180_000) } }),
    );
    await addRequests(600_000, 200);
    await addRequests(600_000, 9_000, { nodeId: world.standalone.id });
    await addRequests(60_000, 400);
    world.gateway.seen.length = 0;
    await world.turn();
    expect(await readRun(runId)).toMatchObject({
      message: "Yields to customers: their p95 in pool pool is 400 ms, 200 ms before this run. Resumes automatically.",
      speed: { nodes: 1, service: { value: 300, source: "measured" } },
    });
    expect(world.gateway.seen).toEqual([]);
    // a minute later, as another worker sees it
    const arrivedAt = { gt: new Date(Date.now() - 120_000) };
    await world.db.write(platformScope, ({ client }) => client.request.deleteMany({ where: { arrivedAt } }));
    await addRequests(1_000, 200);
    await world.turn();
    expect(await readRun(runId)).toMatchObject({ state: "completed", speed: null });
    await world.db.write(platformScope, ({ client }) => client.request.deleteMany({}));
  });

  it("does not yield for what was slow shortly before it began", async () => {
    await addRequests(600_000, 200, { count: 1_000 });
    await addRequests(30_000, 400, { count: 40 });
    const { runId } = await startRun(10);
    await world.turn();
    expect(await readRun(runId)).toMatchObject({ state: "completed", message: null });
    await world.db.write(platformScope, ({ client }) => client.request.deleteMany({}));
  });
});

describe("runs of two pools", () => {
  it("do not wait for each other: one pool yields to its customers, the other's run ends", async () => {
    const first = await startRun(10);
    const second = await world.startRun(10, await world.addPool("second"));
    await report(14);
    await world.turn();
    expect(await readRun(first.runId)).toMatchObject({ state: "running", samplesDone: 0 });
    expect(await readRun(second.runId)).toMatchObject({ state: "completed" });
    await report(0);
    await world.turn();
    expect((await readRun(first.runId)).state).toBe("completed");
  });
});

describe("a run that asks", () => {
  it("says how fast it went over the last minutes, and how long it will still take", async () => {
    const { runId } = await startRun(30);
    const stop = new AbortController();
    world.gateway.behave((_seen, right, count) => {
      if (count === 60) stop.abort(new Error("the worker dies"));
      return right;
    });
    await world.turn({ signal: stop.signal }).catch(() => {});
    const done = (await readRun(runId)).samplesDone;
    // as if it had been at it for five minutes, and its answers were of just now
    await world.db.write(platformScope, ({ client }) =>
      client.evalRun.update({ where: { id: runId }, data: { askingSince: new Date(Date.now() - 300_000) } }),
    );
    const { pace, progress } = await readRun(runId);
    expect(done).toBeGreaterThanOrEqual(20);
    expect(pace?.callsPerMinute).toMatchObject({ source: "measured", simulated: false });
    expect(pace?.callsPerMinute.value).toBeCloseTo(done / 5, 0);
    expect(pace?.leastLeft.value).toBeGreaterThan(0);
    expect(pace?.mostLeft.value).toBeNull();
    expect(progress[0]).toMatchObject({ side: "baseline", mode: "greedy", of: 30 });
    expect(progress.reduce((total, { asked }) => total + asked, 0)).toBe(done);
  });
});
