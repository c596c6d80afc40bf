import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { NO_POLICY, type ReleasePolicy } from "../browser/policy-schema.ts";
import { cutoverTurn } from "../testing/cutover-turn.ts";
import { releaseTurn } from "../testing/release-turn.ts";
import { createShareWorld, type ShareWorld } from "../testing/share-world.ts";

let world: ShareWorld;
beforeAll(async () => {
  world = await createShareWorld();
});
afterAll(() => world.close());

const inCatalog = <T>(work: Parameters<typeof world.db.write<T>>[1]) => world.db.write(platformScope, work);
const turn = async () => {
  await releaseTurn(world.api.deps);
  await settleFleet(world.db);
};
const policyOf = (tenantId: string, client = world.admin) =>
  client.call("GET /tenants/{tenantId}/release-policy", { params: { tenantId } });
async function setPolicy(tenantId: string, change: Partial<ReleasePolicy>, client = world.admin) {
  const { generation } = await policyOf(tenantId);
  const body = { ...NO_POLICY, ...change };
  return client.call("PUT /tenants/{tenantId}/release-policy", { params: { tenantId }, body, generation });
}
const runsOf = async (versionId: string) =>
  (await world.admin.call("GET /runs", { query: { versionId } })).items.map(({ state, requestedBy }) => [
    state,
    requestedBy,
  ]);
const cutoversOf = async (adapterId: string) =>
  (await world.admin.call("GET /cutovers", { query: { adapterId } })).items;
const releaseOf = (versionId: string) =>
  inCatalog(({ client }) => client.versionRelease.findUnique({ where: { versionId } }));
const placementsOf = async (versionId: string) =>
  (await world.admin.call("GET /placements", { query: { versionId } })).items.length;

/** A tenant with version 1 live under a policy, and version 2 that was added since. */
async function begin(slug: string, policy: Partial<ReleasePolicy>) {
  const { tenantId, adapterId, versionId: v1 } = await world.addTenant(slug, 10);
  await world.goLive(adapterId, v1);
  await setPolicy(tenantId, policy);
  return { tenantId, adapterId, v1, v2: await world.addVersion(adapterId) };
}

describe("a release policy", () => {
  it("brings a new version as far as it reaches, step by step, and says who did it", async () => {
    const { adapterId, v2 } = await begin("goes-far", { reach: "live" });
    await turn();
    expect(await placementsOf(v2)).toBe(1);
    expect(await runsOf(v2)).toEqual([]);
    await turn();
    expect(await runsOf(v2)).toEqual([["queued", "release policy"]]);
    expect(await releaseOf(v2)).toMatchObject({ action: "run_gate", message: "Version 2 is loaded.", failedAt: null });
    await turn();
    expect(await runsOf(v2)).toHaveLength(1);
    await passRun(v2);
    await turn();
    const [cutover] = await cutoversOf(adapterId);
    expect(cutover).toMatchObject({ toVersionId: v2, requestedBy: "release policy", overrideReason: null });
    await turn();
    const audit = (await world.admin.call("GET /audit", { query: { objectId: cutover?.id ?? "" } })).items;
    expect(audit).toMatchObject([{ action: "cutover.start", actor: { label: "release policy" } }]);
  });

  it("stops where it reaches no further, and leaves versions from before alone", async () => {
    const loaded = await begin("only-loads", { reach: "loaded" });
    for (let times = 0; times < 3; times += 1) await turn();
    expect(await placementsOf(loaded.v2)).toBe(1);
    expect(await runsOf(loaded.v2)).toEqual([]);
    const none = await begin("no-reach", {});
    await setPolicy(none.tenantId, { reach: "live" });
    await turn();
    expect(await placementsOf(none.v2)).toBe(0);
  });

  it("starts no second cutover to a version that was taken back", async () => {
    const { adapterId, v2 } = await begin("once", { reach: "live" });
    await world.load(v2);
    await world.passGate(v2);
    await turn();
    const [cutover] = await cutoversOf(adapterId);
    await world.admin.call("POST /cutovers/{cutoverId}/abort", { params: { cutoverId: cutover?.id ?? "" }, body: {} });
    await turn();
    expect(await cutoversOf(adapterId)).toHaveLength(2);
  });

  it("says what stands in its way, and tries again later, not at once", async () => {
    const { tenantId, v2 } = await begin("no-suite", { reach: "gate" });
    await inCatalog(({ client }) => client.evalSuite.deleteMany({ where: { tenantId } }));
    await turn();
    await turn();
    const first = await releaseOf(v2);
    expect(first).toMatchObject({
      action: "run_gate",
      tries: 1,
      message: "Version 2 is loaded. The tenant has no suite of prompts yet. Generate one first.",
    });
    await turn();
    expect(await releaseOf(v2)).toEqual(first);
    await inCatalog(({ client }) =>
      client.versionRelease.update({ where: { versionId: v2 }, data: { nextTryAt: new Date(0) } }),
    );
    await turn();
    expect(await releaseOf(v2)).toMatchObject({ tries: 2 });
    const params = { tenantId };
    await world.admin.call("POST /tenants/{tenantId}/suites", { params, body: { name: "Gate", count: 10 } });
    await inCatalog(({ client }) =>
      client.versionRelease.update({ where: { versionId: v2 }, data: { nextTryAt: new Date(0) } }),
    );
    await turn();
    expect(await releaseOf(v2)).toMatchObject({ tries: 0, failedAt: null, nextTryAt: null });
  });

  it("reaches customers in its hours only", async () => {
    const hours = [closedNow()];
    const { tenantId, adapterId, versionId } = await world.addTenant("hours", 10);
    await setPolicy(tenantId, { reach: "live", hours });
    await addedSince(versionId);
    await world.load(versionId);
    await world.passGate(versionId);
    await turn();
    expect(await cutoversOf(adapterId)).toEqual([]);
    await setPolicy(tenantId, { reach: "live" });
    await turn();
    await setPolicy(tenantId, { reach: "live", hours });
    await cutoverTurn(world.api.deps);
    expect(await cutoversOf(adapterId)).toMatchObject([
      { phase: "warming", message: expect.stringMatching(/^Waits for the hours of its release policy: .* UTC\.$/) },
    ]);
    await setPolicy(tenantId, { reach: "live" });
    await cutoverTurn(world.api.deps);
    expect(await cutoversOf(adapterId)).toMatchObject([{ phase: "completed" }]);
  });

  it("that reaches a canary stops there until we agree", async () => {
    const { tenantId, adapterId, versionId: v1 } = await world.addTenant("first-live", 10);
    await setPolicy(tenantId, { reach: "canary" });
    await addedSince(v1);
    await world.load(v1);
    await world.passGate(v1);
    await turn();
    await cutoverTurn(world.api.deps);
    const [cutover] = await cutoversOf(adapterId);
    expect(cutover).toMatchObject({ phase: "warming", awaitingApproval: true });
    const { items } = await world.admin.call("GET /approvals", { query: { cutoverId: cutover?.id ?? "" } });
    expect(items).toMatchObject([{ step: "live", decider: "platform", state: "pending" }]);
  });
});

describe("changing a release policy", () => {
  it("is the admins', with the generation that they saw, and shows it in words", async () => {
    const { tenantId } = await world.addTenant("changed", 10);
    const before = await policyOf(tenantId);
    expect(before).toMatchObject({ policy: NO_POLICY, since: null });
    const set = await setPolicy(tenantId, { reach: "gate", beforeLive: "customer" });
    expect(set.sentence).toMatch(/^A new version is checked, loaded and evaluated automatically/);
    expect(set.since).not.toBeNull();
    expect((await setPolicy(tenantId, { reach: "loaded" })).since).toBe(set.since);
    const stale = world.admin.call("PUT /tenants/{tenantId}/release-policy", {
      params: { tenantId },
      body: NO_POLICY,
      generation: before.generation,
    });
    expect(await problemOf(stale)).toMatchObject({ status: 412 });
    expect(await problemOf(setPolicy(tenantId, { beforeLive: "customer", onSilence: "goes_on" }))).toMatchObject({
      status: 422,
      errors: [{ field: "onSilence" }],
    });
    for (const scope of ["platform:operate", "platform:read"] as const)
      expect(await problemOf(setPolicy(tenantId, {}, await world.api.clientWith([scope])))).toMatchObject({
        status: 403,
      });
    const customer = await world.api.clientWith(["tenant:admin"], tenantId);
    expect(await problemOf(setPolicy(tenantId, {}, customer))).toMatchObject({ status: 403 });
  });
});

describe("what new tenants begin with", () => {
  it("is a setting of the platform, which those that are there do not follow", async () => {
    const before = await world.admin.call("GET /release-policy", {});
    expect(before).toMatchObject({ policy: NO_POLICY, generation: 1 });
    const there = await world.addTenant("there-before", 10);
    const policy = { ...NO_POLICY, reach: "gate" as const, beforeLive: "customer" as const };
    const set = (client = world.admin) =>
      client.call("PUT /release-policy", { body: policy, generation: before.generation });
    expect(await problemOf(set(await world.api.clientWith(["platform:operate"])))).toMatchObject({ status: 403 });
    expect(await set()).toMatchObject({ policy, generation: 2 });
    expect(await problemOf(set())).toMatchObject({ status: 412 });
    const { id } = await world.admin.call("POST /tenants", { body: { slug: "there-after", name: "After" } });
    expect(await policyOf(id)).toMatchObject({ policy, since: expect.any(String) });
    expect(await policyOf(there.tenantId)).toMatchObject({ policy: NO_POLICY, since: null });
  });
});

/** As if it had come after its tenant's policy. */
const addedSince = (versionId: string) =>
  inCatalog(({ client }) =>
    client.adapterVersion.update({ where: { id: versionId }, data: { createdAt: new Date() } }),
  );

/** A minute of the week that is not now. */
function closedNow() {
  const day = (["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const)[(new Date().getUTCDay() + 3) % 7] ?? "sun";
  return { from: { day, time: "03:00" }, to: { day, time: "03:01" }, timeZone: "UTC" };
}

/** Ends the queued run of a version with a pass. */
async function passRun(versionId: string) {
  const [run] = (await world.admin.call("GET /runs", { query: { versionId } })).items;
  await world.admin.call("POST /runs/{runId}/cancel", { params: { runId: run?.id ?? "" } });
  await inCatalog(({ client }) => client.evalRun.delete({ where: { id: run?.id ?? "" } }));
  await world.passGate(versionId);
}
