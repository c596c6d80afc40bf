import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AlertWorld, createAlertWorld } from "#lib/alerting/testing/alert-world.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { mortalDeps, WorkerDied } from "#lib/fleet/testing/mortal-deps.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import type { RequestTrace } from "#lib/requests/trace/trace.ts";

const MINUTE = 60_000;
let world: AlertWorld;
beforeAll(async () => {
  world = await createAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** So many requests a minute that something else answers, while the loop looks each half minute. */
async function fallBack(minutes: number, change: Partial<RequestTrace> = {}): Promise<void> {
  const { tenantId, adapterId } = world;
  for (let half = 0; half < 2 * minutes; half += 1) {
    const now = world.clock.now();
    const one = () =>
      makeTrace({
        id: newId("request"),
        ...{ tenantId, adapterId, arrivedAt: now, endedAt: now },
        ...{ via: "base_model", fallbackReason: "no_node", ...change },
      });
    await recordRequests(world.api.deps.db, [one(), one(), one()]);
    await world.evaluate();
    await world.draft();
    world.clock.advance(MINUTE / 2);
  }
}
const incidents = async () => (await world.api.admin.call("GET /incidents", { query: {} })).items;

describe("a fallback", () => {
  it("drafts one incident after five minutes, from when it began, and no other however often it is looked at", async () => {
    const began = world.clock.now();
    await fallBack(5);
    expect(await incidents()).toEqual([]);
    await fallBack(2);
    const [incident, ...others] = await incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      title: "On fallback: acme",
      severity: "critical",
      state: "draft",
      startedAt: began.toISOString(),
      createdBy: "Switchyard",
      heldBy: null,
      tenants: [{ name: "acme" }],
    });
    const alert = await world.only("fallback_share");
    const params = { incidentId: incident?.id ?? "" };
    const shown = await world.api.admin.call("GET /incidents/{incidentId}", { params });
    expect(shown.alerts).toEqual([{ id: alert.id, title: "On fallback: acme", state: "firing" }]);
    expect(shown.timeline.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["alert", "drafted"]));
    const triage = await world.api.admin.call("GET /alerts/{alertId}", { params: { alertId: alert.id } });
    expect(triage.incident).toEqual({ id: incident?.id, title: "On fallback: acme", state: "draft" });
    const second = world.api.admin.call("POST /incidents", { body: { alertId: alert.id } });
    expect(await problemOf(second)).toMatchObject({ code: "incident_exists" });
  });

  it("of less than five minutes, or set by hand, drafts nothing, however long its alert stays", async () => {
    await fallBack(3);
    await fallBack(6, { via: "primary", fallbackReason: null });
    expect(await incidents()).toEqual([]);
    await fallBack(8, { fallbackReason: "control" });
    expect(await incidents()).toEqual([]);
  });

  it("that was dismissed drafts no other while it goes on", async () => {
    await fallBack(6);
    const [incident] = await incidents();
    await world.api.admin.call("POST /incidents/{incidentId}/dismiss", {
      params: { incidentId: incident?.id ?? "" },
      body: { reason: "A planned test." },
    });
    await fallBack(3);
    expect((await incidents()).map(({ state }) => state)).toEqual(["dismissed"]);
  });

  it("that came from a node is drafted with it, under the name of the cause", async () => {
    await world.reach("false");
    await fallBack(7);
    const [incident, ...others] = await incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ title: "Node down: node-1", tenants: [{ name: "acme" }] });
    const params = { incidentId: incident?.id ?? "" };
    const { alerts } = await world.api.admin.call("GET /incidents/{incidentId}", { params });
    expect(alerts.map(({ title }) => title).sort()).toEqual(["Node down: node-1", "On fallback: acme"]);
  });

  it("of another tenant that comes from the same cause joins what is drafted, and is told on its time line", async () => {
    const { api, poolId, nodeId, clock } = world;
    const tenantId = await seed.seedTenant(api.deps.db, { slug: "globex" });
    const adapterId = await seed.seedAdapter(api.deps.db, { tenantId, poolId, slug: "bot" });
    const loraName = "globex--bot--v1-000000000000";
    const versionId = await seed.seedVersion(api.deps.db, { tenantId, adapterId, number: 1, loraName });
    await seed.pointRoute(api.deps.db, adapterId, { liveVersionId: versionId });
    await seed.seedRoutable(api.deps.db, { tenantId, versionId, nodeId, loraName, at: clock.now() });
    await world.reach("false");
    await fallBack(6);
    const [drafted] = await incidents();
    await fallBack(2, { tenantId, adapterId });
    const [joined, ...others] = await incidents();
    expect(others).toEqual([]);
    expect(joined?.generation).toBeGreaterThan(drafted?.generation ?? 0);
    expect(joined).toMatchObject({ id: drafted?.id, tenants: [{ name: "acme" }, { name: "globex" }] });
    const params = { incidentId: drafted?.id ?? "" };
    const { timeline } = await api.admin.call("GET /incidents/{incidentId}", { params });
    expect(timeline).toContainEqual(
      expect.objectContaining({ kind: "linked", text: "On fallback: globex", by: "Switchyard" }),
    );
    await api.deps.db.write(platformScope, ({ client }) => client.tenant.delete({ where: { id: tenantId } }));
  });

  it("is drafted once, wherever the worker dies", async () => {
    await fallBack(5);
    world.clock.advance(MINUTE / 2);
    const { tenantId, adapterId } = world;
    const late = { tenantId, adapterId, arrivedAt: world.clock.now(), endedAt: world.clock.now() };
    const way = { via: "base_model" as const, fallbackReason: "no_node" };
    await recordRequests(world.api.deps.db, [makeTrace({ id: newId("request"), ...late, ...way })]);
    for (const moment of ["before", "after"] as const)
      for (let effect = 1; effect <= 2; effect += 1) {
        const deps = mortalDeps(world.api.deps, effect, moment);
        await expect(world.draft(deps)).rejects.toThrow(WorkerDied);
        expect((await incidents()).length).toBe(moment === "after" && effect === 2 ? 1 : 0);
      }
    await world.draft();
    expect(await incidents()).toHaveLength(1);
  });
});

it("an alert opens an incident by hand, with its scope, its start and its title", async () => {
  await world.reach("false");
  await world.evaluate();
  world.clock.advance(MINUTE);
  await world.evaluate();
  const alert = await world.only("node_down");
  const incident = await world.api.admin.call("POST /incidents", { body: { alertId: alert.id } });
  expect(incident).toMatchObject({
    title: "Node down: node-1",
    severity: "critical",
    state: "open",
    startedAt: alert.startedAt,
    pool: { id: world.poolId },
    tenants: [{ id: world.tenantId }],
    alerts: [{ id: alert.id, state: "firing" }],
  });
});
