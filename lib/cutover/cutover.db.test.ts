import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEvalWorld, type EvalWorld, problemOf } from "#lib/evals/testing/eval-world.ts";
import { addNodeRow, holdersOf, settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { storeAnswers } from "#lib/evals/testing/store-answers.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { AT_ONCE } from "./browser/canary-defaults.ts";
import { cutoverTurn } from "./testing/cutover-turn.ts";

const OVERRIDE = "Served by its own deployment for a year.";
let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
  await addNodeRow(world.db, { poolId: world.poolId, name: "node-2" });
});
afterAll(() => world.close());
beforeEach(() => world.gateway.behave((_seen, right) => right));

const inCatalog = <T>(work: Parameters<typeof world.db.write<T>>[1]) => world.db.write(platformScope, work);
const turn = () => cutoverTurn(world.api.deps);
const start = (
  adapterId: string,
  toVersionId: string,
  overrideReason?: string,
  { idempotencyKey, client = world.admin }: { idempotencyKey?: string; client?: typeof world.admin } = {},
) =>
  client.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, plan: AT_ONCE, ...(overrideReason ? { overrideReason } : {}) },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });
const read = (cutoverId: string) => world.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
const rollBack = (cutoverId: string, client = world.admin) =>
  client.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId }, body: { reason: "Errors rose." } });
const abort = (cutoverId: string, client = world.admin) =>
  client.call("POST /cutovers/{cutoverId}/abort", { params: { cutoverId }, body: {} });
const routeOf = async (adapterId: string) =>
  (await world.admin.call("GET /adapters/{adapterId}", { params: { adapterId } })).route;
const auditOf = async (objectId: string) =>
  (await world.admin.call("GET /audit", { query: { objectId } })).items.map(({ action, reason }) => [action, reason]);
const annotationsOf = (cutoverId: string) =>
  world.db.read(platformScope, ({ client }) =>
    client.annotation.findMany({ where: { ref: { path: ["id"], equals: cutoverId } }, orderBy: { id: "asc" } }),
  );

/** An adapter whose version 1 is live by an override. */
async function adopt(slug: string, promptCount = 10) {
  const ids = await world.addTenant(slug, promptCount);
  const cutover = await start(ids.adapterId, ids.versionId, OVERRIDE);
  await settleFleet(world.db);
  await turn();
  expect((await read(cutover.id)).phase).toBe("completed");
  return { ...ids, firstCutoverId: cutover.id };
}
/** Moves the live pointer to a version by another override. */
async function goLive(adapterId: string, versionId: string, client = world.admin) {
  const cutover = await start(adapterId, versionId, OVERRIDE, { client });
  await settleFleet(world.db);
  await turn();
  return read(cutover.id);
}
/** Gates a version that answers so many prompts wrongly. */
async function evaluate(versionId: string, suite: { suiteId?: string } = {}, lost = 0) {
  const run = await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: suite });
  await storeAnswers(world, run.id, lost);
  await settleFleet(world.db);
  await world.turn();
  return world.admin.call("GET /runs/{runId}", { params: { runId: run.id } });
}

describe("the whole way", () => {
  it("goes live behind a pass, keeps the version before warm, and rolls back in one step", async () => {
    const { tenantId, adapterId, versionId: v1, firstCutoverId } = await adopt("whole", 200);
    expect(await read(firstCutoverId)).toMatchObject({
      fromVersionId: null,
      overrideReason: OVERRIDE,
      verdictId: null,
    });
    expect(await holdersOf(world.db, v1)).toEqual([`route:${adapterId}`]);
    const v2 = await world.addVersion(adapterId);
    await world.admin.call("POST /versions/{versionId}/stage", { params: { versionId: v2 }, body: {} });

    const unproven = await problemOf(start(adapterId, v2));
    expect(unproven).toMatchObject({ status: 409, code: "gate_not_passed", errors: [{ field: "toVersionId" }] });
    const run = await evaluate(v2);
    expect(run.verdict?.outcome).toBe("pass");

    const pending = await start(adapterId, v2, undefined, { idempotencyKey: "go" });
    expect((await start(adapterId, v2, undefined, { idempotencyKey: "go" })).id).toBe(pending.id);
    expect(pending).toMatchObject({
      phase: "pending",
      fromNumber: 1,
      toNumber: 2,
      verdictId: run.verdict?.id,
      runId: run.id,
      overrideReason: null,
      canAbort: true,
      canRollBack: false,
    });
    expect(await problemOf(start(adapterId, v2))).toMatchObject({ status: 409, code: "cutover_in_progress" });
    const retire = world.admin.call("POST /versions/{versionId}/retire", { params: { versionId: v2 } });
    expect(await problemOf(retire)).toMatchObject({ status: 409, code: "version_in_use" });
    const unstage = world.admin.call("POST /versions/{versionId}/unstage", { params: { versionId: v2 } });
    expect(await problemOf(unstage)).toMatchObject({ status: 409, code: "version_in_cutover" });
    await settleFleet(world.db);
    await turn();

    const completed = await read(pending.id);
    expect(completed.history.map(({ phase }) => phase)).toEqual(["pending", "warming", "full", "completed"]);
    expect(completed).toMatchObject({ phase: "completed", canRollBack: true, message: null });
    expect(completed.finishedAt).not.toBeNull();
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v2, previousVersionId: v1 });
    expect(await holdersOf(world.db, v2)).toEqual([`route:${adapterId}`]);
    expect(await holdersOf(world.db, v1)).toEqual([`previous:${adapterId}`]);
    expect((await annotationsOf(pending.id)).map(({ kind, title, tenantId: of }) => [kind, title, of])).toEqual([
      ["cutover", "support-bot of whole: v1 → v2", tenantId],
    ]);

    const rolledBack = await rollBack(pending.id);
    expect(rolledBack).toMatchObject({ phase: "rolled_back", canRollBack: false });
    expect(rolledBack.history.at(-1)).toMatchObject({ phase: "rolled_back", reason: "Errors rose." });
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1, previousVersionId: null }); // no fallback to v2
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1 });
    expect(await holdersOf(world.db, v1)).toEqual([`route:${adapterId}`]);
    expect(await holdersOf(world.db, v2)).toEqual([]);
    expect((await annotationsOf(pending.id)).at(-1)).toMatchObject({
      kind: "rollback",
      title: "support-bot of whole: v2 rolled back to v1",
    });
    expect(await auditOf(pending.id)).toEqual([
      ["cutover.rollback", "Errors rose."],
      ["cutover.start", null],
    ]);
    expect(await auditOf(firstCutoverId)).toEqual([["cutover.override", OVERRIDE]]);
    expect(await problemOf(rollBack(pending.id))).toMatchObject({ status: 409, code: "already_rolled_back" });
    const again = await start(adapterId, v2);
    expect(again).toMatchObject({ phase: "pending", verdictId: run.verdict?.id });
    await abort(again.id);
  });
});

describe("a version that was rolled back", () => {
  const versionFor = (versionId: string, client = world.admin) =>
    client.call("GET /versions/{versionId}", { params: { versionId } });
  const journeyFor = (tenantId: string, client = world.admin) =>
    client.call("GET /journey/tenants/{tenantId}", { params: { tenantId } });
  const idsIn = async (query: { tenantId: string; status: "rolled_back" | "ready" | "staged" }) =>
    (await world.admin.call("GET /adapters", { query })).items.map(({ id }) => id);

  it("says who, when and why on version, tenant and overview, and is proposed nowhere, until it goes live again", async () => {
    const { tenantId, adapterId } = await adopt("regretted");
    const v2 = await world.addVersion(adapterId);
    const second = await goLive(adapterId, v2);
    expect(await versionFor(v2)).toMatchObject({ status: "live", rollback: null });
    await rollBack(second.id);

    const rollback = { at: expect.any(String), by: second.requestedBy, reason: "Errors rose.", cutoverId: second.id };
    expect(await versionFor(v2)).toMatchObject({ status: "rolled_back", state: "ready", rollback });
    expect(await journeyFor(tenantId)).toMatchObject({
      rolledBack: { ...rollback, versionId: v2, number: 2 },
      nextStep: { step: "cutover", state: "rolled_back", whoseMove: "you", action: { kind: "add_version" } },
    });
    const overview = await world.admin.call("GET /overview", {});
    expect(overview.sentence).toMatch(/\d versions? (was|were) rolled back\./);
    expect(overview.needsYou.find((item) => item.tenantId === tenantId)?.state).toBe("rolled_back");
    expect(await idsIn({ tenantId, status: "rolled_back" })).toEqual([adapterId]);
    expect([await idsIn({ tenantId, status: "ready" }), await idsIn({ tenantId, status: "staged" })]).toEqual([[], []]);
    const batch = await world.admin.call("GET /cutover-candidates", { query: { adapters: adapterId } });
    expect(batch.items).toEqual([]);

    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    const shown = { ...rollback, by: "Your provider", reason: null };
    expect(await versionFor(v2, customer)).toMatchObject({ status: "rolled_back", rollback: shown });
    expect(await journeyFor(tenantId, customer)).toMatchObject({
      rolledBack: shown,
      nextStep: { whoseMove: "provider", sentence: "Version 2 was rolled back. Version 1 is live.", action: null },
    });

    const retried = await start(adapterId, v2, OVERRIDE);
    expect((await versionFor(v2)).status).toBe("staged");
    expect(await journeyFor(tenantId)).toMatchObject({ rolledBack: null, nextStep: { state: "busy" } });
    await abort(retried.id);
    expect((await versionFor(v2)).status).toBe("rolled_back");
    await goLive(adapterId, v2);
    expect(await versionFor(v2)).toMatchObject({ status: "live", rollback: null });
  });
});

describe("a gate that was not passed", () => {
  it.each([
    ["failed its gate", 200, "fail"],
    ["is inconclusive", 10, "inconclusive"],
  ])(
    "refuses a version that %s",
    async (words, promptCount, outcome) => {
      const { adapterId } = await adopt(`gate-${outcome}`, promptCount);
      const v2 = await world.addVersion(adapterId);
      const run = await evaluate(v2, {}, 3);
      expect(run.verdict?.outcome).toBe(outcome);
      const before = await routeOf(adapterId);
      const problem = await problemOf(start(adapterId, v2));
      expect(problem).toMatchObject({ status: 409, code: "gate_not_passed", errors: [{ field: "toVersionId" }] });
      expect(problem.detail).toContain(words);
      expect(problem.detail).toContain(run.id);
      expect(await routeOf(adapterId)).toEqual(before);
      // somebody else than who started the run
      const overridden = await goLive(adapterId, v2, await world.api.clientWith(["platform:admin"]));
      expect(overridden).toMatchObject({ phase: "completed", verdictId: run.verdict?.id, overrideReason: OVERRIDE });
    },
    120_000,
  );

  it("is another version's pass, too, and a pass that a newer run took back", async () => {
    const { tenantId, adapterId, versionId: v1 } = await adopt("stale-pass", 200);
    const v2 = await world.addVersion(adapterId);
    const v3 = await world.addVersion(adapterId);
    expect((await evaluate(v2)).verdict?.outcome).toBe("pass");
    expect(await problemOf(start(adapterId, v3))).toMatchObject({ code: "gate_not_passed" });

    const cutover = await start(adapterId, v2);
    const { id: suiteId } = await world.admin.call("POST /tenants/{tenantId}/suites", {
      params: { tenantId },
      body: { name: "Short", count: 10, seed: "acme" },
    });
    expect((await evaluate(v2, { suiteId })).verdict?.outcome).toBe("inconclusive");
    await turn();
    expect(await read(cutover.id)).toMatchObject({
      phase: "aborted",
      message: expect.stringMatching(/^The gate of Version 2 is inconclusive \(run_\S+\)\. Nothing was switched\.$/),
    });
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1 });
    expect(await holdersOf(world.db, v2)).toEqual([]);
    expect(await problemOf(start(adapterId, v2))).toMatchObject({ code: "gate_not_passed" });
  });
});

describe("warming", () => {
  it("waits for every node that serves, and leaves out cordoned ones", async () => {
    const { adapterId, versionId } = await world.addTenant("warm", 10);
    const cutover = await start(adapterId, versionId, OVERRIDE);
    await settleFleet(world.db, ({ nodeName }) => (nodeName === "node-2" ? "Being loaded." : null));
    const retrySoon = new Date(Date.now() + 5000);
    await inCatalog(({ client }) =>
      client.placement.updateMany({ where: { versionId }, data: { nextAttemptAt: retrySoon } }),
    );
    await turn();
    expect(await read(cutover.id)).toMatchObject({
      phase: "warming",
      message: "Routable on 1 of 2 nodes. node-2: Being loaded.",
    });
    expect((await routeOf(adapterId)).liveVersionId).toBeNull();
    const cordon = (cordoned: boolean) =>
      inCatalog(({ client }) => client.node.updateMany({ where: { name: "node-2" }, data: { cordoned } }));
    await cordon(true);
    await turn();
    await cordon(false);
    expect((await read(cutover.id)).phase).toBe("completed");
    expect((await annotationsOf(cutover.id))[0]?.title).toBe("support-bot of warm: v1 goes live (override)");
  });

  it("aborts when a node refuses the version for good; the old one keeps serving", async () => {
    const { adapterId, versionId: v1 } = await adopt("refused");
    const v2 = await world.addVersion(adapterId);
    const cutover = await start(adapterId, v2, OVERRIDE);
    await settleFleet(world.db, (placed) =>
      placed.versionId === v2 && placed.nodeName === "node-2" ? "A file is damaged." : null,
    );
    await turn();
    const aborted = await read(cutover.id);
    expect(aborted).toMatchObject({ phase: "aborted", canRollBack: false });
    expect(aborted.message).toContain("node-2: A file is damaged.");
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1 });
    expect(await holdersOf(world.db, v2)).toEqual([]);
    const [retention] = await inCatalog(({ client }) =>
      client.versionRetention.findMany({ where: { versionId: v2, holder: { startsWith: "cutover:" } } }),
    );
    expect(retention).toBeUndefined();
  });

  it("aborts when its version is withdrawn, or another went live meanwhile", async () => {
    const { adapterId, versionId: v1 } = await adopt("overtaken");
    const [v2, v3] = [await world.addVersion(adapterId), await world.addVersion(adapterId)];
    const setState = (id: string, state: "quarantined" | "ready") =>
      inCatalog(({ client }) => client.adapterVersion.update({ where: { id }, data: { state } }));
    const withdrawn = await start(adapterId, v2, OVERRIDE);
    await settleFleet(world.db);
    await setState(v2, "quarantined");
    await turn();
    expect(await read(withdrawn.id)).toMatchObject({
      phase: "aborted",
      message: "Version 2 is quarantined by now. Nothing was switched.",
    });
    await setState(v2, "ready");

    const overtaken = await start(adapterId, v3, OVERRIDE);
    await settleFleet(world.db);
    await inCatalog(({ client }) => client.route.update({ where: { adapterId }, data: { liveVersionId: v2 } }));
    await turn();
    expect(await read(overtaken.id)).toMatchObject({ phase: "aborted" });
    expect((await read(overtaken.id)).message).toContain("Another version went live since you loaded the page.");
    await inCatalog(({ client }) => client.route.update({ where: { adapterId }, data: { liveVersionId: v1 } }));
  });

  it("can be aborted by hand until it switches", async () => {
    const { tenantId, adapterId } = await adopt("by-hand");
    const v2 = await world.addVersion(adapterId);
    const cutover = await start(adapterId, v2, OVERRIDE);
    const operator = await world.api.clientWith(["platform:operate"]);
    expect(await abort(cutover.id, operator)).toMatchObject({ phase: "aborted", canAbort: false });
    expect(await holdersOf(world.db, v2)).toEqual([]);
    expect(await problemOf(abort(cutover.id))).toMatchObject({ status: 409, code: "wrong_phase" });
    expect(await problemOf(rollBack(cutover.id))).toMatchObject({ status: 409, code: "wrong_phase" });
    const { items } = await world.admin.call("GET /cutovers", { query: { tenantId, active: "true" } });
    expect(items).toEqual([]);
    const ended = await world.admin.call("GET /cutovers", { query: { tenantId, active: "false" } });
    expect(ended.items.map(({ phase }) => phase)).toEqual(["aborted", "completed"]);
  });
});

describe("rolling back", () => {
  it("has nothing to go back to after a first go-live", async () => {
    const { adapterId, versionId, firstCutoverId } = await adopt("only-one");
    expect(await problemOf(rollBack(firstCutoverId))).toMatchObject({ status: 409, code: "nothing_to_roll_back_to" });
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: versionId });
  });

  it("is done by the cutover whose version is live, and only to a version that may serve", async () => {
    const { adapterId, versionId: v1 } = await adopt("three");
    const [v2, v3] = [await world.addVersion(adapterId), await world.addVersion(adapterId)];
    const second = await goLive(adapterId, v2);
    const third = await goLive(adapterId, v3);
    expect(await holdersOf(world.db, v1)).toEqual([]);
    expect(await problemOf(rollBack(second.id))).toMatchObject({ status: 409, code: "not_live" });
    await inCatalog(({ client }) =>
      client.adapterVersion.update({ where: { id: v2 }, data: { state: "quarantined" } }),
    );
    expect(await problemOf(rollBack(third.id))).toMatchObject({ status: 409, code: "version_not_ready" });
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v3 });
    expect((await read(third.id)).phase).toBe("completed");
  });

  it("needs no node: the pointer moves even when the pool has lost them all", async () => {
    const { adapterId, versionId: v1 } = await adopt("nodeless");
    const second = await goLive(adapterId, await world.addVersion(adapterId));
    const setStandalone = (standalone: boolean) =>
      inCatalog(({ client }) => client.node.updateMany({ where: { name: { not: "node-s" } }, data: { standalone } }));
    await setStandalone(true);
    expect((await rollBack(second.id)).phase).toBe("rolled_back");
    await setStandalone(false);
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1 });
  });
});

describe("who may", () => {
  it("start: admins; roll back: operators too; customers read their own, without node names", async () => {
    const { tenantId, adapterId } = await adopt("roles");
    const { tenantId: otherId } = await world.addTenant("roles-other", 10);
    const v2 = await world.addVersion(adapterId);
    const viewer = await world.api.clientWith(["tenant:read"], tenantId);
    const operator = await world.api.clientWith(["platform:operate"]);
    const body = { toVersionId: v2, overrideReason: OVERRIDE };
    for (const client of [viewer, operator]) {
      const call = client.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
      expect(await problemOf(call)).toMatchObject({ status: 403 });
    }
    const cutover = await start(adapterId, v2, OVERRIDE);
    await settleFleet(world.db, ({ versionId }) => (versionId === v2 ? "A file is damaged." : null));
    await turn();
    const seen = await viewer.call("GET /cutovers/{cutoverId}", { params: { cutoverId: cutover.id } });
    expect(seen).toMatchObject({ phase: "aborted", message: null });
    expect(JSON.stringify(seen)).not.toContain("node-");
    expect(await problemOf(rollBack(cutover.id, viewer))).toMatchObject({ status: 403 });
    const other = await world.api.clientWith(["tenant:admin"], otherId);
    const foreign = other.call("GET /cutovers/{cutoverId}", { params: { cutoverId: cutover.id } });
    expect(await problemOf(foreign)).toMatchObject({ status: 404, code: "not_found" });
    expect((await other.call("GET /cutovers", { query: { tenantId } })).items).toEqual([]);
    const live = await goLive(adapterId, await world.addVersion(adapterId));
    expect((await rollBack(live.id, operator)).phase).toBe("rolled_back");
  });

  it("refuses bad input by field, and changes nothing", async () => {
    const { adapterId, versionId: v1 } = await adopt("bad-input");
    const { versionId: foreign } = await world.addTenant("bad-other", 10);
    const v2 = await world.addVersion(adapterId);
    for (const id of [foreign, newId("version"), "nonsense"])
      expect(await problemOf(start(adapterId, id, OVERRIDE))).toMatchObject({
        status: 422,
        errors: [{ field: "toVersionId", code: "unknown_version" }],
      });
    expect(await problemOf(start(adapterId, v2, "too short"))).toMatchObject({
      status: 422,
      errors: [{ field: "overrideReason", code: "too_small" }],
    });
    expect(await problemOf(start(adapterId, v1, OVERRIDE))).toMatchObject({ status: 409, code: "already_live" });
    expect(await problemOf(start(newId("adapter"), v2, OVERRIDE))).toMatchObject({ status: 404 });
    const { items } = await world.admin.call("GET /cutovers", { query: { adapterId } });
    expect(items).toHaveLength(1);
  });
});
