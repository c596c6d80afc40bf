import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { settleFleet } from "#lib/evals/testing/settle-fleet.ts";
import { platformScope, tenantScope } from "#lib/platform/scope.ts";
import { AT_ONCE } from "../browser/canary-defaults.ts";
import type { PlanChoice } from "../browser/plan-schema.ts";
import { NO_POLICY, type ReleasePolicy } from "../browser/policy-schema.ts";
import { cutoverTurn } from "../testing/cutover-turn.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "../testing/share-world.ts";
import { trafficDouble } from "../testing/traffic-double.ts";

let world: ShareWorld;
let traffic: ReturnType<typeof trafficDouble>;
beforeAll(async () => {
  world = await createShareWorld();
  traffic = trafficDouble(world.db);
});
afterAll(() => world.close());
beforeEach(() => traffic.heard());

const turn = () => cutoverTurn(world.api.deps);
const inCatalog = <T>(work: Parameters<typeof world.db.write<T>>[1]) => world.db.write(platformScope, work);
const read = (cutoverId: string, client = world.admin) =>
  client.call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
const liveOf = async (adapterId: string) => (await world.adapter(adapterId)).route.liveVersionId;
const approvals = async (cutoverId: string, client = world.admin) =>
  (await client.call("GET /approvals", { query: { cutoverId } })).items;
const decide = (verb: "approve" | "decline", approvalId: string, client = world.admin, comment?: string) =>
  client.call(`POST /approvals/{approvalId}/${verb}`, {
    params: { approvalId },
    body: comment === undefined ? {} : { comment },
  });
const auditOf = async (objectId: string) =>
  (await world.admin.call("GET /audit", { query: { objectId } })).items.map(({ action }) => action);

async function setPolicy(tenantId: string, change: Partial<ReleasePolicy>) {
  const params = { tenantId };
  const { generation } = await world.admin.call("GET /tenants/{tenantId}/release-policy", { params });
  const body = { ...NO_POLICY, ...change };
  return world.admin.call("PUT /tenants/{tenantId}/release-policy", { params, body, generation });
}

type Begin = { plan?: PlanChoice; isProven?: boolean; before?: number };

/** A tenant with version 1 live; the cutover to version 2 is warm and asks whom its policy names. */
async function begin(slug: string, policy: Partial<ReleasePolicy>, { plan = AT_ONCE, isProven, before }: Begin = {}) {
  const { tenantId, adapterId, versionId: v1 } = await world.addTenant(slug, 10);
  await world.goLive(adapterId, v1);
  if (before) await traffic.asked(before, { tenantId, adapterId, versionId: v1 });
  await setPolicy(tenantId, policy);
  const v2 = await world.addVersion(adapterId);
  if (isProven) await world.passGate(v2);
  const { id } = await world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId: v2, plan, ...(isProven ? {} : { overrideReason: OVERRIDE }) },
  });
  await settleFleet(world.db);
  await turn();
  const customer = await world.api.clientWith(["tenant:admin"], tenantId);
  const viewer = await world.api.clientWith(["tenant:read"], tenantId);
  return { tenantId, adapterId, v1, v2, id, customer, viewer };
}

/** The one approval that a cutover waits for. */
async function pendingOf(cutoverId: string) {
  const [approval] = (await approvals(cutoverId)).filter(({ state }) => state === "pending");
  if (!approval) throw new Error("nothing is asked");
  return approval;
}
const lateBy = (approvalId: string) =>
  inCatalog(({ client }) => {
    const [createdAt, expiresAt] = [new Date(Date.now() - 72 * 3_600_000), new Date(Date.now() - 1)];
    return client.approval.updateMany({ where: { id: approvalId }, data: { createdAt, expiresAt } });
  });

describe("going live that waits for the customer", () => {
  it("goes live once its admin approves: not by a viewer, not by us, and not for another tenant to see", async () => {
    const { adapterId, v1, v2, id, customer, viewer } = await begin("asks", { beforeLive: "customer" });
    expect(await read(id)).toMatchObject({
      phase: "warming",
      awaitingApproval: true,
      message: "Waits for the approval of the customer, before it goes live.",
    });
    await turn();
    expect(await liveOf(adapterId)).toBe(v1);
    const { id: approvalId } = await pendingOf(id);
    const shown = await customer.call("GET /approvals/{approvalId}", { params: { approvalId } });
    expect(shown).toMatchObject({
      state: "pending",
      canDecide: true,
      fromNumber: 1,
      toNumber: 2,
      onSilence: "nothing",
      overrideReason: OVERRIDE,
      gate: null,
      how: "Once approved, version 2 answers all requests at once. The version that answers now stays loaded, so that a rollback is immediate.",
    });
    expect(Date.parse(shown.expiresAt) - Date.parse(shown.createdAt)).toBe(72 * 3_600_000);
    expect(await approvals(id, viewer)).toMatchObject([{ id: approvalId, canDecide: false }]);
    expect(await problemOf(decide("approve", approvalId, viewer))).toMatchObject({ status: 403 });
    expect(await problemOf(decide("approve", approvalId))).toMatchObject({
      status: 403,
      detail: "Only the customer can decide this.",
    });
    const other = await world.addTenant("asks-other", 10);
    const stranger = await world.api.clientWith(["tenant:admin"], other.tenantId);
    expect((await stranger.call("GET /approvals", { query: {} })).items).toEqual([]);
    for (const verb of ["approve", "decline"] as const)
      expect(await problemOf(decide(verb, approvalId, stranger))).toMatchObject({ status: 404 });

    const approved = await decide("approve", approvalId, customer, "Tested by our own people.");
    expect(approved).toMatchObject({ state: "approved", canDecide: false, comment: "Tested by our own people." });
    expect(await decide("approve", approvalId, customer)).toEqual(approved);
    expect(await problemOf(decide("decline", approvalId, customer))).toMatchObject({ code: "already_decided" });
    await turn();
    expect(await read(id)).toMatchObject({ phase: "completed", awaitingApproval: false });
    expect(await liveOf(adapterId)).toBe(v2);
    const { history } = await read(id);
    expect(history.map(({ phase, reason }) => [phase, reason])).toMatchObject([
      ["pending", OVERRIDE],
      ["warming", null],
      ["warming", "Asked the customer before it goes live."],
      ["warming", "Approved by key tenant:admin: Tested by our own people."],
      ["full", expect.any(String)],
      ["completed", null],
    ]);
    expect(await auditOf(approvalId)).toEqual(["approval.approve", "approval.approve", "approval.ask"]);

    const seen = await read(id, customer);
    expect(seen.requestedBy).toBe("Your provider");
    expect(seen.history.map(({ by, reason }) => [by, reason])).toEqual([
      ["Your provider", OVERRIDE],
      ["Your provider", null],
      ["Your provider", null],
      ["key tenant:admin", "Approved by key tenant:admin: Tested by our own people."],
      ["Your provider", null],
      ["Your provider", null],
    ]);
  });

  it("ends with what was live when it is declined", async () => {
    const { adapterId, v1, id, customer } = await begin("declines", { beforeLive: "customer" });
    const { id: approvalId } = await pendingOf(id);
    await decide("decline", approvalId, customer, "It books on the wrong day.");
    await turn();
    expect(await read(id)).toMatchObject({
      phase: "aborted",
      awaitingApproval: false,
      message: expect.stringMatching(/^Declined by .*: It books on the wrong day\. Nothing was switched\.$/),
    });
    expect(await liveOf(adapterId)).toBe(v1);
    expect(await problemOf(decide("approve", approvalId, customer))).toMatchObject({ code: "already_decided" });
    expect(await decide("decline", approvalId, customer)).toMatchObject({ state: "declined" });
  });

  it("takes a canary's share back when it is declined, and asks only once its steps are done", async () => {
    const plan: PlanChoice = { shadow: false, weights: [10], minRequests: 30, minMinutes: 0, soakMinutes: 0 };
    const begun = await begin("shares", { beforeLive: "customer" }, { plan, before: 400 });
    const { tenantId, adapterId, v1, v2, id, customer } = begun;
    expect(await read(id)).toMatchObject({ phase: "canary", weight: 10, awaitingApproval: false });
    await traffic.asked(30, { tenantId, adapterId, versionId: v2 });
    await turn();
    expect(await read(id)).toMatchObject({ phase: "canary", awaitingApproval: true });
    const approval = await pendingOf(id);
    const { how } = await customer.call("GET /approvals/{approvalId}", { params: { approvalId: approval.id } });
    expect(how).toMatch(
      /^It answers 10 % of the conversations already\. Once approved, version 2 answers all of them\./,
    );
    await turn();
    expect((await read(id)).message).toBe("Waits for approval. The guard keeps running.");
    await decide("decline", approval.id, customer);
    await turn();
    expect(await read(id)).toMatchObject({ phase: "rolled_back" });
    expect((await world.adapter(adapterId)).route).toMatchObject({ liveVersionId: v1, weightPercent: 0 });
  });

  it("asks where a person promotes it, too", async () => {
    const plan: PlanChoice = { shadow: false, weights: [10], minRequests: 30, minMinutes: 0, soakMinutes: 0 };
    const { id, adapterId, v1 } = await begin("promoted", { beforeLive: "customer" }, { plan, before: 400 });
    const { generation } = await read(id);
    const promote = { params: { cutoverId: id }, body: { withoutSamples: true }, generation };
    expect(await world.admin.call("POST /cutovers/{cutoverId}/promote", promote)).toMatchObject({
      phase: "canary",
      awaitingApproval: true,
    });
    expect(await liveOf(adapterId)).toBe(v1);
    expect(await approvals(id)).toMatchObject([{ step: "live", decider: "customer" }]);
  });
});

describe("steps that wait for the platform", () => {
  it("are an operator's to decide where the policy says so, and no business of the customer's", async () => {
    const policy: Partial<ReleasePolicy> = { beforeCanary: "platform", platformApprover: "operator" };
    const { id, customer, adapterId, v2 } = await begin("ours", policy);
    const { id: approvalId, step } = await pendingOf(id);
    expect(step).toBe("live");
    expect((await customer.call("GET /approvals", { query: {} })).items).toEqual([]);
    expect(await problemOf(decide("approve", approvalId, customer))).toMatchObject({ status: 404 });
    const auditor = await world.api.clientWith(["platform:read"]);
    expect(await problemOf(decide("approve", approvalId, auditor))).toMatchObject({ status: 403 });
    const operator = await world.api.clientWith(["platform:operate"]);
    await decide("approve", approvalId, operator, "Not before lunch.");
    await turn();
    expect(await liveOf(adapterId)).toBe(v2);
    expect((await read(id)).history).toContainEqual(
      expect.objectContaining({
        by: "key platform:operate",
        reason: "Approved by key platform:operate: Not before lunch.",
      }),
    );
    const [seen] = (await customer.call("GET /cutovers", { query: { adapterId } })).items;
    expect(seen?.history).toContainEqual(
      expect.objectContaining({ by: "Your provider", reason: "Approved by your provider." }),
    );
    expect(JSON.stringify(seen)).not.toMatch(/platform:operate|ADMIN_API_KEY/);
  });

  it("are for an admin where it does not, and are asked one after the other", async () => {
    const { id, customer, adapterId, v2 } = await begin("both", { beforeCanary: "platform", beforeLive: "customer" });
    const first = await pendingOf(id);
    expect(first).toMatchObject({ step: "canary", decider: "platform" });
    const operator = await world.api.clientWith(["platform:operate"]);
    expect(await problemOf(decide("approve", first.id, operator))).toMatchObject({ status: 403 });
    await decide("approve", first.id);
    await turn();
    const second = await pendingOf(id);
    expect(second).toMatchObject({ step: "live", decider: "customer" });
    await decide("approve", second.id, customer);
    await turn();
    expect(await liveOf(adapterId)).toBe(v2);
  });

  it("are asked for where a stored policy cannot be read", async () => {
    const { tenantId, adapterId, versionId } = await world.addTenant("garbled", 10);
    await inCatalog(({ client }) =>
      client.tenant.update({ where: { id: tenantId }, data: { releasePolicy: { policy: "live" } } }),
    );
    const id = await world.goLive(adapterId, versionId);
    expect(await pendingOf(id)).toMatchObject({ decider: "platform", step: "live" });
    expect(await liveOf(adapterId)).toBeNull();
  });
});

describe("an approval that nobody answers", () => {
  it("ends the cutover, and no answer counts after its time", async () => {
    const { adapterId, v1, id, customer } = await begin("silent", { beforeLive: "customer" });
    const { id: approvalId } = await pendingOf(id);
    await lateBy(approvalId);
    expect(await approvals(id, customer)).toMatchObject([{ state: "pending", canDecide: false }]);
    expect(await problemOf(decide("approve", approvalId, customer))).toMatchObject({ code: "approval_expired" });
    await turn();
    expect(await approvals(id, customer)).toMatchObject([
      { state: "expired", reason: "No reply within 72 h. Nothing goes live without an answer." },
    ]);
    expect(await read(id)).toMatchObject({ phase: "aborted" });
    expect(await liveOf(adapterId)).toBe(v1);
    expect(await problemOf(decide("approve", approvalId, customer))).toMatchObject({ code: "approval_expired" });
    expect(await auditOf(approvalId)).toEqual(["approval.expire", "approval.ask"]);
  });

  it("goes on where the policy says so, but only behind a pass", async () => {
    const policy = { beforeLive: "platform", onSilence: "goes_on" } as const;
    const proven = await begin("proven", policy, { isProven: true });
    const unproven = await begin("unproven", policy);
    for (const { id } of [proven, unproven]) await lateBy((await pendingOf(id)).id);
    await turn();
    expect(await liveOf(proven.adapterId)).toBe(proven.v2);
    expect(await approvals(proven.id)).toMatchObject([{ state: "expired" }]);
    expect(await read(unproven.id)).toMatchObject({ phase: "aborted" });
    expect(await liveOf(unproven.adapterId)).toBe(unproven.v1);
  });
});

describe("an approval whose version changed meanwhile", () => {
  it("is withdrawn when the cutover ends, and says so to whoever answers", async () => {
    const { id, customer } = await begin("ends", { beforeLive: "customer" });
    const { id: approvalId } = await pendingOf(id);
    await world.admin.call("POST /cutovers/{cutoverId}/abort", { params: { cutoverId: id }, body: { reason: "No." } });
    expect(await problemOf(decide("approve", approvalId, customer))).toMatchObject({ code: "cutover_ended" });
    await turn();
    expect(await approvals(id)).toMatchObject([{ state: "withdrawn", reason: "No." }]);
    expect(await problemOf(decide("approve", approvalId, customer))).toMatchObject({
      code: "approval_withdrawn",
      detail: "The request was withdrawn, because what would go live has changed.",
    });
  });

  it("is withdrawn with its cutover when the pass expires", async () => {
    const { id, tenantId } = await begin("expires", { beforeLive: "customer" }, { isProven: true });
    await world.admin.call("POST /tenants/{tenantId}/suites", {
      params: { tenantId },
      body: { name: "Gate", count: 12 },
    });
    await turn();
    expect(await approvals(id)).toMatchObject([
      { state: "withdrawn", reason: expect.stringMatching(/^The pass of Version 2 has expired/) },
    ]);
    expect(await read(id)).toMatchObject({ phase: "aborted" });
  });

  it("is withdrawn when a newer version has passed its gate since, not when one was added", async () => {
    const { id, adapterId } = await begin("newer", { beforeLive: "customer" }, { isProven: true });
    const v3 = await world.addVersion(adapterId);
    await turn();
    expect(await pendingOf(id)).toMatchObject({ toNumber: 2 });
    await world.passGate(v3);
    await turn();
    expect(await approvals(id)).toMatchObject([
      { state: "withdrawn", reason: expect.stringMatching(/^Version 3 has passed its gate since then/) },
    ]);
  });
});

describe("a customer's own transaction", () => {
  it("may decide what is open and its own, and nothing else of the row", async () => {
    const mine = await begin("sealed", { beforeLive: "customer" });
    const theirs = await begin("sealed-other", { beforeLive: "customer" });
    const ours = await begin("sealed-ours", { beforeLive: "platform" });
    const [own, foreign] = [await pendingOf(mine.id), await pendingOf(theirs.id)];
    const within = <T>(work: Parameters<typeof world.db.write<T>>[1], tenantId = mine.tenantId) =>
      world.db.write(tenantScope(tenantId), work);
    const seen = await within(({ client }) => client.approval.findMany({ select: { id: true } }));
    expect(seen).toEqual([{ id: own.id }]);
    expect(await within(({ client }) => client.approval.count(), ours.tenantId)).toBe(0);
    const change = (data: object, id = own.id) =>
      within(({ client }) => client.approval.updateMany({ where: { id }, data }));
    await expect(change({ expiresAt: new Date(0) })).rejects.toThrow();
    await expect(change({ state: "withdrawn" })).rejects.toThrow();
    expect(await change({ state: "approved" }, foreign.id)).toEqual({ count: 0 });
    expect(await change({ state: "declined" })).toEqual({ count: 1 });
    expect(await change({ state: "approved" })).toEqual({ count: 0 });
    expect((await pendingOf(theirs.id)).id).toBe(foreign.id);
  });
});
