import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { effectsToDieAt, mortalDeps } from "#lib/fleet/testing/mortal-deps.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { AT_ONCE } from "../browser/canary-defaults.ts";
import { advanceAll, CUTOVER_LOOP } from "../loop.ts";
import { type BatchWorld, createBatchWorld, rowsOf } from "../testing/batch-world.ts";
import { OVERRIDE } from "../testing/share-world.ts";
import { setFreezeWindows, windowAround } from "../testing/windows.ts";

let world: BatchWorld;
beforeAll(async () => {
  world = await createBatchWorld();
});
afterAll(() => world.close());

const preview = (body: object) =>
  world.admin.call("POST /cutover-batches/preview", { body: { atOnce: 5, ...body } as never });

describe("a preview", () => {
  it("says of each row whether it would start, and why not, and changes nothing", async () => {
    const [passed] = await world.addPassed("seen", 1);
    const unjudged = await world.addTenant("unjudged", 10);
    const live = await world.addTenant("alive", 10);
    await world.goLive(live.adapterId, live.versionId);
    if (!passed) throw new Error("no tenant");
    const rows = [
      ...rowsOf([passed, unjudged, live, passed]),
      { adapterId: unjudged.adapterId.replace("adp_0", "adp_f"), toVersionId: unjudged.versionId },
      { adapterId: unjudged.adapterId, toVersionId: "ver_0000" },
    ];
    const seen = await preview({ rows });
    expect(seen.items.map(({ label, code }) => [label, code])).toEqual([
      ["seen-1/support-bot v1", null],
      ["unjudged/support-bot v1", "gate_not_passed"],
      ["alive/support-bot v1", "already_live"],
      ["seen-1/support-bot v1", "adapter_twice"],
      ["unjudged/support-bot v1", "not_found"],
      ["ver_0000", "adapter_twice"],
    ]);
    expect(seen).toMatchObject({ ready: 1, refused: 5, fitAtOnce: 1, hold: null, warnings: [] });
    for (const { message, fix, ready } of seen.items) if (!ready) expect(`${message} ${fix}`).toMatch(/\. \S/);
    expect((await preview({ rows: rows.slice(1, 2), overrideReason: OVERRIDE })).ready).toBe(1);
    expect((await world.admin.call("GET /cutover-batches", { query: {} })).items).toEqual([]);
  });

  it("is asked about adapters whose newest ready version is not live, by name or by filter", async () => {
    const [first, second] = await world.addPassed("candidate", 2);
    if (!first || !second) throw new Error("no tenants");
    await world.goLive(first.adapterId, first.versionId);
    const list = async (query: object) =>
      (await world.admin.call("GET /cutover-candidates", { query })).items.map(
        ({ tenantSlug, toNumber, liveNumber }) => [tenantSlug, toNumber, liveNumber],
      );
    expect(await list({ q: "candidate" })).toEqual([["candidate-2", 1, null]]);
    await world.addVersion(first.adapterId);
    expect(await list({ q: "candidate" })).toEqual([
      ["candidate-1", 2, 1],
      ["candidate-2", 1, null],
    ]);
    expect(await list({ adapters: second.adapterId })).toEqual([["candidate-2", 1, null]]);
    expect(await list({ tenantId: first.tenantId, status: "rejected" })).toEqual([]);
  });

  it("counts what has to stay in each CPU cache, and how many fit at once", async () => {
    const first = await world.addPassed("fits", 3);
    const live = await world.addTenant("replaced", 10);
    await world.goLive(live.adapterId, live.versionId);
    const versionId = await world.addVersion(live.adapterId);
    await world.passGate(versionId);
    const rows = rowsOf([...first, { ...live, versionId }]);
    const node = (seen: Awaited<ReturnType<typeof preview>>) =>
      seen.nodes.find(({ nodeId }) => nodeId === world.node.id);
    const now = node(await preview({ rows }))?.neededNow ?? 0;
    expect(node(await preview({ rows }))).toMatchObject({ neededPeak: now + 4, places: 200 });
    await world.setCpuPlaces(now + 2);
    const tight = await preview({ rows, atOnce: 4 });
    expect(tight.fitAtOnce).toBe(2);
    expect(tight.warnings[0]).toBe(
      "Only 2 at once fit into the CPU caches: the batch waits between them, and says so.",
    );
    expect(tight.warnings[1]).toMatch(/^node-1 would hold \d+ versions in \d+ places at the end/);
    await world.setCpuPlaces(now);
    expect((await preview({ rows })).warnings[0]).toMatch(/^node-1 has no place left in its CPU cache/);
    await world.setCpuPlaces(200);
    await setFreezeWindows(world.admin, [windowAround(new Date())]);
    expect(await preview({ rows })).toMatchObject({
      ready: 4,
      hold: expect.stringMatching(/^Paused by freeze window/),
    });
    await setFreezeWindows(world.admin, []);
  });
});

describe("a batch is refused", () => {
  it("as a whole, naming each row, while another batch has its adapter", async () => {
    const ids = await world.addPassed("shared", 3);
    const first = await world.create(ids.slice(0, 2));
    const problem = await problemOf(world.create(ids));
    expect(problem).toMatchObject({
      status: 409,
      code: "rows_refused",
      errors: [
        {
          field: "rows.0",
          code: "in_other_batch",
          message: `Another batch still has shared-1/support-bot v1 (${first.id}).`,
        },
        { field: "rows.1", code: "in_other_batch" },
      ],
    });
    await world.act("stop", first.id, "Not today.");
    const skipped = await world.read(first.id);
    expect(skipped).toMatchObject({ state: "stopped", stoppedBy: "hand", counts: { skipped: 2 } });
    expect(skipped.rows[0]?.reason).toBe("Stopped by key ADMIN_API_KEY before its turn.");
    const second = await world.create(ids);
    await world.act("stop", second.id);
  });

  it("twice when two are made at the same moment, but once", async () => {
    const ids = await world.addPassed("raced", 2);
    const made = await Promise.allSettled([world.create(ids), world.create(ids)]);
    expect(made.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const { items } = await world.admin.call("GET /cutover-batches", { query: { active: "true" } });
    for (const { id } of items) await world.act("stop", id);
  });

  it.each<[string, object, string]>([
    ["without rows", { rows: [] }, "rows"],
    ["with none at once", { atOnce: 0 }, "atOnce"],
    ["with too many at once", { atOnce: 21 }, "atOnce"],
    ["that stops before it begins", { stopAfterFailures: 0 }, "stopAfterFailures"],
    ["with a plan that goes backwards", { plan: { weights: [50, 5] } }, "plan.weights"],
    ["with a reason of nothing", { overrideReason: "ok" }, "overrideReason"],
  ])("%s", async (_name, change, field) => {
    const rows = [{ adapterId: "adp_1", toVersionId: "ver_1" }];
    const problem = await problemOf(
      world.admin.call("POST /cutover-batches", { body: { rows, atOnce: 5, ...change } }),
    );
    expect(problem).toMatchObject({ status: 422, errors: [{ field }] });
  });

  it("to whoever may not, and shown to staff only", async () => {
    const [ids] = await world.addPassed("mine", 1);
    if (!ids) throw new Error("no tenant");
    const { id, generation } = await world.create([ids]);
    const body = { rows: rowsOf([ids]), atOnce: 1 };
    const params = { batchId: id };
    const reader = await world.api.clientWith(["platform:read"]);
    const operator = await world.api.clientWith(["platform:operate"]);
    const customer = await world.api.clientWith(["tenant:admin"], ids.tenantId);
    expect(await reader.call("GET /cutover-batches/{batchId}", { params })).toMatchObject({ id });
    for (const client of [reader, operator, customer]) {
      expect(await problemOf(client.call("POST /cutover-batches", { body }))).toMatchObject({ status: 403 });
      expect(await problemOf(client.call("POST /cutover-batches/preview", { body }))).toMatchObject({ status: 403 });
    }
    const read = customer.call("GET /cutover-batches/{batchId}", { params });
    expect(await problemOf(read)).toMatchObject({ status: 403 });
    const change = { params, body: {}, generation };
    expect(await problemOf(reader.call("POST /cutover-batches/{batchId}/pause", change))).toMatchObject({
      status: 403,
    });
    const paused = await operator.call("POST /cutover-batches/{batchId}/pause", change);
    expect(paused.state).toBe("paused");
    const resume = { ...change, generation: paused.generation };
    expect(await problemOf(operator.call("POST /cutover-batches/{batchId}/resume", resume))).toMatchObject({
      status: 403,
    });
    await world.act("stop", id);
  });
});

describe("pausing, resuming and stopping", () => {
  it("compares what was seen, and knows what is over", async () => {
    const ids = await world.addPassed("steps", 2);
    const { id, generation } = await world.create(ids, { atOnce: 1 });
    const params = { batchId: id };
    await world.turn();
    await world.act("pause", id, "Release day.");
    const stale = world.admin.call("POST /cutover-batches/{batchId}/stop", { params, body: {}, generation });
    expect(await problemOf(stale)).toMatchObject({ status: 412 });
    expect(await problemOf(world.act("pause", id))).toMatchObject({ status: 409, code: "wrong_state" });
    await world.play();
    await world.play();
    const paused = await world.read(id);
    expect(paused).toMatchObject({ state: "paused", counts: { completed: 1, waiting: 1 } });
    expect(paused.history.at(-1)?.what).toBe("Paused: Release day.");
    expect(await world.act("resume", id)).toMatchObject({ state: "running", failuresForgiven: 0 });
    await world.turn();
    const stopped = await world.act("stop", id);
    expect(stopped).toMatchObject({ state: "stopped", counts: { completed: 1, running: 1 } });
    expect(await problemOf(world.act("resume", id))).toMatchObject({
      code: "wrong_state",
      detail: "The batch is stopped manually and cannot be resumed.",
    });
    await world.play();
    await world.play();
    expect(await world.read(id)).toMatchObject({ state: "stopped", counts: { completed: 2 }, message: null });
    expect(await problemOf(world.read("bat_0000"))).toMatchObject({ status: 404 });
  });

  it("a batch that is asked for twice with one key is made once", async () => {
    const [ids] = await world.addPassed("idem", 1);
    const body = { rows: rowsOf(ids ? [ids] : []), atOnce: 1, plan: AT_ONCE };
    const send = () =>
      world.api.fetch("/api/v1/cutover-batches", {
        method: "POST",
        headers: {
          authorization: `Bearer ${world.api.adminKey}`,
          "content-type": "application/json",
          "idempotency-key": "batch-1",
        },
        body: JSON.stringify(body),
      });
    const [first, second] = [await (await send()).json(), await (await send()).json()];
    expect(second.id).toBe(first.id);
    await world.act("stop", first.id);
  });
});

/** A worker that may die in its turn; somebody hands its lease back. */
async function turnOf(deps: Deps): Promise<void> {
  const lease = createLease(world.db, { name: CUTOVER_LOOP, holder: crypto.randomUUID(), ttlMs: 60_000 });
  const term = (await lease.acquire()) ?? 0n;
  await advanceAll(deps, { signal: new AbortController().signal, term }).catch(() => {});
  await lease.release(term);
}

it("starts nothing twice and loses no row, wherever its worker is killed", async () => {
  const ids = await world.addPassed("killed", 2);
  const count = () => world.db.read(platformScope, ({ client }) => client.cutover.count());
  for (const moment of ["before", "after"] as const)
    for (const n of effectsToDieAt(moment, 40)) {
      const { id } = await world.create(ids, { atOnce: 2 });
      const before = await count();
      const dying = mortalDeps(world.api.deps, n, moment);
      await turnOf(dying);
      await world.turn();
      const batch = await world.read(id);
      expect(batch.counts).toMatchObject({ running: 2, failed: 0 });
      expect(new Set(batch.rows.map(({ cutoverId }) => cutoverId)).size).toBe(2);
      expect(await count()).toBe(before + 2);
      for (const { cutoverId } of batch.rows)
        await world.admin.call("POST /cutovers/{cutoverId}/abort", {
          params: { cutoverId: cutoverId ?? "" },
          body: {},
        });
      await world.turn();
      expect(await world.read(id)).toMatchObject({ state: "completed", counts: { failed: 2 } });
      if (!dying.isDead()) break;
    }
});
