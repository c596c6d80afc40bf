import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { GATEWAY_CONDITIONS, recordConditions } from "#lib/metrics/conditions/record-condition.ts";
import { countedWindow } from "#lib/metrics/counted-window.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import { recordFindings, type SeenFinding } from "../findings/record-finding.ts";
import { type AlertWorld, createAlertWorld } from "../testing/alert-world.ts";
import { ALERT_LOOP } from "./last-evaluation.ts";

const MINUTE = 60_000;
let world: AlertWorld;
beforeAll(async () => {
  world = await createAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** What a gateway says of requests that wait for a place. */
const saturated = (status: "true" | "false", waiting = 7) => {
  const message = `${waiting} requests wait for a place.`;
  const told = { subject: `pool:${world.poolId}`, type: GATEWAY_CONDITIONS.saturated, tenantId: null };
  return world.api.deps.db.write(platformScope, (tx) =>
    recordConditions(tx, [{ ...told, status, reason: "queue", message }], world.clock.now()),
  );
};

describe("the rules", () => {
  it("tell of evictions above the setting, keep the alert while blind, and resolve it once it was seen well", async () => {
    await world.count(50);
    await world.evaluate();
    expect(await world.states()).toEqual([]);
    await world.count(51, 3);
    await world.evaluate();
    expect(await world.states()).toEqual(["swap_source firing", "evictions firing"]);
    const alert = await world.only("evictions");
    expect(alert.sentence).toContain("node-1 evicted 51 adapters from GPU slots in 5 min (threshold 50)");
    expect(alert.sentence).toContain("No requests affected so far");
    expect(alert.evidence.figure).toMatchObject({ value: 51, source: "measured", simulated: true });
    expect((await world.only("swap_source")).causeId).toBe(alert.id);
    // the minutes that nobody saw may hold as many as the window before
    await world.uncount();
    world.clock.advance(2 * MINUTE);
    await world.evaluate();
    expect(await world.only("evictions")).toMatchObject({
      state: "firing",
      unknownSince: world.clock.now().toISOString(),
    });
    expect((await world.only("evictions")).sentence).toContain("Its current state is unknown");
    await world.over(() => world.count(0));
    expect((await world.only("evictions")).state).toBe("resolved");
  });

  it("keep an alert whose count swings around its threshold, and end it once the count is clear of it", async () => {
    for (const evictions of [51, 49, 50, 42, 51, 41]) {
      await world.count(evictions);
      await world.evaluate();
      world.clock.advance(MINUTE);
      await world.reach("true");
    }
    expect(await world.states()).toEqual(["evictions firing"]);
    expect((await world.only("evictions")).sentence).toContain(
      "evicted 41 adapters from GPU slots in 5 min (threshold 50, ends at 40)",
    );
    await world.over(() => world.count(40));
    expect(await world.states()).toEqual(["evictions resolved"]);
  });

  it("take what was derived where nothing is measured, and say so; what is only inferred proves no disk swap", async () => {
    const derive = (
      evictionsGpu: number,
      swapsDisk: number,
      uncertainty: Parameters<AlertWorld["derive"]>[0]["uncertainty"],
    ) => world.derive({ evictionsGpu, swapsDisk, uncertainty });
    await world.uncount();
    await derive(60, 4, null);
    await world.evaluate();
    expect(await world.states()).toEqual(["swap_source firing", "evictions firing"]);
    const evictions = await world.only("evictions");
    expect(evictions.sentence).toContain("evicted 60 adapters from GPU slots in 5 min (derived; threshold 50)");
    expect(evictions.evidence).toMatchObject({
      figure: { value: 60, source: "derived", simulated: true },
      note: expect.stringContaining("Worked out from our own requests and loads"),
    });
    expect((await world.only("swap_source")).sentence).toContain("loaded weights from disk 4 times in 5 min (derived)");

    await world.reset();
    await world.uncount();
    await derive(60, 4, "foreign");
    await world.evaluate();
    expect(await world.states()).toEqual(["evictions firing"]);
    expect((await world.only("evictions")).evidence).toMatchObject({
      figure: { value: 60, source: "inferred" },
      note: expect.stringContaining("other clients send it requests"),
    });
    // few of an inferred figure are no proof that it is over
    await derive(2, 0, "foreign");
    await world.evaluate();
    expect((await world.only("evictions")).unknownSince).toBe(world.clock.now().toISOString());
    await world.over(() => derive(2, 0, null));
    expect((await world.only("evictions")).state).toBe("resolved");
    // what is measured counts, whatever was derived
    await world.count(3, 0);
    await derive(99, 99, null);
    await world.evaluate();
    expect(await world.states()).toEqual(["evictions resolved"]);
  });

  it("do not take loads that were asked for, such as after a restart, for swaps from disk", async () => {
    await world.loaded(4);
    await world.count(0, 4);
    await world.evaluate();
    expect(await world.states()).toEqual([]);
    await world.count(0, 5);
    await world.evaluate();
    expect(await world.states()).toEqual(["swap_source firing"]);
    const { sentence, evidence } = await world.only("swap_source");
    expect(sentence).toContain("loaded weights from disk 1 time in 5 min");
    expect(evidence.note).toContain("4 loads that Switchyard requested in this window are not counted.");
  });

  it("follow the settings", async () => {
    const change = async (body: { evictionAlertThreshold: number; swapSourceAlert: "disk" | null }) => {
      const { generation } = await world.api.admin.call("GET /settings", {});
      await world.api.admin.call("PATCH /settings", { generation, body });
    };
    await change({ evictionAlertThreshold: 5, swapSourceAlert: null });
    await world.count(6, 9);
    await world.evaluate();
    expect(await world.states()).toEqual(["evictions firing"]);
    await change({ evictionAlertThreshold: 50, swapSourceAlert: "disk" });
  });

  it("tell of a node that is down once it has held, and make one alert of it and what came with it", async () => {
    await world.reach("false");
    await world.evaluate();
    expect(await world.states()).toEqual([]);
    world.clock.advance(2 * MINUTE);
    await world.evaluate();
    expect((await world.states()).sort()).toEqual(["node_down firing", "scrape_stale firing"]);
    const down = await world.only("node_down");
    expect((await world.only("scrape_stale")).causeId).toBe(down.id);
    expect(await world.api.admin.call("GET /alerts", { query: { limit: 1 } })).toMatchObject({ firing: 2 });
    const detail = await world.api.admin.call("GET /alerts/{alertId}", { params: { alertId: down.id } });
    expect(detail.cause).toMatchObject({ state: "reported", sentence: "No answer from 127.0.0.1:9." });
    // nobody asked for anything, so nobody was hit
    expect(detail).toMatchObject({ tenants: 0, requests: 0, hit: [], hitCounted: { what: "bad" } });
    expect(detail.related).toHaveLength(1);
    expect(detail.actions.length).toBeGreaterThan(0);
  });

  it("believe a condition only while somebody renews it", async () => {
    await saturated("true");
    world.clock.advance(30_000);
    await world.evaluate();
    expect(await world.states()).toEqual(["pool_saturated firing"]);
    world.clock.advance(10 * MINUTE);
    await world.evaluate();
    expect((await world.only("pool_saturated")).unknownSince).not.toBeNull();
    await saturated("false");
    await world.evaluate();
    world.clock.advance(MINUTE);
    await world.evaluate();
    expect((await world.only("pool_saturated")).state).toBe("resolved");
  });
});

describe("one alert", () => {
  it("tells when the rules were last evaluated: what it says may be of then", async () => {
    await world.count(60);
    await world.evaluate();
    const { id: alertId } = await world.only("evictions");
    const evaluatedAt = async () =>
      (await world.api.admin.call("GET /alerts/{alertId}", { params: { alertId } })).evaluatedAt;
    expect(await evaluatedAt()).toBeNull();
    const at = world.clock.now();
    const lease = createLease(world.api.deps.db, { name: ALERT_LOOP, holder: "w1", ttlMs: MINUTE });
    const term = await lease.acquire();
    if (term === null) throw new Error("the lease is taken");
    await lease.report(term, { at, error: null, note: { evaluatedAt: at.toISOString() } });
    await lease.release(term);
    world.clock.advance(10 * MINUTE);
    expect(await evaluatedAt()).toBe(at.toISOString());
  });
});

describe("the cause of evictions", () => {
  const seenThrash = (slots: number): SeenFinding => ({
    pitfall: "eviction_thrash",
    severity: "warning",
    subject: { type: "node", id: world.nodeId, name: "node-1" },
    nodeId: world.nodeId,
    tenantId: null,
    body: {
      sentence: `node-1: raise --max-loras to ${slots}.`,
      evidence: [],
      cause: "Too many tenants are hot.",
      fix: {
        sentence: `Use ${slots} slots.`,
        command: null,
        action: { label: "Roll out new limits", href: `/pools/${world.poolId}/rollouts?maxLoras=${slots}` },
        undo: "Go back.",
      },
      forecast: { what: "Evictions", unit: "a minute", before: 41.2, after: 2.34, note: "Replayed." },
    },
  });
  const find = (slots: number) =>
    world.api.deps.db.write(platformScope, (tx) =>
      recordFindings(tx, { poolId: world.poolId, at: world.clock.now(), seen: [seenThrash(slots)], blind: [] }),
    );

  it("is named once its minutes confirm it, with a fix that stays as it is while the alert is open", async () => {
    const detail = async () =>
      world.api.admin.call("GET /alerts/{alertId}", { params: { alertId: (await world.only("evictions")).id } });
    await world.count(60);
    await world.evaluate();
    expect((await detail()).cause).toMatchObject({ state: "unconfirmed", sentence: expect.stringMatching(/too few/) });
    expect((await detail()).actions.map(({ href }) => href)).not.toContainEqual(expect.stringContaining("rollouts"));
    // fourteen adapters in each of the two bad minutes, for twelve slots, and none in the ten before
    const { to } = countedWindow(world.clock.now());
    await world.countAt(Array.from({ length: 12 }, (_, index) => [index + 1, index < 2 ? 60 : 0]));
    const endedAt = (before: number) => {
      const at = new Date(to.getTime() - before);
      return { arrivedAt: at, endedAt: at };
    };
    await recordRequests(
      world.api.deps.db,
      Array.from({ length: 28 }, (_, index) =>
        makeTrace({
          ...{ id: newId("request"), tenantId: world.tenantId, nodeId: world.nodeId, versionId: `ver_${index % 14}` },
          ...endedAt(index < 14 ? 90_000 : 30_000),
        }),
      ),
    );
    await find(15);
    world.clock.advance(MINUTE);
    await world.countAt(Array.from({ length: 12 }, (_, index) => [index + 2, index < 2 ? 60 : 0]));
    await world.reach("true");
    await world.evaluate();
    const { cause, findings, actions } = await detail();
    expect(cause).toMatchObject({
      state: "confirmed",
      sentence:
        "More adapters requested in a minute than the 12 GPU slots of node-1 hold: 2 of 2 bad minutes, 0 of 10 good ones. Too many tenants are hot.",
    });
    expect(findings).toMatchObject([{ title: "Eviction thrash", nodeId: world.nodeId, weight: "confirmed" }]);
    const rollOut = {
      href: `/pools/${world.poolId}/rollouts?maxLoras=15`,
      undo: "Go back.",
      effect: "Use 15 slots. Predicted: evictions 41 → 2.3 a minute (forecast).",
    };
    expect(actions[0]).toMatchObject(rollOut);
    // what detectors come to at their next evaluation is the same advice as long as somebody works on it
    await find(19);
    world.clock.advance(MINUTE);
    await world.reach("true");
    await world.evaluate();
    expect((await detail()).actions[0]).toMatchObject(rollOut);
    expect((await detail()).findings).toMatchObject([{ sentence: "node-1: raise --max-loras to 15." }]);
    await world.over(() => world.count(0));
    expect(await world.states()).toEqual(["evictions resolved"]);
    await find(19);
    const { items } = await world.api.admin.call("GET /findings", { query: { pitfall: "eviction_thrash" } });
    expect(items).toMatchObject([{ sentence: "node-1: raise --max-loras to 19." }]);
  });
});

describe("an alert that nothing has changed of", () => {
  type Evaluate = (changed: boolean) => Promise<unknown>;
  const pressing = (changed: boolean) => saturated("true", changed ? 8 : 7);
  it.each<[string, see: Evaluate, holdsMs: number]>([
    ["evictions", (changed) => world.count(changed ? 61 : 60), 0],
    ["swap_source", (changed) => world.count(0, changed ? 6 : 5), 0],
    ["pool_saturated", pressing, 45_000],
    ["node_down", (changed) => (changed ? world.rename("node-9") : world.reach("false")), 2 * MINUTE],
  ])("is not written again (%s) at an evaluation that sees what the last one saw", async (rule, see, holdsMs) => {
    // who is hit, and what settled minutes say, is new once a minute
    world.clock.advance(MINUTE - (world.clock.now().getTime() % MINUTE));
    await world.reach("true");
    await see(false);
    await world.evaluate();
    world.clock.advance(holdsMs);
    await world.evaluate();
    expect((await world.only(rule)).state).toBe("firing");
    const version = () =>
      world.api.deps.db.read(
        platformScope,
        ({ client }) => client.$queryRaw`SELECT "xmin"::text FROM "Alert" WHERE "rule" = ${rule}`,
      );
    const before = await version();
    world.clock.advance(10_000);
    await world.evaluate();
    expect(await version()).toEqual(before);
    await see(true);
    await world.evaluate();
    expect(await version()).not.toEqual(before);
    await world.rename("node-1");
  });
});

describe("who may", () => {
  it("operators hold and silence, auditors read, customers see nothing", async () => {
    await world.count(60);
    await world.evaluate();
    const { id: alertId } = await world.only("evictions");
    const params = { alertId };
    const operator = await world.api.clientWith(["platform:operate"]);
    const auditor = await world.api.clientWith(["platform:read"]);
    const customer = await world.api.clientWith(["tenant:admin"], world.tenantId);
    expect(await problemOf(auditor.call("POST /alerts/{alertId}/acknowledge", { params }))).toMatchObject({
      status: 403,
    });
    expect((await auditor.call("GET /alerts/{alertId}", { params })).id).toBe(alertId);
    expect(await problemOf(customer.call("GET /alerts", { query: {} }))).toMatchObject({ status: 403 });
    expect(await problemOf(customer.call("GET /alerts/{alertId}", { params }))).toMatchObject({ status: 403 });
    expect(
      await problemOf(operator.call("POST /channels", { body: { name: "x", kind: "slack", url: world.hook } })),
    ).toMatchObject({
      status: 403,
    });
    const held = await operator.call("POST /alerts/{alertId}/acknowledge", { params });
    expect(held).toMatchObject({ state: "acknowledged", acknowledgedBy: "key platform:operate" });
    expect(await problemOf(operator.call("POST /alerts/{alertId}/acknowledge", { params }))).toMatchObject({
      status: 409,
      code: "already_held",
      detail: "You hold this alert already.",
    });
    await world.evaluate();
    expect((await world.only("evictions")).state).toBe("acknowledged");
    await operator.call("POST /alerts/{alertId}/notes", { params, body: { text: "Raising the slots." } });
    await operator.call("POST /alerts/{alertId}/silence", { params, body: { reason: "On it.", minutes: 30 } });
    const detail = await operator.call("GET /alerts/{alertId}", { params });
    expect(detail).toMatchObject({ notes: [{ text: "Raising the slots." }], silence: { reason: "On it." } });
    const silence = (minutes: number) =>
      operator.call("POST /alerts/{alertId}/silence", { params, body: { reason: "Over.", minutes } });
    expect((await silence(0)).silence).toBeNull();
    expect(await problemOf(silence(0))).toMatchObject({ status: 409, code: "not_silenced" });
    expect(await problemOf(silence(1))).toMatchObject({ status: 422, errors: [{ field: "minutes" }] });
    const nobody = { alertId: "alr_00000000000000000000000000000000" };
    expect(await problemOf(operator.call("GET /alerts/{alertId}", { params: nobody }))).toMatchObject({ status: 404 });
  });

  it("operators end what nobody can see the end of, and nothing that is wrong still", async () => {
    await world.addChannel();
    await world.count(60);
    await world.evaluate();
    await world.send();
    const { id: alertId } = await world.only("evictions");
    const params = { alertId };
    const operator = await world.api.clientWith(["platform:operate"]);
    const auditor = await world.api.clientWith(["platform:read"]);
    const resolve = (by: typeof operator, reason = "The node is gone for good.") =>
      by.call("POST /alerts/{alertId}/resolve", { params, body: { reason } });
    expect(await problemOf(resolve(operator))).toMatchObject({ status: 409, code: "still_wrong" });
    await world.uncount();
    await world.evaluate();
    expect((await world.only("evictions")).unknownSince).not.toBeNull();
    expect(await problemOf(resolve(auditor))).toMatchObject({ status: 403 });
    expect(await problemOf(resolve(operator, "x"))).toMatchObject({ status: 422, errors: [{ field: "reason" }] });
    expect(await resolve(operator)).toMatchObject({ state: "resolved", resolvedAt: world.clock.now().toISOString() });
    expect(await problemOf(resolve(operator))).toMatchObject({ status: 409, code: "alert_over" });
    const { notes } = await operator.call("GET /alerts/{alertId}", { params });
    expect(notes).toMatchObject([
      { text: "Resolved manually: The node is gone for good.", by: "key platform:operate" },
    ]);
    await world.send();
    expect(world.received.map(({ body }) => JSON.parse(body).status)).toEqual(["firing", "resolved"]);
    // seen to be wrong again, it is another alert
    await world.count(60);
    await world.evaluate();
    const again = (await world.list()).filter(({ rule, state }) => rule === "evictions" && state === "firing");
    expect(again.map(({ id }) => id)).not.toContain(alertId);
    expect(again).toHaveLength(1);
  });

  it("list by state and scope, page by page", async () => {
    await world.count(60, 1);
    await world.evaluate();
    const query = async (query: Parameters<typeof world.api.admin.call<"GET /alerts">>[1]["query"]) =>
      (await world.api.admin.call("GET /alerts", { query: { ...query } })).items.map(({ rule }) => rule);
    expect(await query({ state: "open", nodeId: world.nodeId })).toEqual(["swap_source", "evictions"]);
    expect(await query({ state: "resolved" })).toEqual([]);
    expect(await query({ severity: "critical" })).toEqual([]);
    expect(await query({ tenantId: world.tenantId })).toEqual([]);
    const first = await world.api.admin.call("GET /alerts", { query: { limit: 1 } });
    const second = await world.api.admin.call("GET /alerts", { query: { limit: 1, cursor: first.nextCursor ?? "" } });
    expect([...first.items, ...second.items].map(({ rule }) => rule)).toEqual(["swap_source", "evictions"]);
  });
});
