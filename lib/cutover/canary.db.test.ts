import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { holdersOf, settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { DEFAULT_PLAN } from "./browser/canary-defaults.ts";
import type { PlanChoice } from "./browser/plan-schema.ts";
import { cutoverTurn } from "./testing/cutover-turn.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "./testing/share-world.ts";
import { trafficDouble } from "./testing/traffic-double.ts";

let world: ShareWorld;
let traffic: ReturnType<typeof trafficDouble>;
beforeAll(async () => {
  world = await createShareWorld();
  traffic = trafficDouble(world.db);
});
afterAll(() => world.close());
beforeEach(() => traffic.heard());

const turn = () => cutoverTurn(world.api.deps);
const read = (cutoverId: string) => world.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
const guardOf = (cutoverId: string) => world.admin.call("GET /cutovers/{cutoverId}/guard", { params: { cutoverId } });
const routeOf = async (adapterId: string) => (await world.adapter(adapterId)).route;
const act = async (verb: "promote" | "pause" | "resume", cutoverId: string, body: object = {}, generation?: number) =>
  world.admin.call(`POST /cutovers/{cutoverId}/${verb}`, {
    params: { cutoverId },
    body,
    generation: generation ?? (await read(cutoverId)).generation,
  });
const rollBack = (cutoverId: string) =>
  world.admin.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId }, body: {} });
const inCatalog = <T>(work: Parameters<typeof world.db.write<T>>[1]) => world.db.write(platformScope, work);
const auditOf = async (objectId: string) =>
  (await world.admin.call("GET /audit", { query: { objectId } })).items.map(({ action }) => action);

/** Steps that take no time of their own. */
const QUICK: PlanChoice = { weights: [10, 50], minRequests: 30, minMinutes: 0, soakMinutes: 0 };

/** An adapter whose version 1 has answered `before` requests; a cutover to version 2 stands at its first step. */
async function begin(slug: string, { plan = QUICK, before = 400 }: { plan?: PlanChoice; before?: number } = {}) {
  const { tenantId, adapterId, versionId: v1 } = await world.addTenant(slug, 10);
  await world.goLive(adapterId, v1);
  const live = { tenantId, adapterId, versionId: v1 };
  if (before > 0) await traffic.asked(before, live);
  const v2 = await world.addVersion(adapterId);
  const cutover = await start(adapterId, v2, plan);
  await settleFleet(world.db);
  await turn();
  return { tenantId, adapterId, v1, v2, id: cutover.id, live, candidate: { tenantId, adapterId, versionId: v2 } };
}
const start = (adapterId: string, toVersionId: string, plan: PlanChoice) =>
  world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, overrideReason: OVERRIDE, plan },
  });

describe("a cutover with enough traffic", () => {
  it("goes through shadow and every weight as its requests come, and keeps the version before warm", async () => {
    const { adapterId, v1, v2, id, live, candidate } = await begin("stepwise");
    expect(await read(id)).toMatchObject({
      phase: "shadow",
      track: { kind: "stepwise" },
      message: "0 of 30 copies, no breach. Waits for 30 more.",
      canPromote: true,
      canAbort: true,
      canRollBack: false,
      weight: 0,
    });
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1, mirrorVersionId: v2, weightPercent: 0 });
    await traffic.asked(30, candidate, { kind: "shadow", comparison: "same" });
    await turn();
    expect(await read(id)).toMatchObject({
      phase: "canary",
      weight: 10,
      stepIndex: 0,
      canAbort: false,
      canRollBack: true,
    });
    expect(await routeOf(adapterId)).toMatchObject({
      liveVersionId: v1,
      candidateVersionId: v2,
      weightPercent: 10,
      mirrorVersionId: null,
    });
    await traffic.asked(29, candidate);
    await turn();
    expect((await read(id)).message).toBe("29 of 30 requests, no breach. Waits for 1 more.");
    await traffic.asked(1, candidate);
    await turn();
    expect(await read(id)).toMatchObject({ phase: "canary", weight: 50, stepIndex: 1 });
    await traffic.asked(30, candidate);
    await traffic.asked(30, live);
    await turn();
    const done = await read(id);
    expect(done.history.map(({ phase, weight }) => [phase, weight])).toEqual([
      ["pending", undefined],
      ["warming", 0],
      ["shadow", 0],
      ["canary", 10],
      ["canary", 50],
      ["full", 100],
      ["completed", 100],
    ]);
    expect(done.history.at(-2)?.reason).toMatch(/^30 requests in .*, and no breach\.$/);
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v2, candidateVersionId: null, weightPercent: 0 });
    expect(await holdersOf(world.db, v1)).toEqual([`previous:${adapterId}`]);
    expect((await guardOf(id)).comparisons).toMatchObject({ same: { value: 30 }, different: { value: 0 } });
  });

  it("is rolled back by its guard in mid-canary, whether or not it is paused, with reason and mark", async () => {
    const { adapterId, v1, v2, id, live, candidate } = await begin("breach", { plan: { ...QUICK, shadow: false } });
    await act("pause", id, { reason: "Lunch." });
    expect(await read(id)).toMatchObject({ phase: "canary", paused: true });
    await traffic.asked(60, live);
    await traffic.asked(12, candidate);
    await turn();
    expect((await read(id)).message).toBe("Paused until it is resumed. The guard keeps running.");
    // failures that the live version made good, and some that nobody did
    await traffic.asked(5, live, { failedVersionId: v2 });
    await traffic.asked(5, candidate, { status: 502 });
    const before = await guardOf(id);
    expect(before.signals[0]).toMatchObject({ candidateCounts: { bad: 10, of: 22 }, liveCounts: { bad: 0, of: 60 } });
    await turn();
    const ended = await read(id);
    expect(ended).toMatchObject({ phase: "rolled_back", weight: 0, paused: false, canRollBack: false });
    expect(ended.guardedAt).not.toBeNull();
    expect(ended.message).toMatch(/^Guard: 10 of 22 failed requests beside 0 of 60, at least .* % more with/);
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1, candidateVersionId: null, weightPercent: 0 });
    expect(await holdersOf(world.db, v2)).toEqual([]);
    expect(await holdersOf(world.db, v1)).toEqual([`route:${adapterId}`]);
    const marks = await inCatalog(({ client }) =>
      client.annotation.findMany({ where: { ref: { path: ["id"], equals: id } }, orderBy: { id: "asc" } }),
    );
    expect(marks.map(({ title }) => title)).toEqual([
      "support-bot of breach: v2 gets 10 %",
      "support-bot of breach: v2 rolled back to v1 by its guard",
    ]);
    expect((await guardOf(id)).step).toMatchObject({ phase: "canary", weight: 10 });
  });

  it("is rolled back by tool calls that break their schema, and by late replies", async () => {
    const tools = await begin("tools", { plan: { ...QUICK, shadow: false } });
    await traffic.asked(80, tools.live, { toolCalls: "valid" });
    await traffic.asked(10, tools.candidate, { toolCalls: "none" });
    await traffic.asked(14, tools.candidate, { toolCalls: "invalid" });
    await turn();
    expect((await read(tools.id)).message).toContain("14 of 14 tool calls that break their schema beside 0 of 80");

    const late = await begin("late", { plan: { ...QUICK, shadow: false } });
    const slow = { endedAt: new Date(Date.now() + 5_000) };
    await traffic.asked(80, late.live);
    await traffic.asked(20, late.candidate, slow);
    await turn();
    expect((await read(late.id)).message).toContain(
      "20 of 20 replies later than the live version's p95 beside 0 of 80",
    );
  });

  it("returns to the version before with one pointer change when the soak is breached", async () => {
    const plan = { shadow: false, weights: [], soakMinutes: 60, minMinutes: 0 };
    const { adapterId, v1, v2, id, candidate } = await begin("soak", { plan });
    expect(await read(id)).toMatchObject({ phase: "soaking", weight: 100, canRollBack: true });
    await traffic.asked(20, candidate);
    await turn();
    expect((await read(id)).message).toMatch(/^Soaks for another 60 min\. 20 requests so far, and no breach\.$/);
    await traffic.asked(10, candidate, { status: 500 });
    await turn();
    expect(await read(id)).toMatchObject({ phase: "rolled_back" });
    expect((await read(id)).message).toContain("10 of 30 failed requests beside 0 of 400");
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1, previousVersionId: null });
    expect(await holdersOf(world.db, v2)).toEqual([]);
  });
});

describe("a cutover with little traffic or none", () => {
  it("says why, copies every request, and goes live with a soak once the copies are there", async () => {
    const { adapterId, v2, id, candidate } = await begin("little", { plan: { minMinutes: 0 }, before: 20 });
    const shadow = await read(id);
    expect(shadow).toMatchObject({ phase: "shadow", track: { kind: "shadow_only" } });
    expect(shadow.plan).toEqual({ ...DEFAULT_PLAN, minMinutes: 0 });
    expect(shadow.track?.reason).toContain("Too little traffic for a canary");
    expect(await routeOf(adapterId)).toMatchObject({ mirrorVersionId: v2, mirrorPercent: 100 });
    await traffic.asked(30, candidate, { kind: "shadow" });
    await turn();
    expect((await read(id)).history.map(({ phase }) => phase).slice(-3)).toEqual(["shadow", "full", "soaking"]);
    await act("promote", id, { reason: "Seen enough." });
    expect(await read(id)).toMatchObject({ phase: "completed" });
  });

  it("waits in shadow for good, and goes on without samples only when an admin says so", async () => {
    const { id } = await begin("silent", { plan: { minMinutes: 0 }, before: 0 });
    await turn();
    expect(await read(id)).toMatchObject({ phase: "shadow", message: expect.stringContaining("0 of 30 copies") });
    expect(await problemOf(act("promote", id))).toMatchObject({
      status: 409,
      code: "too_few_samples",
      errors: [{ field: "withoutSamples" }],
    });
    await act("promote", id, { withoutSamples: true, reason: "The customer is on holiday." });
    await turn();
    const after = await read(id);
    expect(after.history.map(({ phase }) => phase).slice(-3)).toEqual(["shadow", "full", "soaking"]);
    expect(after.history.at(-2)?.reason).toBe(
      "Promoted manually without the required samples (0 samples): The customer is on holiday.",
    );
    const { items } = await world.admin.call("GET /audit", { query: { objectId: id } });
    expect(items[0]).toMatchObject({ action: "cutover.promote", after: { withoutSamples: true, samples: 0 } });
  });

  it("of a first version skips what has nothing to compare with, and says so", async () => {
    const { adapterId, versionId } = await world.addTenant("first", 10);
    const { id } = await start(adapterId, versionId, {});
    await settleFleet(world.db);
    await turn();
    const done = await read(id);
    expect(done.history.map(({ phase }) => phase)).toEqual(["pending", "warming", "full", "completed"]);
    expect(done.history[2]?.reason).toBe(
      "Nothing is live yet: there is nothing to compare with, and nothing to go back to.",
    );
  });

  it("that moves a customer in is compared with its origin, and a canary returns there", async () => {
    const { tenantId, adapterId, versionId, endpointId } = await world.addAtOrigin("from-origin");
    const atOrigin = { tenantId, adapterId, versionId: null };
    await traffic.asked(400, atOrigin, { via: "origin", endpointId });
    const { id } = await start(adapterId, versionId, QUICK);
    await settleFleet(world.db);
    await turn();
    await traffic.asked(30, { tenantId, adapterId, versionId }, { kind: "shadow" });
    await turn();
    expect(await read(id)).toMatchObject({ phase: "canary", weight: 10, fromOrigin: true });
    await traffic.asked(80, atOrigin, { via: "origin", endpointId });
    await traffic.asked(12, { tenantId, adapterId, versionId }, { status: 500 });
    await turn();
    expect((await read(id)).message).toContain("12 of 12 failed requests beside 0 of 80");
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: null, candidateVersionId: null });
  });
});

describe("what is unknown or gone", () => {
  it("holds a canary while no gateway is heard, however many traces are old", async () => {
    const { id, candidate } = await begin("unheard", { plan: { ...QUICK, shadow: false } });
    await traffic.asked(50, candidate);
    for (const seenAt of [null, new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)]) {
      await traffic.heard(seenAt);
      await turn();
      expect(await read(id)).toMatchObject({
        phase: "canary",
        message: "No gateway reports on requests, so the step waits.",
      });
    }
    expect((await guardOf(id)).isHeard).toBe(false);
    expect((await guardOf(id)).samples.value).toBeNull();
    expect(await problemOf(act("promote", id))).toMatchObject({ code: "too_few_samples" });
    await traffic.heard();
    await turn();
    expect(await read(id)).toMatchObject({ phase: "canary", weight: 50 });
  });

  it("holds a canary whose version is unloaded, and ends one whose version is withdrawn", async () => {
    const { adapterId, v1, v2, id, candidate } = await begin("gone", { plan: { ...QUICK, shadow: false } });
    await traffic.asked(30, candidate);
    await inCatalog(({ client }) => client.registration.deleteMany({ where: { versionId: v2 } }));
    await turn();
    expect((await read(id)).message).toMatch(/^Version 2 is routable on no node now\./);
    await inCatalog(({ client }) =>
      client.adapterVersion.update({ where: { id: v2 }, data: { state: "quarantined" } }),
    );
    await turn();
    expect(await read(id)).toMatchObject({ phase: "rolled_back", message: "Version 2 is quarantined by now." });
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1, candidateVersionId: null });
  });

  it("holds a step whose begin lies in the future", async () => {
    const { id, candidate } = await begin("clock", { plan: { ...QUICK, shadow: false } });
    await traffic.asked(40, candidate);
    const stepAt = new Date(Date.now() + 3_600_000);
    await inCatalog(({ client }) => client.cutover.update({ where: { id }, data: { stepAt } }));
    await turn();
    expect((await read(id)).message).toBe(
      "The clock is earlier than the start of this step. The step waits until then.",
    );
  });

  it("holds under a freeze, and is rolled back all the same", async () => {
    const { id, live, candidate } = await begin("frozen", { plan: { ...QUICK, shadow: false } });
    const control = await world.admin.call("POST /controls", {
      body: { kind: "freeze", minutes: 10, reason: "Release day." },
    });
    await traffic.asked(60, live);
    await traffic.asked(40, candidate);
    await turn();
    const message = expect.stringMatching(/^Paused by freeze: .*: Release day\. The guard keeps running\.$/);
    expect(await read(id)).toMatchObject({ phase: "canary", message });
    expect(await problemOf(act("promote", id))).toMatchObject({ status: 409, code: "frozen" });
    await traffic.asked(40, candidate, { status: 500 });
    await turn();
    expect((await read(id)).phase).toBe("rolled_back");
    await world.admin.call("POST /controls/{controlId}/revert", { params: { controlId: control.id }, body: {} });
  });

  it("steps one cutover without touching another that stands beside it", async () => {
    const one = await begin("beside-one", { plan: { ...QUICK, shadow: false } });
    const other = await begin("beside-other", { plan: { ...QUICK, shadow: false } });
    await traffic.asked(60, one.live);
    await traffic.asked(20, one.candidate, { status: 500 });
    await traffic.asked(30, other.candidate);
    await turn();
    expect(await read(one.id)).toMatchObject({ phase: "rolled_back" });
    expect(await read(other.id)).toMatchObject({ phase: "canary", weight: 50 });
  });
});

describe("steps by hand", () => {
  it("are taken once, by whoever saw the present state", async () => {
    const { id, candidate } = await begin("two-admins", { plan: { ...QUICK, shadow: false } });
    await traffic.asked(30, candidate);
    const { generation } = await read(id);
    const both = await Promise.allSettled([
      act("promote", id, {}, generation),
      act("promote", id, {}, generation),
      act("pause", id, {}, generation),
    ]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of both)
      if (one.status === "rejected")
        expect(await problemOf(Promise.reject(one.reason))).toMatchObject({ code: "stale" });
    expect((await read(id)).generation).toBe(generation + 1);
  });

  it("pause and resume, and say so in history and trail", async () => {
    const { id, candidate } = await begin("paused", { plan: { ...QUICK, shadow: false } });
    await traffic.asked(30, candidate);
    await act("pause", id);
    expect(await problemOf(act("pause", id))).toMatchObject({ status: 409, code: "already_paused" });
    expect(await problemOf(act("promote", id))).toMatchObject({ status: 409, code: "held" });
    await turn();
    expect(await read(id)).toMatchObject({ phase: "canary", weight: 10, paused: true });
    await act("resume", id, { reason: "Back." });
    expect(await problemOf(act("resume", id))).toMatchObject({ status: 409, code: "not_paused" });
    expect((await read(id)).history.slice(-2).map(({ reason }) => reason)).toEqual(["Paused.", "Resumed: Back."]);
    await turn();
    expect(await read(id)).toMatchObject({ weight: 50 });
    await rollBack(id);
    expect(await auditOf(id)).toEqual(["cutover.rollback", "cutover.resume", "cutover.pause", "cutover.override"]);
    expect(await problemOf(act("pause", id))).toMatchObject({ status: 409, code: "wrong_phase" });
    expect(await problemOf(act("promote", id))).toMatchObject({ status: 409, code: "wrong_phase" });
  });

  it("abort a shadow: no more copies are made, and nothing was switched", async () => {
    const { adapterId, v1, v2, id } = await begin("abort-shadow");
    await world.admin.call("POST /cutovers/{cutoverId}/abort", { params: { cutoverId: id }, body: {} });
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v1, mirrorVersionId: null, mirrorPercent: 0 });
    expect(await holdersOf(world.db, v2)).toEqual([]);
  });

  it("are refused to those who may not, and to other tenants", async () => {
    const { tenantId, id } = await begin("step-roles");
    const operator = await world.api.clientWith(["platform:operate"]);
    const viewer = await world.api.clientWith(["tenant:read"], tenantId);
    const { generation } = await read(id);
    const params = { cutoverId: id };
    for (const client of [operator, viewer])
      expect(
        await problemOf(client.call("POST /cutovers/{cutoverId}/promote", { params, body: {}, generation })),
      ).toMatchObject({ status: 403 });
    expect(await problemOf(viewer.call("GET /cutovers/{cutoverId}/guard", { params }))).toMatchObject({ status: 403 });
    const seen = await viewer.call("GET /cutovers/{cutoverId}", { params });
    expect(seen).toMatchObject({ phase: "shadow", message: null });
    await operator.call("POST /cutovers/{cutoverId}/pause", { params, body: {}, generation });
    expect(await read(id)).toMatchObject({ paused: true });
  });
});
