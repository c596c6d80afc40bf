import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CallInput } from "#lib/api/client.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import { recordAnnotation } from "#lib/metrics/marks/record-annotation.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createIncidentWorld, type IncidentWorld } from "./testing/incident-world.ts";

const DAY = 86_400_000;

let world: IncidentWorld;
let api: IncidentWorld["api"];
let clock: IncidentWorld["clock"];
let poolId: IncidentWorld["poolId"];
let acme: IncidentWorld["acme"];
let globex: IncidentWorld["globex"];
let ago: IncidentWorld["ago"];
let send: IncidentWorld["send"];
let open: IncidentWorld["open"];
let show: IncidentWorld["show"];
let impactOf: IncidentWorld["impactOf"];
let review: IncidentWorld["review"];
beforeAll(async () => {
  world = await createIncidentWorld();
  ({ api, clock, poolId, acme, globex, ago, send, open, show, impactOf, review } = world);
});
afterAll(() => world.close());
beforeEach(() => world.reset());

describe("whom it hit", () => {
  it("is counted from the trace: failed, without room and fallbacks, each once, and the minutes they came in", async () => {
    await send(3, 10, { status: 502 });
    await send(2, 10, { fallbackReason: "no_node", via: "base_model", simulated: true });
    await send(1, 5, { status: 429, reason: "queue_full" });
    await send(9, 5);
    await send(9, 5, { status: 429, reason: "tenant_rate" });
    await send(9, 5, { status: 404 });
    await send(9, 5, { kind: "eval", status: 500 });
    await send(9, 30, { status: 500 });
    await send(4, 5, { ...globex });
    const { id } = await open();
    expect(await impactOf(id)).toMatchObject({
      from: ago(20).toISOString(),
      to: clock.now().toISOString(),
      items: [
        {
          tenantId: acme.tenantId,
          tenantName: "acme",
          failed: { value: 4, unit: "count", source: "measured", simulated: true },
          fallbacks: { value: 2 },
          requests: { value: 6 },
          minutes: { value: 2, unit: "min" },
          note: null,
        },
      ],
      requests: { value: 6, coverage: { seen: 1, of: 1 } },
      tenants: { value: 1 },
    });
  });

  it("is zero for a tenant whose requests were all answered, and unknown for one of whom none is on record", async () => {
    await send(4, 5);
    const { id } = await open({ tenantIds: [acme.tenantId, globex.tenantId] });
    const impact = await impactOf(id);
    expect(impact.items).toMatchObject([
      { tenantName: "acme", requests: { value: 0 }, minutes: { value: 0 }, note: null },
      {
        tenantName: "globex",
        requests: { value: null },
        minutes: { value: null },
        note: expect.stringMatching(/record/),
      },
    ]);
    expect(impact.requests).toMatchObject({ value: 0, coverage: { seen: 1, of: 2 } });
  });

  it("is unknown once requests of that time are deleted", async () => {
    const startedAt = new Date(clock.now().getTime() - 32 * DAY).toISOString();
    await send(3, 5, { status: 500 });
    const all = await open({ startedAt });
    expect(await impactOf(all.id)).toMatchObject({ items: [], requests: { value: null }, tenants: { value: null } });
    const one = await open({ startedAt, tenantIds: [acme.tenantId] });
    expect(await impactOf(one.id)).toMatchObject({
      items: [{ requests: { value: null }, note: expect.stringContaining("31 days") }],
      requests: { value: null },
    });
  });

  it("keeps to its pool", async () => {
    const other = await seed.seedPool(api.deps.db);
    await send(3, 5, { status: 500 });
    expect((await impactOf((await open({ poolId: other })).id)).items).toEqual([]);
    expect((await impactOf((await open({ poolId })).id)).requests.value).toBe(3);
  });
});

describe("its life", () => {
  it("goes from a draft to a closed one, each step once and with its line on the time line", async () => {
    const draft = await open({ asDraft: true, tenantIds: [acme.tenantId] });
    expect(draft).toMatchObject({
      state: "draft",
      heldBy: null,
      sentence: expect.stringContaining("has not been accepted"),
    });
    const params = { incidentId: draft.id };
    const resolveTooEarly = api.admin.call("POST /incidents/{incidentId}/resolve", { params, body: {} });
    expect(await problemOf(resolveTooEarly)).toMatchObject({
      code: "wrong_state",
      fix: "Accept it first, or dismiss it.",
    });
    await send(3, 10, { status: 500 });
    await systemWrite(api.deps, "test", (ctx) =>
      recordAnnotation(ctx, { kind: "cutover", title: "acme: cut over", tenantId: acme.tenantId, at: ago(15) }),
    );
    const accepted = await api.admin.call("POST /incidents/{incidentId}/accept", { params });
    expect(accepted).toMatchObject({ state: "open", heldBy: "key ADMIN_API_KEY" });
    const again = api.admin.call("POST /incidents/{incidentId}/accept", { params });
    expect(await problemOf(again)).toMatchObject({ code: "wrong_state" });
    await api.admin.call("POST /incidents/{incidentId}/notes", { params, body: { text: "Node looks *hot*." } });
    const operator = await api.clientWith(["platform:operate"]);
    expect(await operator.call("POST /incidents/{incidentId}/hold", { params })).toMatchObject({
      heldBy: "key platform:operate",
    });
    expect(await problemOf(operator.call("POST /incidents/{incidentId}/hold", { params }))).toMatchObject({
      code: "already_held",
    });
    const resolve = (endedAt?: string) =>
      api.admin.call("POST /incidents/{incidentId}/resolve", { params, body: endedAt ? { endedAt } : {} });
    expect(await problemOf(resolve(ago(30).toISOString()))).toMatchObject({ errors: [{ field: "endedAt" }] });
    expect(await problemOf(resolve(ago(-5).toISOString()))).toMatchObject({ errors: [{ field: "endedAt" }] });
    await resolve(ago(2).toISOString());
    expect(await api.admin.call("POST /incidents/{incidentId}/reopen", { params })).toMatchObject({
      state: "open",
      endedAt: null,
    });
    await resolve();
    const closed = await api.admin.call("POST /incidents/{incidentId}/close", {
      params,
      body: { cause: "A node was *hot*.\n# Very", done: "It was drained.", actions: "- more nodes" },
    });
    expect(closed).toMatchObject({ state: "closed", review: { done: "It was drained." } });
    const told = closed.timeline.map(({ kind, title }) => (kind === "change" ? title : kind));
    expect(told).toEqual(
      expect.arrayContaining([
        "drafted",
        "acme: cut over",
        "accepted",
        "note",
        "held",
        "resolved",
        "reopened",
        "closed",
      ]),
    );
    expect(closed.timeline.find(({ kind }) => kind === "change")?.href).toBe(
      `/changes?to=${encodeURIComponent(ago(15).toISOString())}&tenant=${acme.tenantId}`,
    );
    const note = api.admin.call("POST /incidents/{incidentId}/notes", { params, body: { text: "late" } });
    expect(await problemOf(note)).toMatchObject({ code: "incident_over" });

    const document = await (await review(draft.id)).text();
    expect(document).toContain("> A node was \\*hot\\*.\\\n> \\# Very");
    expect(document).toContain("| acme | 3 (measured) | 0 (measured) | 3 (measured) | 1 (measured) |");
    // what was counted stays, when the requests are gone
    await api.deps.db.write(platformScope, ({ client }) => client.request.deleteMany());
    clock.advance(40 * DAY);
    expect((await impactOf(draft.id)).requests.value).toBe(3);
    expect(await (await review(draft.id)).text()).toBe(document);
  });

  it("ends for a draft that was none, with the reason", async () => {
    const { id: incidentId } = await open({ asDraft: true });
    const dismiss = () =>
      api.admin.call("POST /incidents/{incidentId}/dismiss", {
        params: { incidentId },
        body: { reason: "A planned test." },
      });
    expect(await dismiss()).toMatchObject({ state: "dismissed", sentence: "It was no incident: A planned test." });
    expect(await problemOf(dismiss())).toMatchObject({ code: "incident_over" });
    expect((await review(incidentId)).status).toBe(409);
  });

  it("is edited by whoever saw its newest state", async () => {
    const { id: incidentId, generation } = await open();
    const edit = (body: CallInput<"PATCH /incidents/{incidentId}">["body"], at = generation) =>
      api.admin.call("PATCH /incidents/{incidentId}", { params: { incidentId }, generation: at, body });
    const edited = await edit({ title: "Slower answers", severity: "minor", tenantIds: [globex.tenantId], poolId });
    expect(edited).toMatchObject({
      title: "Slower answers",
      severity: "minor",
      tenants: [{ name: "globex" }],
      pool: { name: "Pool" },
    });
    expect(edited.timeline.at(-1)).toMatchObject({ kind: "changed", text: "title, severity, pool, tenants" });
    expect(await problemOf(edit({ title: "Mine" }))).toMatchObject({ code: "stale" });
    const at = edited.generation;
    const wrong: [Parameters<typeof edit>[0], string][] = [
      [{ tenantIds: [newId("tenant")] }, "tenantIds"],
      [{ poolId: newId("pool") }, "poolId"],
      [{ startedAt: ago(-1).toISOString() }, "startedAt"],
      [{ endedAt: ago(1).toISOString() }, "endedAt"],
    ];
    for (const [body, field] of wrong)
      expect(await problemOf(edit(body, at))).toMatchObject({ errors: [{ field, fix: expect.stringMatching(/\S/) }] });
    expect((await show(incidentId)).generation).toBe(at);
  });

  it("is listed by what waits, page by page", async () => {
    const over = await open({ title: "Over" });
    await api.admin.call("POST /incidents/{incidentId}/resolve", { params: { incidentId: over.id }, body: {} });
    await open({ title: "Small", severity: "minor", tenantIds: [acme.tenantId] });
    await open({ title: "Grave", severity: "critical" });
    await open({ title: "Drafted", asDraft: true });
    const list = (query: CallInput<"GET /incidents">["query"] = {}) => api.admin.call("GET /incidents", { query });
    const titles = async (query: CallInput<"GET /incidents">["query"] = {}) =>
      (await list(query)).items.map(({ title }) => title);
    expect(await titles()).toEqual(["Drafted", "Grave", "Small", "Over"]);
    expect(await titles({ state: "active" })).toEqual(["Drafted", "Grave", "Small"]);
    expect(await titles({ tenantId: acme.tenantId })).toEqual(["Small"]);
    const first = await list({ limit: 3 });
    expect(first.open).toBe(3);
    expect(await titles({ limit: 3, cursor: first.nextCursor ?? "" })).toEqual(["Over"]);
  });

  it("is opened once under one idempotency key, and refused with the field that is wrong", async () => {
    const send = () =>
      api.fetch("/api/v1/incidents", {
        method: "POST",
        headers: {
          authorization: `Bearer ${api.adminKey}`,
          "content-type": "application/json",
          "idempotency-key": "open-once-0001",
        },
        body: JSON.stringify({ title: "Once" }),
      });
    expect((await (await send()).json()).id).toBe((await (await send()).json()).id);
    expect((await api.admin.call("GET /incidents", { query: {} })).items).toHaveLength(1);
    const without = api.admin.call("POST /incidents", { body: {} });
    expect(await problemOf(without)).toMatchObject({ errors: [{ field: "title" }] });
    expect(await problemOf(open({ startedAt: ago(-1).toISOString() }))).toMatchObject({
      errors: [{ field: "startedAt" }],
    });
    expect(await problemOf(open({ alertId: newId("alert") }))).toMatchObject({ code: "not_found" });
  });
});
